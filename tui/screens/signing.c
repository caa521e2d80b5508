#include "assay/screens/signing.h"

#include "assay/base/memory.h"

enum { SIGNING_WAIT_MS = 10 * 1000 };

int signing_new(struct desk *desk, struct dossier *dossier, const struct module *module, struct signing **signing,
                struct error *error)
{
    struct signing *made = memory_new(sizeof *made);
    *made = (struct signing){.desk = desk, .dossier = dossier};
    arena_init(&made->arena);
    str_init(&made->folder);
    str_init(&made->note);
    str_append(&made->folder, str_slice(&desk->folder));
    dossier_hold(dossier);
    if (session_open(dossier->workspace, desk->drafts, &dossier->load, module, desk_role(dossier->workspace),
                     &dossier->ledger, &made->session, error) < 0) {
        signing_leave(made);
        return -1;
    }
    *signing = made;
    return 0;
}

static void free_signing(struct signing *signing)
{
    session_close(signing->session);
    arena_clear(&signing->arena);
    str_clear(&signing->folder);
    str_clear(&signing->note);
    dossier_release(signing->dossier);
    memory_free(signing);
}

void signing_leave(struct signing *signing)
{
    if (signing && signing->running)
        signing->abandoned = true;
    else if (signing)
        free_signing(signing);
}

void signing_compose(struct signing *signing, size_t role, enum verdict verdict)
{
    struct drafts_place place;
    struct error ignored = ERROR_INIT;
    arena_clear(&signing->arena);
    submit_from_session(signing->session, verdict, session_comment(signing->session), &signing->arena,
                        &signing->request);
    signing->request.role = role;
    if (session_place(signing->session, &signing->arena, &place, &ignored) == 0)
        signing->request.seed = place.seed;
}

/* With the records as they are now. */
static int sign(struct signing *signing, struct workspace *workspace, struct error *error)
{
    const struct load *load = &signing->dossier->load;
    struct journal *journal = NULL;
    struct drafts *drafts = NULL;
    struct ledger ledger;
    int result = -1;
    if (!oid_equal(&workspace->target.commit, &signing->dossier->workspace->target.commit))
        return error_set(error, ERROR_INPUT, "%s has moved meanwhile: go back, look at what is new, and sign then.",
                         workspace->target.name.data);
    if (ledger_read(workspace, load->change, &load->commit, &ledger, error) < 0)
        return -1;
    if (journal_open(workspace->state_folder.data, &journal, &signing->note, error) == 0 &&
        drafts_open(workspace->state_folder.data, &drafts, NULL, error) == 0)
        result =
            submit_sign(workspace, journal, drafts, &signing->request, &ledger, signing->mode, &signing->result, error);
    drafts_close(drafts);
    journal_close(journal);
    ledger_clear(&ledger);
    return result;
}

/* With a repository of its own, and in turn with other programs. */
static int run(void *context, struct error *error)
{
    struct signing *signing = context;
    struct workspace *workspace = NULL;
    struct turn turn = TURN_INIT;
    int result = workspace_open(signing->folder.data, &workspace, error);
    if (result == 0)
        result = submit_take_turn(workspace, SIGNING_WAIT_MS, &turn, error);
    if (result == 0)
        result = sign(signing, workspace, error);
    turn_give_back(&turn);
    workspace_close(workspace);
    return result;
}

static void work(struct job *job, void *context)
{
    struct signing *signing = context;
    (void)job;
    signing->succeeded = run(signing, &signing->error) == 0;
}

/* What shows the draft closes, what shows the change looks again, and the record is sent. */
static void tell(struct signing *signing)
{
    struct desk *desk = signing->desk;
    desk->signed_draft = signing->request.draft;
    desk->generation++;
    if (view_top(desk->stack))
        view_say(view_top(desk->stack), ROLE_GOOD, "Signed. It is being sent.");
    if (desk->jobs)
        desk_sync(desk, true);
}

static void done(void *context, bool cancelled)
{
    struct signing *signing = context;
    struct desk *desk = signing->desk;
    signing->running = false;
    desk_note(desk, str_slice(&signing->note));
    if (signing->succeeded)
        tell(signing);
    else if (signing->abandoned && !cancelled && view_top(desk->stack))
        view_say_error(view_top(desk->stack), &signing->error);
    if (signing->abandoned)
        free_signing(signing);
}

void signing_start(struct signing *signing)
{
    signing->mode = PROCESS_BACKGROUND;
    signing->running = true;
    signing->succeeded = false;
    error_clear(&signing->error);
    desk_work(signing->desk, "Signing", false, work, done, signing);
}

int signing_in_foreground(struct signing *signing, struct view *view, struct error *error)
{
    signing->mode = PROCESS_FOREGROUND;
    const int code = view_foreground(view, run, signing, error);
    desk_note(signing->desk, str_slice(&signing->note));
    if (code < 0)
        return -1;
    signing->succeeded = true;
    tell(signing);
    return 0;
}
