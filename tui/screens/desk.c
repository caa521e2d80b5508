#include "assay/screens/desk.h"

#include <stdio.h>
#include <string.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/review/submit.h"
#include "assay/review/sync.h"
#include "assay/screens/label.h"

enum { DESK_WORKERS = 4, DESK_PLACE_MAX = 64 * 1024 };

struct desk *desk_of(const struct view *view)
{
    return view_context(view);
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static void set_step(struct desk *desk, enum role role, const char *text)
{
    str_reset(&desk->step);
    sanitise_append(&desk->step, slice_of(text), SANITISE_LINE);
    desk->step_role = role;
}

int desk_open(struct desk *desk, const char *folder, struct error *error)
{
    *desk = (struct desk){.step_role = ROLE_STATUS};
    str_init(&desk->folder);
    str_init(&desk->step);
    str_init(&desk->place_path);
    str_init(&desk->note);
    queue_init(&desk->queue);
    str_append_text(&desk->folder, folder);
    if (workspace_open(folder, &desk->workspace, error) < 0)
        return -1;
    const char *state = desk->workspace->state_folder.data;
    if (drafts_open(state, &desk->drafts, &desk->note, error) < 0)
        return -1;
    file_join(&desk->place_path, state, "place");
    desk->jobs = jobs_new(DESK_WORKERS);
    if (!desk->jobs)
        return error_set(error, ERROR_ENVIRONMENT, "The system has no descriptor left: close other programs.");
    desk->queue_known = queue_recall(desk->workspace, &desk->queue);
    return 0;
}

void desk_stop(struct desk *desk)
{
    if (desk->jobs)
        jobs_free(desk->jobs);
    desk->jobs = NULL;
}

void desk_close(struct desk *desk)
{
    desk_stop(desk);
    queue_clear(&desk->queue);
    drafts_close(desk->drafts);
    workspace_close(desk->workspace);
    str_clear(&desk->folder);
    str_clear(&desk->step);
    str_clear(&desk->place_path);
    str_clear(&desk->note);
}

void desk_note(struct desk *desk, struct slice text)
{
    if (text.size == 0)
        return;
    str_reset(&desk->note);
    sanitise_append(&desk->note, text, SANITISE_LINE);
    if (desk->stack && view_top(desk->stack))
        view_say(view_top(desk->stack), ROLE_WARNING, "%s", desk->note.data);
}

/* --- reading the queue ------------------------------------------------------------------------------------------- */

struct reading {
    struct desk *desk;
    struct str folder;
    unsigned asked;
    struct job *job;
    struct workspace *workspace;
    struct queue queue;
    struct str note; /* of what a crash left */
    struct error error;
};

/* Rows that are known before their details, on their way to the loop. */
struct early {
    struct desk *desk;
    unsigned asked;
    struct queue queue;
};

static void show_progress(void *context, size_t done, size_t total)
{
    struct reading *reading = context;
    jobs_report(reading->job, done, total);
}

static bool is_cancelled(void *context)
{
    struct reading *reading = context;
    return jobs_is_cancelled(reading->job);
}

static void no_work(struct job *job, void *context)
{
    (void)job;
    (void)context;
}

static void take_queue(struct desk *desk, struct queue *queue)
{
    queue_clear(&desk->queue);
    desk->queue = *queue;
    queue_init(queue);
    desk->queue_known = true;
    desk->generation++;
}

static void early_done(void *context, bool cancelled)
{
    struct early *early = context;
    struct desk *desk = early->desk;
    if (!cancelled && early->asked == desk->asked && desk->reading != 0 && !desk->queue_known)
        take_queue(desk, &early->queue);
    queue_clear(&early->queue);
    memory_free(early);
}

static void copy_rows(const struct queue *from, struct queue *to)
{
    struct str bytes = STR_INIT;
    to->changes = memory_new_array(from->count, sizeof *to->changes);
    to->capacity = from->count;
    for (size_t i = 0; i < from->count; i++) {
        str_reset(&bytes);
        queue_row_encode(&from->changes[i], &bytes);
        if (queue_row_decode(str_slice(&bytes), &to->arena, &to->changes[to->count]))
            to->count++;
    }
    str_clear(&bytes);
}

static void send_rows(void *context, const struct queue *queue)
{
    struct reading *reading = context;
    struct early *early = memory_new(sizeof *early);
    *early = (struct early){.desk = reading->desk, .asked = reading->asked};
    queue_init(&early->queue);
    copy_rows(queue, &early->queue);
    jobs_submit(reading->desk->jobs, "Rows", no_work, early_done, early);
}

/* Signed records that a crash left on their way are put into the log: once, before the first reading. A failure ends
 * nothing: the next start tries again, and until then the journal keeps them. */
static void resume(struct workspace *workspace, struct str *note)
{
    struct journal *journal = NULL;
    struct drafts *drafts = NULL;
    struct error error = ERROR_INIT;
    size_t resumed = 0;
    if (journal_open(workspace->state_folder.data, &journal, note, &error) < 0 ||
        drafts_open(workspace->state_folder.data, &drafts, NULL, &error) < 0 ||
        submit_resume(workspace, journal, drafts, &resumed, &error) < 0) {
        str_reset(note);
        str_appendf(note, "What was signed before could not be looked through: %s", error.text);
    } else if (resumed > 0 && note->size == 0) {
        str_appendf(note, "%zu signed record%s of an earlier run that was interrupted %s in the log now.", resumed,
                    resumed == 1 ? "" : "s", resumed == 1 ? "is" : "are");
    }
    drafts_close(drafts);
    journal_close(journal);
}

static void reading_work(struct job *job, void *context)
{
    struct reading *reading = context;
    struct queue_watch watch = {
        .progress = show_progress, .cancelled = is_cancelled, .rows = send_rows, .context = reading};
    reading->job = job;
    if (workspace_open(reading->folder.data, &reading->workspace, &reading->error) < 0)
        return;
    if (reading->asked == 1)
        resume(reading->workspace, &reading->note);
    queue_read(reading->workspace, &watch, &reading->queue, &reading->error);
}

static void take_reading(struct desk *desk, struct reading *reading)
{
    desk->reading = 0;
    if (error_is_set(&reading->error)) {
        if (reading->error.kind != ERROR_INTERRUPTED && view_top(desk->stack))
            view_say_error(view_top(desk->stack), &reading->error);
        return;
    }
    workspace_close(desk->workspace);
    desk->workspace = reading->workspace;
    reading->workspace = NULL;
    take_queue(desk, &reading->queue);
}

static void reading_done(void *context, bool cancelled)
{
    struct reading *reading = context;
    struct desk *desk = reading->desk;
    bool mine = reading->asked == desk->asked;
    if (mine && !cancelled)
        take_reading(desk, reading);
    else if (mine)
        desk->reading = 0;
    desk_note(desk, str_slice(&reading->note));
    str_clear(&reading->note);
    queue_clear(&reading->queue);
    workspace_close(reading->workspace);
    str_clear(&reading->folder);
    memory_free(reading);
}

void desk_refresh(struct desk *desk, bool asked)
{
    struct reading *reading = memory_new(sizeof *reading);
    if (desk->reading)
        jobs_cancel(desk->jobs, desk->reading);
    *reading = (struct reading){.desk = desk, .asked = ++desk->asked};
    str_init(&reading->folder);
    str_init(&reading->note);
    str_append(&reading->folder, str_slice(&desk->folder));
    queue_init(&reading->queue);
    desk->reading_stoppable = asked || !desk->queue_known;
    desk->reading = jobs_submit(desk->jobs, "Reading the changes", reading_work, reading_done, reading);
}

/* --- fetching and sending ---------------------------------------------------------------------------------------- */

struct syncing {
    struct desk *desk;
    struct str folder;
    struct job *job;
    bool say, failed;
    struct sync_report report;
    struct str note;
    struct error error;
};

static bool sync_is_cancelled(void *context)
{
    struct syncing *syncing = context;
    return jobs_is_cancelled(syncing->job);
}

static void syncing_work(struct job *job, void *context)
{
    struct syncing *syncing = context;
    struct workspace *workspace = NULL;
    struct journal *journal = NULL;
    struct transport transport = {.mode = PROCESS_BACKGROUND, .cancelled = sync_is_cancelled, .context = syncing};
    syncing->job = job;
    syncing->failed = workspace_open(syncing->folder.data, &workspace, &syncing->error) < 0 ||
                      journal_open(workspace->state_folder.data, &journal, &syncing->note, &syncing->error) < 0;
    if (!syncing->failed) {
        transport.silence_ms = transport_silence_ms(workspace->settings);
        syncing->failed = sync_run(workspace, journal, &transport, &syncing->report, &syncing->error) < 0;
    }
    journal_close(journal);
    workspace_close(workspace);
}

static void show_step(struct desk *desk, const struct sync_report *report)
{
    char clock[LABEL_SIZE], text[2 * LABEL_SIZE];
    label_clock(env_now(), clock);
    if (report->fetched == OUTCOME_NO_REMOTE)
        snprintf(text, sizeof text, "no remote");
    else if (report->fetched == OUTCOME_DONE)
        snprintf(text, sizeof text, "in step %s", clock);
    else
        snprintf(text, sizeof text, "%s", report->fetched == OUTCOME_OFFLINE ? "offline" : "not in step");
    if (report->waiting > 0)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", %zu to be sent", report->waiting);
    set_step(desk, report->waiting > 0 || report->fetched > OUTCOME_NO_REMOTE ? ROLE_WARNING : ROLE_STATUS, text);
}

