#include "assay/git/transport.h"

#include <stdlib.h>
#include <time.h>

#include "assay/base/env.h"
#include "assay/git/heads.h"
#include "assay/git/outbox.h"
#include "assay/git/program.h"
#include "assay/git/refs.h"

enum { FETCH_TRIES = 4, PUSH_TRIES = 24, SILENCE_S = 120, SILENCE_MAX_S = 86400 };

void transport_result_init(struct transport_result *result)
{
    *result = (struct transport_result){.outcome = OUTCOME_DONE, .words = STR_INIT};
}

void transport_result_clear(struct transport_result *result)
{
    str_clear(&result->words);
    transport_result_init(result);
}

int transport_silence_ms(const struct settings *settings)
{
    struct str text = STR_INIT;
    char *end = NULL;
    long seconds = SILENCE_S;
    if (settings_text(settings, "assay.silence", &text)) {
        seconds = strtol(text.data, &end, 10);
        if (end == text.data || *end || seconds < 0 || seconds > SILENCE_MAX_S) {
            seconds = SILENCE_S;
        }
    }
    str_clear(&text);
    return (int)seconds * 1000;
}

/* --- one run of git ------------------------------------------------------------------------------------------------ */

struct exchange {
    struct repo *repo;
    const struct transport *transport;
    const char *log;
    struct transport_result *result;
    int64_t push_us; /* how long the last push took */
};

static void set_outcome(struct exchange *exchange, enum outcome outcome, const char *words)
{
    exchange->result->outcome = outcome;
    str_reset(&exchange->result->words);
    str_append_text(&exchange->result->words, words);
}

/* Runs git. A silence that lasted too long is an outcome; that git cannot be run, or that the user stopped it, is an
 * error. */
static int run(struct exchange *exchange, const char *const *arguments, struct process_result *ran, struct error *error)
{
    const struct transport *transport = exchange->transport;
    const struct program program = {.mode = transport->mode,
                                    .silence_ms = transport->silence_ms,
                                    .cancelled = transport->cancelled,
                                    .context = transport->context};
    struct error own = ERROR_INIT;
    if (program_git(exchange->repo, &program, arguments, ran, &own) == 0) {
        outcome_drop_progress(&ran->errors);
        return 0;
    }
    if (own.kind == ERROR_INTERRUPTED || !process_available("git")) {
        return error_set(error, own.kind, "%s", own.text);
    }
    ran->exit_code = 128;
    str_reset(&ran->errors);
    str_append_text(&ran->errors, own.text);
    if (slice_find(str_slice(&ran->errors), SLICE("said nothing")) != SLICE_NOT_FOUND) {
        str_append_text(&ran->errors, " (git config assay.silence sets the limit)");
    }
    return 0;
}

/* --- what the remote has -------------------------------------------------------------------------------------------- */

/* False, with the outcome set, when the remote did not answer. */
static int list_heads(struct exchange *exchange, struct heads *heads, bool *answered, struct error *error)
{
    const char *const arguments[] = {"ls-remote", "--heads", "--quiet", "--", repo_remote(exchange->repo), NULL};
    struct process_result ran;
    process_result_init(&ran);
    const int result = run(exchange, arguments, &ran, error);
    *answered = result == 0 && ran.exit_code == 0;
    if (*answered) {
        heads_add(heads, str_slice(&ran.output));
    } else if (result == 0) {
        exchange->result->outcome = outcome_of_failure(str_slice(&ran.errors), &exchange->result->words);
    }
    process_result_clear(&ran);
    return result;
}

/* --- fetch ----------------------------------------------------------------------------------------------------------- */

/* Waits at random, longer after each loss, so that many writers do not meet again and again. What decides whether they
 * meet is how long a push takes: over ssh ten times as long as to a folder. */
