/* The pending changes as rows: what the console's first screen and `assay queue` show. */
#ifndef ASSAY_REVIEW_QUEUE_H
#define ASSAY_REVIEW_QUEUE_H

#include "assay/review/assess.h"

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
    size_t flags;                /* open ones */
    size_t cases, scored;        /* scored: by the user's draft or record where a role of theirs scores, else by the records that count */
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
    bool details;                /* false: only change and modules' paths and names are known yet */
    bool needs_me;               /* waits for a role of the user that is still missing */
    struct slice problem;        /* "conflicts with main in 2 files: …"; empty: none */
};

struct queue {
    struct arena arena;
    struct queue_change *changes; /* what needs the user first, flagged first, then oldest */
    size_t count, capacity;
    struct slice *problems;       /* refused references and the like, one sentence each */
    size_t problem_count;
};

void queue_init(struct queue *queue);
void queue_clear(struct queue *queue);

struct queue_watch {
    void (*progress)(void *context, size_t done, size_t total);
    bool (*cancelled)(void *context);
    /* Called once when it is known which change touches which modules, before the details. May be NULL. */
    void (*rows)(void *context, const struct queue *queue);
    void *context;
};

/* Reads everything that is not in the index. watch may be NULL. The rows are saved in the index for queue_recall. */
int queue_read(struct workspace *workspace, const struct queue_watch *watch, struct queue *queue, struct error *error);
/* The queue as last saved for this target and user, whatever moved since; false when there is none. For the first
 * paint: milliseconds. */
bool queue_recall(struct workspace *workspace, struct queue *queue);
/* Changes that wait for this person (role SIZE_MAX) or for a role. */
bool queue_waits_for(const struct workspace *workspace, const struct queue_change *change, size_t role);

#endif
