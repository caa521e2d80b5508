#include "assay/review/sync.h"

#include "assay/git/merge.h"
#include "assay/git/outbox.h"

/* ---- fresh or nothing ---- */

int sync_need_whole_history(const struct workspace *workspace, struct error *error)
{
    if (!repo_is_shallow(workspace->repo))
        return 0;
    return error_set(error, ERROR_ENVIRONMENT,
                     "This clone is shallow, so its history proves nothing; run “git fetch --unshallow” first.");
}

static int refuse_outcome(const struct workspace *workspace, const struct transport_result *result, struct error *error)
{
    struct slice words = slice_trim(str_slice(&result->words)), first = {0};
    if (result->outcome != OUTCOME_REWOUND) /* what git says of it is less clear than what we do */
        slice_cut_line(&words, &first);
    return error_set(error, ERROR_ENVIRONMENT, "Not fresh: %s: %s%s%.*s", repo_remote(workspace->repo),
                     outcome_text(result->outcome), first.size ? ": " : "", SLICE_ARG(first));
}

/* What the remote lost the fetch drops, and then the target would be a branch of this clone, which nobody compared. */
static int need_remote_target(const struct workspace *workspace, struct error *error)
{
    struct str tracking = STR_INIT;
    const char *remote = repo_remote(workspace->repo);
    str_appendf(&tracking, "refs/remotes/%s/", remote);
    const bool compared = slice_starts_with(str_slice(&workspace->target.ref), str_slice(&tracking));
    str_clear(&tracking);
    if (compared || !workspace_has_policy(workspace)) /* without one nothing passes, and why there is none tells more */
        return 0;
    return error_set(
        error, ERROR_ENVIRONMENT,
        "Not fresh: the target is %s, a branch of this clone alone, and %s has nothing to compare it with; "
        "push it there, or name one of its branches with `git config assay.target`",
        workspace->target.ref.data, remote);
}

/* Fetches. What a clone or the user's own fetch brought of the log is adopted first: a fetch that follows a branch
 * whatever becomes of it would make us forget that the log was longer. */
static int fetch(struct workspace *workspace, const struct transport *transport, const char *const *names,
                 struct transport_result *result, struct error *error)
{
    struct log_tips tips;
    if (outbox_find_tips(workspace->repo, workspace_log(workspace), &tips, error) < 0)
        return -1;
    return transport_fetch(workspace->repo, transport, workspace_log(workspace), names, result, error);
}

int sync_freshen(struct workspace *workspace, struct slice change, const struct transport *transport, bool *rewound,
                 struct error *error)
{
    struct transport_result result;
    struct str name = STR_INIT;
    str_append(&name, change);
    const char *const names[] = {workspace->target.name.data, name.data, NULL};
    transport_result_init(&result);
    int code = sync_need_whole_history(workspace, error);
    if (code == 0)
        code = fetch(workspace, transport, change.size > 0 ? names : NULL, &result, error);
    bool lost = code == 0 && result.outcome == OUTCOME_REWOUND;
    if (rewound)
        *rewound = lost;
    if (code == 0 && result.outcome != OUTCOME_DONE && result.outcome != OUTCOME_NO_REMOTE && !(lost && rewound))
        code = refuse_outcome(workspace, &result, error);
    if (code == 0)
        code = workspace_refresh(workspace, NULL, error);
    if (code == 0 && result.outcome != OUTCOME_NO_REMOTE)
        code = need_remote_target(workspace, error);
    if (code == 0)
        code = sync_need_whole_history(workspace, error);
    transport_result_clear(&result);
    str_clear(&name);
    return code;
}

/* ---- sending ---- */

void sync_report_init(struct sync_report *report)
{
    *report = (struct sync_report){.words = STR_INIT};
}

void sync_report_clear(struct sync_report *report)
{
    str_clear(&report->words);
    sync_report_init(report);
}