static void wait_a_while(int lost, int64_t push_us)
{
    enum { FIRST_MS = 50, LONGEST_MS = 5000 };
    uint32_t random = 0;
    int64_t most = push_us / 1000 > FIRST_MS ? push_us / 1000 : FIRST_MS;
    most <<= lost < 6 ? lost : 6;
    env_random(&random, sizeof random);
    const long ms = (long)(random % (most < LONGEST_MS ? most : LONGEST_MS));
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static int fetch_once(struct exchange *exchange, const char *prune, const char *refspec, int *code, struct error *error)
{
    const char *const arguments[] = {"fetch",
                                     "--progress", /* whoever works says so: silence is a remote that hangs */
                                     "--no-tags",
                                     "--no-recurse-submodules",
                                     "--no-write-fetch-head",
                                     "--no-auto-maintenance",
                                     prune,
                                     "--refmap=",
                                     "--",
                                     repo_remote(exchange->repo),
                                     refspec,
                                     NULL};
    struct process_result ran;
    process_result_init(&ran);
    const int result = run(exchange, arguments, &ran, error);
    *code = ran.exit_code;
    if (result == 0 && ran.exit_code != 0) {
        exchange->result->outcome = outcome_of_fetch(str_slice(&ran.errors), &exchange->result->words);
    }
    process_result_clear(&ran);
    return result;
}

/* Runs one fetch; *code is its exit code, and the outcome is set when it failed. Two fetches of one clone get into each
 * other's way, and then one of them has only to look again. */
static int fetch(struct exchange *exchange, const char *prune, const char *refspec, int *code, struct error *error)
{
    for (int try = 0; try < FETCH_TRIES; try++) {
        if (try > 0) {
            wait_a_while(try, 0);
        }
        if (fetch_once(exchange, prune, refspec, code, error) != 0) {
            return -1;
        }
        if (*code == 0) {
            set_outcome(exchange, OUTCOME_DONE, "");
        }
        if (exchange->result->outcome != OUTCOME_BUSY && exchange->result->outcome != OUTCOME_LOCKED) {
            break;
        }
    }
    return 0;
}

/* Rewritten branches are followed and deleted ones dropped. */
static int fetch_branches(struct exchange *exchange, int *code, struct error *error)
{
    struct str refspec = STR_INIT;
    str_appendf(&refspec, "+refs/heads/*:refs/remotes/%s/*", repo_remote(exchange->repo));
    const int result = fetch(exchange, "--prune", refspec.data, code, error);
    str_clear(&refspec);
    return result;
}

/* Without a plus: git refuses a log that lost commits. */
static int fetch_log(struct exchange *exchange, int *code, struct error *error)
{
    struct str refspec = STR_INIT;
    str_appendf(&refspec, "refs/heads/%s:%s", exchange->log, OUTBOX_TRACKED_REF);
    const int result = fetch(exchange, "--no-prune", refspec.data, code, error);
    str_clear(&refspec);
    return result;
}

/* A log that is not there while it was here before is as bad as a rewound one. */
static int bring_log(struct exchange *exchange, const struct heads *heads, bool *same, int *code, struct error *error)
{
    struct oid there, here;
    const bool exists = heads_find(heads, slice_of(exchange->log), &there);
    *same = true;
    *code = 0;
    if (!exists && refs_find(exchange->repo, OUTBOX_TRACKED_REF, &here)) {
        set_outcome(exchange, OUTCOME_REWOUND, "the log is not at the remote any more");
        *code = 1;
        return 0;
    }
    if (!exists || heads_at(exchange->repo, OUTBOX_TRACKED_REF, &there)) {
        return 0;
    }
    *same = false;
    return fetch_log(exchange, code, error);
}

/* One round: compares, and fetches what differs. *same: nothing did. *code: not 0 when the outcome is set already. */
static int round_trip(struct exchange *exchange, const char *const *names, bool *same, int *code, struct error *error)
{
    struct heads heads;
    bool answered = false, log_same = false;
    heads_init(&heads);
    *code = 1;
    int result = list_heads(exchange, &heads, &answered, error);
    if (result == 0 && answered) {
        result = bring_log(exchange, &heads, &log_same, code, error);
    }
    if (result == 0 && answered && *code == 0) {
        result = heads_same(&heads, exchange->repo, names, same, error);
        if (result == 0 && !*same) {
            result = fetch_branches(exchange, code, error);
        }
        *same = *same && log_same;
    }
    heads_clear(&heads);
    return result;
}

int transport_fetch(struct repo *repo, const struct transport *transport, const char *log, const char *const *names,
                    struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    if (!repo_remote(repo)) {
        result->outcome = OUTCOME_NO_REMOTE;
        return 0;
    }
    for (int try = 0; try < FETCH_TRIES; try++) {
        bool same = false;
        int code = 0;
        if (round_trip(&exchange, names, &same, &code, error) != 0) {
            return -1;
        }
        if (code != 0) {
            return 0;
        }
        if (same) {
            set_outcome(&exchange, OUTCOME_DONE, "");
            return 0;
        }
    }
    set_outcome(&exchange, OUTCOME_BUSY, "the remote changes all the time");
    return 0;
}

int transport_fetch_log(struct repo *repo, const struct transport *transport, const char *log,
                        struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    int code = 0;
    if (!repo_remote(repo)) {
        result->outcome = OUTCOME_NO_REMOTE;
        return 0;
    }
    if (fetch_log(&exchange, &code, error) != 0) {
        return -1;
    }
    if (code == 0 || outcome_lacks_branch(str_slice(&result->words))) {
        set_outcome(&exchange, OUTCOME_DONE, "");
    }
    return 0;
}

/* --- push ------------------------------------------------------------------------------------------------------------ */

/* Its outcome tells what became of it. */
static int push(struct exchange *exchange, const struct oid *commit, const char *branch, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    struct str refspec = STR_INIT;
    struct process_result ran;
    oid_format(commit, hex);
    str_appendf(&refspec, "%s:refs/heads/%s", hex, branch);
    const char *const arguments[] = {"push",
                                     "--porcelain",
                                     "--progress",
                                     "--no-follow-tags",
                                     "--no-verify",
                                     "--no-force-with-lease",
                                     "--recurse-submodules=no",
                                     "--",
                                     repo_remote(exchange->repo),
                                     refspec.data,
                                     NULL};
    process_result_init(&ran);
    exchange->result->attempts++;
    const int64_t begin = env_monotonic_us();
    const int result = run(exchange, arguments, &ran, error);
    exchange->push_us = env_monotonic_us() - begin;
    if (result == 0) {
        exchange->result->outcome =
            outcome_of_push(ran.exit_code, str_slice(&ran.output), str_slice(&ran.errors), &exchange->result->words);
    }
    process_result_clear(&ran);
    str_clear(&refspec);
    return result;
}

/* Brings the log and nothing else, with one call: the sooner the next push comes, the less often it is lost. */
static int refresh_log(struct exchange *exchange, bool *ready, struct error *error)
{
    int code = 0;
    const int result = fetch_log(exchange, &code, error);
    *ready = code == 0;
    return result;
}

/* One try: put what waits on the tip, push, note it. *done: there is nothing more to try. */
static int push_once(struct exchange *exchange, bool *done, struct error *error)
{
    struct oid tip;
    size_t count = 0;
    if (outbox_rebuild(exchange->repo, exchange->log, exchange->transport->mode, &tip, &count, error) != 0) {
        return -1;
    }
    *done = true;
    if (oid_is_none(&tip)) {
        set_outcome(exchange, OUTCOME_DONE, "");
        return 0;
    }
    if (push(exchange, &tip, exchange->log, error) != 0) {
        return -1;
    }
    if (exchange->result->outcome == OUTCOME_DONE) {
        exchange->result->sent += count;
        return outbox_mark_sent(exchange->repo, &tip, error);
    }
    *done = exchange->result->outcome != OUTCOME_BUSY;
    return 0;
}

int transport_push_log(struct repo *repo, const struct transport *transport, const char *log,
                       struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    result->attempts = 0;
    result->sent = 0;
    if (!repo_remote(repo)) {
        result->outcome = OUTCOME_NO_REMOTE;
        return 0;
    }
    bool done = false, ready = true;
    for (int lost = 0; !done && ready && lost < PUSH_TRIES; lost++) {
        if (lost > 0) {
            wait_a_while(lost - 1, exchange.push_us);
        }
        /* The first try goes without looking: as a rule nobody else wrote. */
        if (lost > 0 && refresh_log(&exchange, &ready, error) != 0) {
            return -1;
        }
        if (ready && push_once(&exchange, &done, error) != 0) {
            return -1;
        }
    }
    return 0;
}

int transport_push_branch(struct repo *repo, const struct transport *transport, const struct oid *commit,
                          const char *branch, struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .result = result};
    result->attempts = 0;
    if (!repo_remote(repo)) {
        result->outcome = OUTCOME_NO_REMOTE;
        return 0;
    }
    if (push(&exchange, commit, branch, error) != 0) {
        return -1;
    }
    if (result->outcome == OUTCOME_DONE) {
        result->sent = 1;
    }
    return 0;
}
