/* A record on its way: signed by a worker, or in the foreground where a passphrase or a touch is asked for. */
#ifndef ASSAY_SCREENS_SIGNING_H
#define ASSAY_SCREENS_SIGNING_H

#include "assay/review/submit.h"
#include "assay/screens/desk.h"

/* Owns all that the request borrows, so it may outlive the screen. */
struct signing {
    struct desk *desk;
    struct dossier *dossier;
    struct session *session;
    struct arena arena;
    struct submit_request request;
    struct str folder;
    struct str note; /* what became of drafts.db */
    enum process_mode mode;
    bool running, succeeded, abandoned; /* abandoned: the screen is gone */
    struct submit_result result;
    struct error error;
};

/* Opens a session of its own on the person's draft. */
int signing_new(struct desk *desk, struct dossier *dossier, const struct module *module, struct signing **signing,
                struct error *error);
void signing_leave(struct signing *signing); /* frees it, now or when its job has ended; NULL is fine */
/* Fills the request from the session. */
void signing_compose(struct signing *signing, size_t role, enum verdict verdict);
void signing_start(struct signing *signing);
/* The same with the terminal; blocks. */
int signing_in_foreground(struct signing *signing, struct view *view, struct error *error);

#endif
