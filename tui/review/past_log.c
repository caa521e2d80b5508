#include "assay/review/past_log.h"

#include "assay/base/table.h"

int past_log_read(const struct workspace *workspace, const struct log_tips *tips, struct past_log *log,
                  struct error *error)
{
    *log = (struct past_log){.commits = table_new(), .names = table_new()};
    log_init(&log->log);
    if (log_read(workspace->repo, tips, NULL, &log->log, error) < 0) {
        past_log_clear(log);
        return -1;
    }
    for (size_t i = 0; i < log->log.commit_count; i++)
        table_add(log->commits, oid_slice(&log->log.commits[i]), i);
    for (size_t i = 0; i < log->log.file_count; i++)
        if (log->log.files[i].kind == LOG_RECORD)
            table_set(log->names, digest_slice(&log->log.files[i].name), i); /* a later copy makes it no younger */
    return 0;
}

void past_log_clear(struct past_log *log)
{
    table_free(log->commits);
    table_free(log->names);
    log_clear(&log->log);
    *log = (struct past_log){.commits = NULL};
}
