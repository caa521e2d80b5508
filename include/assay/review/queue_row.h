/* One pending change as a row of the queue, and its form in the index: lengths and bytes, of this machine alone. */
#ifndef ASSAY_REVIEW_QUEUE_ROW_H
#define ASSAY_REVIEW_QUEUE_ROW_H

#include "assay/base/arena.h"
#include "assay/base/str.h"
#include "assay/model/oid.h"
#include "assay/model/policy.h"

struct queue_prompt {
    struct slice id;
    size_t cases, outputs, stale;
};

enum queue_role_state {
    QUEUE_ROLE_NOT_NEEDED, /* · */
    QUEUE_ROLE_MISSING,    /* – */
    QUEUE_ROLE_SIGNED,     /* ✓ */
    QUEUE_ROLE_REJECTED,   /* ✗ */
};

struct queue_module {
    struct slice path, name, version;
    enum risk risk;
    struct slice *sensitivities;
    size_t sensitivity_count;
    struct queue_prompt *prompts;
    size_t prompt_count;
    size_t flags;                          /* open ones */
    size_t cases, scored;                  /* scored: by the records that count; drafts are the session's */
    unsigned char roles[POLICY_ROLES_MAX]; /* enum queue_role_state, by position in the policy's roles */
    bool pass;
};

struct queue_change {
    struct slice change, ref;
    struct oid commit;
    struct slice author, subject;
    int64_t time;
    struct queue_module *modules;
    size_t module_count;
    bool pass;
    bool details;         /* false: only change and modules' paths and names are known yet */
    bool needs_me;        /* waits for a role of the user that is still missing */
    struct slice problem; /* "conflicts with main in 2 files: …"; empty: none */
};

/* Appends the row. */
void queue_row_encode(const struct queue_change *change, struct str *out);
/* False when the bytes are not what queue_row_encode writes; texts are copied into the arena. */
bool queue_row_decode(struct slice bytes, struct arena *arena, struct queue_change *change);

#endif
