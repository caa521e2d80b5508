/* The whole history of the log, to ask what it had when. */
#ifndef ASSAY_REVIEW_PAST_LOG_H
#define ASSAY_REVIEW_PAST_LOG_H

#include "assay/git/log.h"
#include "assay/review/workspace.h"

struct table;

struct past_log {
    struct log log;
    struct table *commits; /* commit → position, newest first */
    struct table *names;   /* of the records that were ever added → position of the first file that brought it */
};

int past_log_read(const struct workspace *workspace, const struct log_tips *tips, struct past_log *log,
                  struct error *error);
void past_log_clear(struct past_log *log);

#endif