static void say_outcome(struct desk *desk, const struct sync_report *report)
{
    struct view *top = view_top(desk->stack);
    if (!top)
        return;
    if (report->waiting > 0)
        view_say(top, ROLE_WARNING, "Signed, waiting to be sent: %s. It is kept here and goes out by itself later.",
                 outcome_text(report->pushed != OUTCOME_DONE ? report->pushed : report->fetched));
    else if (report->sent > 0)
        view_say(top, ROLE_GOOD, "Signed, sent.");
    else if (report->fetched > OUTCOME_NO_REMOTE)
        view_say(top, ROLE_WARNING, "Not in step: %s.", outcome_text(report->fetched));
    else
        view_say(top, ROLE_GOOD,
                 report->fetched == OUTCOME_NO_REMOTE ? "Everything is here: there is no remote."
                                                      : "In step with the remote.");
}

static void syncing_done(void *context, bool cancelled)
{
    struct syncing *syncing = context;
    struct desk *desk = syncing->desk;
    desk->syncing = 0;
    if (cancelled || syncing->failed) {
        set_step(desk, ROLE_WARNING, "not in step");
        if (!cancelled && view_top(desk->stack)) /* a remote that cannot be reached is no failure, and is not said */
            view_say_error(view_top(desk->stack), &syncing->error);
    } else {
        show_step(desk, &syncing->report);
        if (syncing->say)
            say_outcome(desk, &syncing->report);
    }
    desk_note(desk, str_slice(&syncing->note));
    if (!cancelled)
        desk_refresh(desk, syncing->say);
    str_clear(&syncing->note);
    sync_report_clear(&syncing->report);
    str_clear(&syncing->folder);
    memory_free(syncing);
}