int sync_waiting(struct workspace *workspace, size_t *count, struct error *error)
{
    struct log_tips tips;
    struct merge merge;
    *count = 0;
    if (outbox_find_tips(workspace->repo, workspace_log(workspace), &tips, error) < 0)
        return -1;
    if (oid_is_none(&tips.pending))
        return 0;
    merge_init(&merge);
    int result = merge_compare(workspace->repo, &tips.tracked, &tips.pending, &merge, error);
    for (size_t i = 0; result == 0 && i < merge.difference_count; i++) {
        const struct merge_difference *difference = &merge.differences[i];
        *count += difference->before.kind == TREE_NONE && slice_ends_with(difference->path, SLICE(".json"));
    }
    merge_clear(&merge);
    return result;
}

static bool is_committed(const struct journal_entry *entry)
{
    return entry->state == JOURNAL_COMMITTED && slice_is(entry->kind, "record");
}

/* What the remote has is done with: only then are the bytes forgotten, whatever became of the references here. */
static int mark_entries(const struct workspace *workspace, struct journal *journal,
                        const struct journal_entries *entries, const struct sync_report *report, struct error *error)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < entries->count; i++) {
        const struct journal_entry *entry = &entries->items[i];
        bool kept = false, sent = false;
        if (!is_committed(entry))
            continue;
        result =
            outbox_find(workspace->repo, workspace_log(workspace), entry->change, &entry->name, &kept, &sent, error);
        if (result == 0 && sent)
            result = journal_pushed(journal, &entry->name, error);
        else if (result == 0 && report->pushed != OUTCOME_DONE)
            result = journal_failed(journal, &entry->name, str_slice(&report->words), error);
    }
    return result;
}

static void take_words(struct sync_report *report, const struct transport_result *result)
{
    struct slice words = slice_trim(str_slice(&result->words));
    if (words.size == 0)
        return;
    if (report->words.size > 0)
        str_push(&report->words, '\n');
    str_append(&report->words, words);
}

int sync_send(struct workspace *workspace, struct journal *journal, const struct transport *transport,
              struct sync_report *report, struct error *error)
{
    struct journal_entries entries = {.count = 0};
    struct transport_result result;
    transport_result_init(&result);
    int code = journal ? journal_pending(journal, &entries, error) : 0;
    if (code == 0)
        code = transport_push_log(workspace->repo, transport, workspace_log(workspace), &result, error);
    if (code == 0)
        code = sync_waiting(workspace, &report->waiting, error);
    if (code == 0) {
        report->pushed = result.outcome;
        report->sent = result.sent;
        take_words(report, &result);
        code = mark_entries(workspace, journal, &entries, report, error);
    }
    journal_entries_clear(&entries);
    transport_result_clear(&result);
    return code;
}

int sync_fetch_log(struct workspace *workspace, const struct transport *transport, struct sync_report *report,
                   struct error *error)
{
    struct transport_result result;
    struct log_tips tips;
    transport_result_init(&result);
    int code = outbox_find_tips(workspace->repo, workspace_log(workspace), &tips, error);
    if (code == 0)
        code = transport_fetch_log(workspace->repo, transport, workspace_log(workspace), &result, error);
    if (code == 0) {
        report->fetched = result.outcome;
        take_words(report, &result);
    }
    transport_result_clear(&result);
    return code;
}

int sync_run(struct workspace *workspace, struct journal *journal, const struct transport *transport,
             struct sync_report *report, struct error *error)
{
    struct transport_result result;
    transport_result_init(&result);
    int code = fetch(workspace, transport, NULL, &result, error);
    if (code == 0) {
        report->fetched = report->pushed = result.outcome;
        take_words(report, &result);
        if (result.outcome == OUTCOME_DONE || result.outcome == OUTCOME_NO_REMOTE) {
            code = workspace_refresh(workspace, NULL, error);
            if (code == 0)
                code = sync_send(workspace, journal, transport, report, error);
        } else {
            code = sync_waiting(workspace, &report->waiting, error);
        }
    }
    transport_result_clear(&result);
    return code;
}
