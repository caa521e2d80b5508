#include "assay/screens/sign_screen.h"

#include <stdio.h>

#include "assay/review/short_key.h"
#include "assay/screens/label.h"
#include "assay/screens/leaf.h"
#include "assay/screens/signing.h"

struct sign_screen {
    struct view *view;
    struct desk *desk;
    struct signing *signing;
    size_t role;
    enum verdict verdict;
    struct leaf leaf;
    struct pager pager;
    struct str refusal, personal;
    bool tried; /* a background signing was started */
    bool read;  /* the page, as it is for this verdict and role, was on the screen to its end */
};

static const struct policy *policy_of(const struct sign_screen *screen)
{
    return &screen->signing->dossier->workspace->policy;
}

static const struct identity *identity_of(const struct sign_screen *screen)
{
    return &screen->signing->dossier->workspace->identity;
}

/* --- in words ------------------------------------------------------------------------------------------------------ */

static void add_content(struct sign_screen *screen)
{
    const struct submit_request *request = &screen->signing->request;
    const struct module *module = request->module;
    struct leaf *leaf = &screen->leaf;
    char digest[LABEL_SIZE];
    leaf_heading(leaf, "What you sign");
    leaf_label(leaf, "Change");
    leaf_add(leaf, ROLE_ACCENT, request->load->change);
    leaf_put(leaf, ROLE_TEXT, "\n");
    leaf_label(leaf, "Module");
    leaf_add(leaf, ROLE_ACCENT, module->name);
    leaf_put(leaf, ROLE_TEXT, " ");
    leaf_add(leaf, ROLE_TEXT, module->version);
    leaf_addf(leaf, label_risk_pen(module->risk), "   %s risk\n", manifest_risk_name(module->risk));
    leaf_label(leaf, "Exact content");
    label_digest(&module->digest, digest);
    leaf_addf(leaf, ROLE_TEXT, "%s", digest);
    leaf_put(leaf, ROLE_DIM, "   any edit asks for a new sign-off\n");
}

static void add_files(struct sign_screen *screen)
{
    const struct session *session = screen->signing->session;
    const struct module *module = session_module(session);
    struct leaf *leaf = &screen->leaf;
    bool read = session_has_read_files(session);
    for (size_t i = 0; i < module->file_count; i++) {
        const struct module_file *file = &module->files[i];
        leaf_label(leaf, i == 0 ? "Files" : "");
        leaf_add(leaf, ROLE_ACCENT, file->path);
        leaf_put(leaf, ROLE_TEXT,
                 !file->before.data  ? "   new\n"
                 : !file->after.data ? "   taken away\n"
                                     : "   changed\n");
    }
    leaf_label(leaf, "Difference");
    leaf_put(leaf, read ? ROLE_GOOD : ROLE_WARNING,
             read ? "read to its end\n" : "not read yet: the tab Prompt shows it\n");
}

static void add_work(struct sign_screen *screen)
{
    struct session_progress progress = session_progress(screen->signing->session);
    struct leaf *leaf = &screen->leaf;
    size_t decisions;
    session_decisions(screen->signing->session, &decisions);
    if (screen->signing->request.module->is_policies) {
        add_files(screen);
        return;
    }
    leaf_label(leaf, "Cases seen");
    leaf_addf(leaf, progress.seen < progress.cases ? ROLE_WARNING : ROLE_GOOD, "%zu of %zu\n", progress.seen,
              progress.cases);
    leaf_label(leaf, "Cases scored");
    leaf_addf(leaf, progress.scored < progress.to_score ? ROLE_TEXT : ROLE_GOOD, "%zu of %zu\n", progress.scored,
              progress.to_score);
    leaf_label(leaf, "Flags");
    leaf_addf(leaf, ROLE_TEXT, "%zu raised by you, %zu settled by you\n", progress.flags, decisions);
}

static bool holds_several_roles(struct sign_screen *screen)
{
    size_t held = 0;
    for (size_t r = 0; r < policy_of(screen)->role_count; r++)
        held += policy_holds(identity_of(screen)->person, r);
    return held > 1;
}

