/* Fetch and push, by the git program: it knows credentials, ssh and proxies. No shell, no hook of the repository, no
 * command transport; nothing is ever forced on the remote. Texts from the other side are cleaned for a terminal. */
#ifndef ASSAY_GIT_TRANSPORT_H
#define ASSAY_GIT_TRANSPORT_H

#include "assay/base/process.h"
#include "assay/git/outcome.h"
#include "assay/git/repo.h"
#include "assay/git/settings.h"

struct transport {
    enum process_mode mode; /* background: can never ask anything */
    int silence_ms;         /* git is stopped when so long nothing came, and the remote counts as offline; 0: never */
    bool (*cancelled)(void *context);
    void *context;
};

struct transport_result {
    enum outcome outcome;
    struct str words; /* what the other side or git said, sanitised; lines end with LF */
    size_t attempts;  /* pushes that were tried */
    size_t sent;      /* records that went out */
};

void transport_result_init(struct transport_result *result);
void transport_result_clear(struct transport_result *result);
/* assay.silence: seconds, 0 for never; 120 when it is not set or is no number. In milliseconds. 120 is as long as an ssh
 * server waits for somebody to log in (sshd_config, LoginGraceTime). */
int transport_silence_ms(const struct settings *settings);

/* Brings branches and the log here until `git ls-remote` names the same tips: then the outcome is DONE and everything is
 * fresh. names: branches that must be fresh ("main", "prompt/x"), NULL: all of them; the log is always among them.
 * -1 only when git cannot be run or the user stopped it; every other failure is an outcome. */
int transport_fetch(struct repo *repo, const struct transport *transport, const char *log, const char *const *names,
                    struct transport_result *result, struct error *error);
/* Brings the log alone: what was judged stays as it was. DONE too when the remote has no log yet. */
int transport_fetch_log(struct repo *repo, const struct transport *transport, const char *log,
                        struct transport_result *result, struct error *error);
/* Sends the records that wait: plain push, and when somebody was faster fetch, rebuild, try again after a while. */
int transport_push_log(struct repo *repo, const struct transport *transport, const char *log,
                       struct transport_result *result, struct error *error);
/* Sends one commit to a branch of the remote, for a seal. BUSY: it is no fast-forward. */
int transport_push_branch(struct repo *repo, const struct transport *transport, const struct oid *commit,
                          const char *branch, struct transport_result *result, struct error *error);

#endif
