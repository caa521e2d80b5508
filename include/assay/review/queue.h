/* The pending changes as rows: what the console's first screen and `assay queue` show. */
#ifndef ASSAY_REVIEW_QUEUE_H
#define ASSAY_REVIEW_QUEUE_H

#include "assay/review/assess.h"
#include "assay/review/queue_row.h"

struct queue {
    struct arena arena;
    struct queue_change *changes; /* what needs the user first, flagged first, then oldest */
    size_t count, capacity;
    struct slice *problems; /* refused references and the like, one sentence each */
    size_t problem_count, problem_capacity;
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
bool queue_waits_for(const struct queue_change *change, size_t role);

#endif