void desk_sync(struct desk *desk, bool say)
{
    struct syncing *syncing = memory_new(sizeof *syncing);
    *syncing = (struct syncing){.desk = desk, .say = say};
    str_init(&syncing->folder);
    str_append(&syncing->folder, str_slice(&desk->folder));
    str_init(&syncing->note);
    sync_report_init(&syncing->report);
    set_step(desk, ROLE_STATUS, "looking");
    desk->syncing = jobs_submit(desk->jobs, "Fetching", syncing_work, syncing_done, syncing);
}

/* --- progress ---------------------------------------------------------------------------------------------------- */

uint64_t desk_work(struct desk *desk, const char *label, bool stoppable, jobs_work *work, jobs_done *done,
                   void *context)
{
    desk->working_stoppable = stoppable;
    desk->working = jobs_submit(desk->jobs, label, work, done, context);
    return desk->working;
}

static void cancel_work(void *context)
{
    struct desk *desk = context;
    jobs_cancel(desk->jobs, desk->working ? desk->working : desk->reading);
}

unsigned desk_tick(struct desk *desk)
{
    struct jobs_progress progress;
    if (desk->working && !jobs_status(desk->jobs, desk->working, &progress))
        desk->working = 0;
    uint64_t shown = desk->working ? desk->working : desk->reading;
    bool stoppable = desk->working ? desk->working_stoppable : desk->reading_stoppable;
    if (shown && jobs_status(desk->jobs, shown, &progress))
        view_progress(desk->stack, progress.label, progress.done, progress.total, stoppable ? cancel_work : NULL, desk);
    else
        view_progress(desk->stack, NULL, 0, 0, NULL, NULL);
    return REACT_REDRAW;
}