static void add_statement(struct sign_screen *screen)
{
    static const char *const verdicts[] = {"Approve", "Request changes: holds the change up until you withdraw it",
                                           "Comment only: approves nothing", "Withdraw what you said before"};
    static const unsigned pens[] = {ROLE_GOOD, ROLE_BAD, ROLE_TEXT, ROLE_WARNING};
    const struct policy_role *role = &policy_of(screen)->roles[screen->role];
    struct leaf *leaf = &screen->leaf;
    leaf_heading(leaf, "What you say with it");
    leaf_label(leaf, "Verdict");
    leaf_put(leaf, pens[screen->verdict] | PEN_BOLD, verdicts[screen->verdict]);
    leaf_put(leaf, ROLE_DIM, "   v changes it\n");
    leaf_label(leaf, "As");
    leaf_add(leaf, ROLE_TEXT, role->title.size > 0 ? role->title : role->id);
    leaf_put(leaf, ROLE_DIM, holds_several_roles(screen) ? "   Tab: another of your roles\n" : "\n");
    if (screen->verdict == VERDICT_APPROVE) {
        leaf_label(leaf, "Meaning");
        leaf_put(leaf, ROLE_TEXT, desk_sign(screen->signing->dossier->workspace, SYMBOL_QUOTE_OPEN));
        leaf_add(leaf, ROLE_TEXT, role->meaning);
        leaf_addf(leaf, ROLE_TEXT, "%s\n", desk_sign(screen->signing->dossier->workspace, SYMBOL_QUOTE_CLOSE));
    }
    leaf_label(leaf, "Comment");
    struct slice comment = session_comment(screen->signing->session);
    if (comment.size > 0)
        leaf_add(leaf, ROLE_TEXT, comment);
    else
        leaf_put(leaf, ROLE_DIM, "none; c writes one");
    leaf_put(leaf, ROLE_TEXT, "\n");
}

static void add_signer(struct sign_screen *screen)
{
    const struct identity *identity = identity_of(screen);
    struct leaf *leaf = &screen->leaf;
    leaf_label(leaf, "Signer");
    leaf_add(leaf, ROLE_TEXT, identity->name);
    leaf_put(leaf, ROLE_DIM, "   ");
    leaf_add(leaf, ROLE_DIM, identity->principal);
    leaf_put(leaf, ROLE_TEXT, "\n");
    leaf_label(leaf, "Key");
    leaf_add(leaf, ROLE_TEXT,
             identity->keys.path.size > 0 ? str_slice(&identity->keys.path) : str_slice(&identity->keys.line));
    leaf_put(leaf, ROLE_TEXT, "\n");
    struct str words = STR_INIT;
    if (short_key_own(screen->signing->dossier->workspace, &words))
        leaf_addf(leaf, ROLE_WARNING, "%s\n", words.data);
    str_clear(&words);
}

/* Scores below a criterion's minimum keep the gate shut until a learning designer settles them: who approves all the
 * same should know. */
static size_t count_low_scores(const struct session *session)
{
    const struct rubric *rubric = session_rubric(session);
    size_t low = 0;
    for (size_t at = 0; at < session_count(session); at++)
        for (size_t c = 0; c < rubric->count; c++) {
            int score = session_case(session, at)->scores[c];
            low += score != JUDGEMENT_NO_SCORE && score < rubric->criteria[c].minimum;
        }
    return low;
}

