#include "assay/commands/sync_command.h"

#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/review/submit.h"
#include "assay/review/sync.h"

static bool is_fine(enum outcome outcome)
{
    return outcome == OUTCOME_DONE || outcome == OUTCOME_NO_REMOTE;
}

static void print_report_json(const struct sync_report *report)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena);
    value_set(&arena, map, "fetched", value_of_text(slice_of(outcome_text(report->fetched))));
    value_set(&arena, map, "pushed", value_of_text(slice_of(outcome_text(report->pushed))));
    value_set(&arena, map, "fresh", value_of_bool(is_fine(report->fetched)));
    value_set(&arena, map, "sent", value_of_integer((int64_t)report->sent));
    value_set(&arena, map, "waiting", value_of_integer((int64_t)report->waiting));
    value_set(&arena, map, "words", value_of_text(str_slice(&report->words)));
    print_json(map);
    arena_clear(&arena);
}

static void print_report(const struct sync_report *report)
{
    if (report->fetched == OUTCOME_NO_REMOTE)
        print_text("There is no remote: local branches are the truth, and nothing waits.\n");
    else if (report->sent > 0)
        print_text("%zu record%s sent.\n", report->sent, report->sent == 1 ? "" : "s");
    else if (is_fine(report->fetched) && report->waiting == 0)
        print_text("Up to date; nothing waits to be sent.\n");
    if (report->waiting > 0)
        print_text("%zu signed record%s to be sent.\n", report->waiting, report->waiting == 1 ? " waits" : "s wait");
}

static int judge(const struct sync_report *report, struct error *error)
{
    bool fetched = is_fine(report->fetched);
    enum outcome outcome = fetched ? report->pushed : report->fetched;
    struct slice words = slice_trim(str_slice(&report->words));
    if (is_fine(outcome))
        return 0;
    if (outcome == OUTCOME_REWOUND) /* what git says of it is less clear than what we do */
        words = (struct slice){0};
    return error_set(error, ERROR_ENVIRONMENT, "%s: %s%s%.*s", fetched ? "Not sent" : "Not fetched",
                     outcome_text(outcome), words.size ? ": " : ".", SLICE_ARG(words));
}

static int open_state(const struct subject *subject, struct journal **journal, struct drafts **drafts,
                      struct error *error)
{
    const char *folder = subject->workspace->state_folder.data;
    struct str note = STR_INIT;
    int result = journal_open(folder, journal, &note, error);
    if (note.size > 0)
        print_note("%s", note.data);
    str_clear(&note);
    return result == 0 ? drafts_open(folder, drafts, NULL, error) : -1;
}

static int fetch_and_send(struct workspace *workspace, struct journal *journal, struct sync_report *report,
                          struct error *error)
{
    const struct transport transport = subject_transport(workspace);
    return sync_run(workspace, journal, &transport, report, error);
}

static int run(const struct command_line *line, struct error *error)
{
    struct subject subject;
    struct journal *journal = NULL;
    struct drafts *drafts = NULL;
    struct sync_report report;
    size_t resumed = 0;
    sync_report_init(&report);
    if (subject_open(line, &subject, error) == 0 && open_state(&subject, &journal, &drafts, error) == 0 &&
        submit_resume(subject.workspace, journal, drafts, &resumed, error) == 0 &&
        fetch_and_send(subject.workspace, journal, &report, error) == 0) {
        if (line->json)
            print_report_json(&report);
        else
            print_report(&report);
        judge(&report, error);
    }
    sync_report_clear(&report);
    drafts_close(drafts);
    journal_close(journal);
    subject_close(&subject);
    return 0;
}

const struct command sync_command = {
    .name = "sync",
    .words = "",
    .summary = "Fetches, and sends the records that wait",
    .details =
        "Pushes are plain and never forced; when somebody else was faster the log is fetched and the records are "
        "put on top of it.",
    .exits = "0 done, 4 when the remote could not be reached or said no",
    .run = run,
};