struct later {
    void (*call)(void *context);
    void *context;
};

static void later_done(void *context, bool cancelled)
{
    struct later *later = context;
    (void)cancelled; /* what was to be written is written at the end too */
    later->call(later->context);
    memory_free(later);
}

void desk_after_paint(struct desk *desk, void (*call)(void *context), void *context)
{
    struct later *later = memory_new(sizeof *later);
    *later = (struct later){call, context};
    jobs_submit(desk->jobs, "Saving", no_work, later_done, later);
}

int desk_title(const struct desk *desk, struct area line)
{
    if (desk->step.size == 0)
        return line.columns;
    int column = line.columns - canvas_width(str_slice(&desk->step)) - 3;
    canvas_put(line, 0, column, desk->step_role, canvas_symbol(line.canvas, SYMBOL_SYNC));
    canvas_text(line, 0, column + 2, desk->step_role, str_slice(&desk->step));
    return column - 1;
}

/* --- who ---------------------------------------------------------------------------------------------------------- */

size_t desk_role(const struct workspace *workspace)
{
    return workspace_has_policy(workspace) && workspace->identity.person ? workspace_role(workspace, (struct slice){0})
                                                                         : SIZE_MAX;
}

bool desk_scores(const struct workspace *workspace)
{
    if (!workspace_has_policy(workspace) || !workspace->identity.person)
        return false;
    for (size_t i = 0; i < workspace->policy.role_count; i++)
        if (workspace->policy.roles[i].duty == DUTY_SCORE && policy_holds(workspace->identity.person, i))
            return true;
    return false;
}

const char *desk_sign(const struct workspace *workspace, enum symbol symbol)
{
    return canvas_sign(settings_flag(workspace->settings, "assay.ascii", false), symbol);
}

const char *desk_refusal(const struct workspace *workspace)
{
    if (error_is_set(&workspace->policy_error))
        return workspace->policy_error.text;
    if (error_is_set(&workspace->signers_error))
        return workspace->signers_error.text;
    if (!workspace->identity.person)
        return error_is_set(&workspace->identity.error) ? workspace->identity.error.text
                                                        : "The policy does not know you: ask who keeps it.";
    return desk_role(workspace) == SIZE_MAX ? "The policy gives you no role here." : NULL;
}

/* --- where one was ------------------------------------------------------------------------------------------------ */

void desk_keep_place(struct desk *desk, struct slice change, struct slice module)
{
    struct error ignored = ERROR_INIT;
    struct str text = STR_INIT;
    str_append(&text, change);
    str_push(&text, '\n');
    str_append(&text, module);
    if (change.size == 0)
        file_remove(desk->place_path.data, &ignored);
    else
        file_write(desk->place_path.data, str_slice(&text), 0600, &ignored);
    str_clear(&text);
}

bool desk_kept_place(struct desk *desk, struct arena *arena, struct slice *change, struct slice *module)
{
    struct error ignored = ERROR_INIT;
    struct str text = STR_INIT;
    bool found = file_exists(desk->place_path.data) &&
                 file_read(desk->place_path.data, DESK_PLACE_MAX, &text, &ignored) == 0 && text.size > 0;
    if (found) {
        struct slice rest = arena_copy(arena, str_slice(&text));
        slice_cut(&rest, '\n', change);
        *module = rest;
    }
    str_clear(&text);
    return found;
}