/* What forbids or warns stands first: it is what a small screen shows. */
static void add_warnings(struct sign_screen *screen)
{
    struct leaf *leaf = &screen->leaf;
    size_t low = count_low_scores(screen->signing->session);
    if (screen->refusal.size > 0) {
        leaf_put(leaf, ROLE_BAD | PEN_BOLD, "Not yet: ");
        leaf_add(leaf, ROLE_BAD, str_slice(&screen->refusal));
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    if (low > 0 && screen->verdict == VERDICT_APPROVE && screen->signing->request.score_count > 0)
        leaf_addf(leaf, ROLE_WARNING,
                  "Look here: %zu of your scores %s below the minimum of the criterion; the gate stays shut for them "
                  "until somebody settles that.\n",
                  low, low == 1 ? "is" : "are");
    if (screen->personal.size > 0) {
        leaf_put(leaf, ROLE_WARNING, "Look here: the record would hold ");
        leaf_add(leaf, ROLE_WARNING, str_slice(&screen->personal));
        leaf_put(leaf, ROLE_WARNING, ". A record cannot be taken back.\n");
    }
}

static void add_outcome(struct sign_screen *screen)
{
    struct leaf *leaf = &screen->leaf;
    leaf_put(leaf, ROLE_TEXT, "\n");
    if (screen->refusal.size > 0) {
        leaf_put(leaf, ROLE_BAD, "It cannot be signed like this: why stands at the top.\n");
        return;
    }
    leaf_put(leaf, ROLE_ACCENT | PEN_BOLD, "S");
    leaf_put(leaf, ROLE_TEXT, " asks once more, then ");
    leaf_put(leaf, ROLE_ACCENT | PEN_BOLD, "Y");
    leaf_put(leaf, ROLE_TEXT, " signs. Everyone with the repository can read a record, and it stays.\n");
}

static void compose(struct sign_screen *screen)
{
    leaf_reset(&screen->leaf);
    str_reset(&screen->refusal);
    str_reset(&screen->personal);
    signing_compose(screen->signing, screen->role, screen->verdict);
    const struct submit_request *request = &screen->signing->request;
    if (!submit_refusal(screen->signing->dossier->workspace, request, &screen->refusal))
        str_reset(&screen->refusal);
    submit_personal_data(request, &screen->personal);
    add_warnings(screen);
    add_content(screen);
    add_work(screen);
    add_statement(screen);
    add_signer(screen);
    add_outcome(screen);
    leaf_show(&screen->leaf, &screen->pager);
}

/* The role that the module still waits for, where the person holds one of those; else their own. */
static size_t first_role(const struct dossier *dossier, const struct module *module)
{
    const struct gate_module_verdict *verdict = dossier_verdict(dossier, module);
    const struct policy_person *person = dossier->workspace->identity.person;
    for (size_t r = 0; verdict && person && r < verdict->required_count; r++)
        if (verdict->required[r].missing > 0 && policy_holds(person, verdict->required[r].role))
            return verdict->required[r].role;
    return desk_role(dossier->workspace);
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

static int open_sign(struct view *view, void *argument, struct error *error)
{
    struct sign_screen *screen = view->state;
    const struct sign_screen_place *place = argument;
    screen->view = view;
    screen->desk = desk_of(view);
    leaf_init(&screen->leaf);
    pager_init(&screen->pager);
    str_init(&screen->refusal);
    str_init(&screen->personal);
    screen->role = first_role(place->dossier, place->module);
    const char *refusal = desk_refusal(place->dossier->workspace);
    if (refusal)
        return error_set(error, ERROR_ENVIRONMENT, "%s", refusal);
    if (signing_new(screen->desk, place->dossier, place->module, &screen->signing, error) < 0)
        return -1;
    compose(screen);
    return 0;
}

static void close_sign(struct view *view)
{
    struct sign_screen *screen = view->state;
    signing_leave(screen->signing);
    pager_clear(&screen->pager);
    leaf_clear(&screen->leaf);
    str_clear(&screen->refusal);
    str_clear(&screen->personal);
}

/* --- acting -------------------------------------------------------------------------------------------------------- */

/* Withdrawing is offered to who has said something before. */
static bool has_spoken(const struct sign_screen *screen)
{
    const struct ledger *ledger = &screen->signing->dossier->ledger;
    for (size_t i = 0; i < ledger->count; i++)
        if (ledger->records[i].decoded == RECORD_OK &&
            slice_equal(ledger->records[i].principal, identity_of(screen)->principal))
            return true;
    return false;
}

static unsigned turn_verdict(struct sign_screen *screen)
{
    unsigned count = has_spoken(screen) ? VERDICT_WITHDRAW + 1 : VERDICT_ABSTAIN + 1;
    screen->verdict = (enum verdict)(((unsigned)screen->verdict + 1) % count);
    screen->read = false;
    compose(screen);
    return REACT_DONE;
}

static unsigned turn_role(struct sign_screen *screen, bool back)
{
    const struct policy *policy = policy_of(screen);
    size_t role = screen->role;
    do {
        role = (role + (back ? policy->role_count - 1 : 1)) % policy->role_count;
    } while (!policy_holds(identity_of(screen)->person, role) && role != screen->role);
    if (role == screen->role)
        view_say(screen->view, ROLE_MESSAGE, "This is your only role.");
    screen->role = role;
    screen->read = false;
    compose(screen);
    return REACT_DONE;
}

static unsigned commented(struct view *view, void *context, struct slice text)
{
    struct sign_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (session_set_comment(screen->signing->session, JUDGEMENT_NOT_FOUND, text, &error) < 0)
        view_say_error(view, &error);
    compose(screen);
    return REACT_DONE;
}

static unsigned ask_comment(struct sign_screen *screen)
{
    view_ask(screen->view, &(struct question){.label = "Comment",
                                              .initial = session_comment(screen->signing->session),
                                              .answered = commented});
    return REACT_DONE;
}

static unsigned start(struct view *view, void *context)
{
    struct sign_screen *screen = view->state;
    (void)context;
    screen->tried = true;
    signing_start(screen->signing);
    view_say(view, ROLE_MESSAGE, "It is being signed.");
    return REACT_DONE;
}

static unsigned start_in_foreground(struct view *view, void *context)
{
    struct sign_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (signing_in_foreground(screen->signing, view, &error) < 0) {
        view_say_error(view, &error);
        return REACT_DONE;
    }
    return REACT_CLOSE | REACT_RELOAD | REACT_DONE;
}

static unsigned ask(struct sign_screen *screen)
{
    static const char *const words[] = {"Approve", "Request changes", "Comment only", "Withdraw"};
    char text[LABEL_SIZE * 4];
    snprintf(text, sizeof text, "%s as %.100s?", words[screen->verdict], identity_of(screen)->name.data);
    view_confirm(screen->view, text, 'Y', start, NULL);
    return REACT_DONE;
}

static unsigned act_sign(struct view *view, const struct command *command)
{
    struct sign_screen *screen = view->state;
    switch (command->action) {
    case ACTION_SIGN:
        return ask(screen);
    case ACTION_VERDICT:
        return turn_verdict(screen);
    case ACTION_NEXT_FIELD:
    case ACTION_PREVIOUS_FIELD:
        return turn_role(screen, command->action == ACTION_PREVIOUS_FIELD);
    case ACTION_COMMENT:
        return ask_comment(screen);
    default:
        return pager_act(&screen->pager, command);
    }
}

static unsigned mouse_sign(struct view *view, const struct mouse *mouse)
{
    struct sign_screen *screen = view->state;
    return pager_mouse(&screen->pager, mouse);
}

static const char *refuse_sign(struct view *view, enum action action)
{
    const struct sign_screen *screen = view->state;
    bool changes = action == ACTION_SIGN || action == ACTION_VERDICT || action == ACTION_COMMENT ||
                   action == ACTION_NEXT_FIELD || action == ACTION_PREVIOUS_FIELD;
    if (changes && screen->signing->running)
        return "It is being signed now.";
    if (action == ACTION_SIGN && screen->refusal.size > 0)
        return screen->refusal.data;
    if (action == ACTION_SIGN && !screen->read)
        return "The page goes on below: PgDn shows the rest of what you sign, then S.";
    if ((action == ACTION_LEFT || action == ACTION_RIGHT) && !screen->pager.unwrapped)
        return "The lines are wrapped: there is nothing at the side.";
    if (action == ACTION_OPEN)
        return "Enter does nothing here: S asks, Y signs.";
    return action == ACTION_SIGN_YES ? "S asks first, then Y signs." : NULL;
}

static unsigned tick_sign(struct view *view, int64_t now_us)
{
    struct sign_screen *screen = view->state;
    struct signing *signing = screen->signing;
    (void)now_us;
    if (!screen->tried || signing->running || view_top(view->stack) != view)
        return desk_tick(screen->desk);
    screen->tried = false;
    if (signing->succeeded)
        return REACT_CLOSE | REACT_RELOAD | REACT_REDRAW;
    if (signing->result.foreground_helps)
        view_confirm(view, "The key asks for a passphrase or a touch. Sign on the plain terminal?", 'Y',
                     start_in_foreground, NULL);
    else
        view_say_error(view, &signing->error);
    return desk_tick(screen->desk);
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void title_sign(struct view *view, struct area line)
{
    const struct sign_screen *screen = view->state;
    int end = desk_title(screen->desk, line);
    int column = canvas_put(line, 0, 1, ROLE_TITLE, "Sign ");
    column = label_cut(line, 0, column, end - column - 1, ROLE_TITLE | PEN_BOLD, screen->signing->request.module->name);
    column = canvas_put(line, 0, column, ROLE_STATUS, "  in ");
    label_cut(line, 0, column, end - column - 1, ROLE_STATUS, screen->signing->request.load->change);
}

static void draw_sign(struct view *view, struct area body)
{
    struct sign_screen *screen = view->state;
    leaf_draw(&screen->pager, area_part(body, 0, 1, body.rows, body.columns - 2));
    screen->read = screen->read || pager_ends(&screen->pager);
}

static struct search_target search_sign(struct view *view)
{
    struct sign_screen *screen = view->state;
    return pager_search(&screen->pager);
}

static const struct hints_word sign_words[] = {{ACTION_NEXT_FIELD, "role"}, {ACTION_NONE, NULL}};
static const enum action sign_hints[] = {ACTION_SIGN,    ACTION_VERDICT, ACTION_NEXT_FIELD,
                                         ACTION_COMMENT, ACTION_BACK,    ACTION_NONE};

const struct view_type sign_screen_view = {
    .name = "sign",
    .contexts = CONTEXT_MOVE | CONTEXT_SIGN,
    .size = sizeof(struct sign_screen),
    .open = open_sign,
    .close = close_sign,
    .act = act_sign,
    .mouse = mouse_sign,
    .title = title_sign,
    .draw = draw_sign,
    .tick = tick_sign,
    .refuse = refuse_sign,
    .search = search_sign,
    .hints = sign_hints,
    .words = sign_words,
};
