#include "assay/screens/change_gate.h"

#include "assay/review/advice.h"
#include "assay/screens/label.h"
#include "assay/screens/leaf.h"

struct gate_tab {
    struct leaf leaf;
    struct pager pager;
    bool ready;
};

static struct slice name_of(const struct policy *policy, struct slice principal)
{
    const struct policy_person *person = policy_person(policy, principal);
    return person && person->name.size > 0 ? person->name : principal;
}

static const char *sign_of(const struct change_page *page, enum symbol symbol)
{
    return desk_sign(page->dossier->workspace, symbol);
}

static void add_candidates(struct leaf *leaf, const struct change_page *page, const struct gate_module_verdict *module,
                           const struct gate_role *role)
{
    const struct policy *policy = &page->dossier->workspace->policy;
    bool any = false;
    for (size_t p = 0; p < policy->person_count; p++) {
        const struct policy_person *person = &policy->people[p];
        if (!assess_could_sign(&page->dossier->assessment, module, role->role, person))
            continue;
        leaf_put(leaf, ROLE_DIM, any ? ", " : "   could be ");
        leaf_add(leaf, ROLE_DIM, name_of(policy, person->principal));
        any = true;
    }
    if (!any)
        leaf_put(leaf, ROLE_WARNING, "   nobody who is left holds this role");
}

static void add_role(struct leaf *leaf, const struct change_page *page, const struct gate_module_verdict *module,
                     const struct gate_role *role)
{
    const struct policy *policy = &page->dossier->workspace->policy;
    const struct policy_role *wanted = &policy->roles[role->role];
    struct str title = STR_INIT;
    sanitise_append(&title, wanted->title.size > 0 ? wanted->title : wanted->id, SANITISE_LINE);
    leaf_label(leaf, title.data);
    for (size_t s = 0; s < role->have_count; s++) {
        leaf_addf(leaf, ROLE_GOOD, "%s ", sign_of(page, SYMBOL_CHECK));
        leaf_add(leaf, ROLE_GOOD, name_of(policy, role->have[s].principal));
        leaf_put(leaf, ROLE_TEXT, "   ");
    }
    if (role->missing > 0) {
        leaf_addf(leaf, ROLE_WARNING, "%s %u missing", sign_of(page, SYMBOL_NONE), role->missing);
        add_candidates(leaf, page, module, role);
    }
    leaf_put(leaf, ROLE_TEXT, "\n");
    str_clear(&title);
}

static void append_advice(const struct change_page *page, const struct gate_block *block, struct str *out)
{
    const struct dossier *dossier = page->dossier;
    advice_append(dossier->workspace, &dossier->load, block->reason, ledger_find(&dossier->ledger, &block->record),
                  out);
}

/* The way out; what is the same for several is said once, after the last of them. */
static void add_advice(struct leaf *leaf, const struct change_page *page, const struct gate_block *block,
                       const struct gate_block *next)
{
    struct str advice = STR_INIT, following = STR_INIT;
    append_advice(page, block, &advice);
    if (next && next->module == block->module)
        append_advice(page, next, &following);
    if (advice.size > 0 && !slice_equal(str_slice(&advice), str_slice(&following))) {
        leaf_put(leaf, ROLE_DIM, "    ");
        leaf_add(leaf, ROLE_DIM, str_slice(&advice));
        leaf_put(leaf, ROLE_DIM, "\n");
    }
    str_clear(&following);
    str_clear(&advice);
}

static void add_blocks(struct leaf *leaf, const struct change_page *page, size_t module)
{
    const struct gate_verdict *verdict = &page->dossier->assessment.verdict;
    for (size_t b = 0; b < verdict->block_count; b++) {
        const struct gate_block *block = &verdict->blocks[b];
        if (block->module != module || block->reason == REASON_MISSING_SIGN_OFF)
            continue;
        leaf_addf(leaf, ROLE_BAD, "  %s ", sign_of(page, SYMBOL_REJECT));
        leaf_put(leaf, ROLE_TEXT, reason_words(block->reason));
        if (block->detail.size > 0) {
            leaf_put(leaf, ROLE_DIM, "   ");
            leaf_add(leaf, ROLE_DIM, block->detail);
        }
        leaf_put(leaf, ROLE_TEXT, "\n");
        add_advice(leaf, page, block, b + 1 < verdict->block_count ? block + 1 : NULL);
    }
}

/* What one scored and what counts are two numbers: a draft counts once it is signed, and again after a rejection that
 * took the place of an approval. */
static void add_draft(struct leaf *leaf, const struct change_page *page, size_t at)
{
    const struct gate_module_verdict *module = &page->dossier->assessment.verdict.modules[at];
    if (!page->session || page->module != &page->dossier->load.modules[at])
        return;
    size_t scored = session_progress(page->session).scored;
    if (scored > module->scored)
        leaf_addf(leaf, ROLE_DIM, "   your draft has %zu: they count once you have signed them as approved", scored);
}

static void add_module(struct leaf *leaf, const struct change_page *page, size_t at)
{
    const struct gate_verdict *verdict = &page->dossier->assessment.verdict;
    const struct gate_module_verdict *module = &verdict->modules[at];
    struct str name = STR_INIT;
    sanitise_append(&name, page->dossier->load.modules[at].name, SANITISE_LINE);
    leaf_heading(leaf, name.data);
    for (size_t r = 0; r < module->required_count; r++)
        add_role(leaf, page, module, &module->required[r]);
    if (module->to_score > 0) {
        leaf_label(leaf, "Scored, signed");
        leaf_addf(leaf, module->scored < module->to_score ? ROLE_WARNING : ROLE_GOOD, "%zu of %zu", module->scored,
                  module->to_score);
        add_draft(leaf, page, at);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    if (module->flag_count > 0) {
        leaf_label(leaf, "Flags");
        leaf_addf(leaf, module->open_flags > 0 ? ROLE_WARNING : ROLE_GOOD, "%zu of %zu are open\n", module->open_flags,
                  module->flag_count);
    }
    add_blocks(leaf, page, at);
    str_clear(&name);
}

static void add_people(struct leaf *leaf, const struct change_page *page)
{
    const struct load *load = &page->dossier->load;
    if (load->author_count + load->unknown_author_count == 0)
        return;
    leaf_heading(leaf, "Who wrote it, and so cannot approve it");
    for (size_t i = 0; i < load->author_count; i++) {
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, name_of(&page->dossier->workspace->policy, load->authors[i]));
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    for (size_t i = 0; i < load->unknown_author_count; i++) {
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_WARNING, load->unknown_authors[i]);
        leaf_put(leaf, ROLE_DIM, "   the policy does not know this address\n");
    }
}

static void compose(struct leaf *leaf, const struct change_page *page)
{
    const struct gate_verdict *verdict = &page->dossier->assessment.verdict;
    const char *target = page->dossier->workspace->target.name.data;
    if (verdict->pass)
        leaf_addf(leaf, ROLE_GOOD | PEN_BOLD, "%s This change may be merged into %s.\n", sign_of(page, SYMBOL_CHECK),
                  target);
    else
        leaf_addf(leaf, ROLE_WARNING | PEN_BOLD, "%s Not yet: %zu thing%s missing before it may be merged into %s.\n",
                  sign_of(page, SYMBOL_REJECT), verdict->block_count, verdict->block_count == 1 ? " is" : "s are",
                  target);
    add_blocks(leaf, page, GATE_CHANGE);
    for (size_t m = 0; m < verdict->module_count; m++)
        add_module(leaf, page, m);
    add_people(leaf, page);
}

static void build(const struct change_page *page, void *state)
{
    struct gate_tab *tab = state;
    if (!tab->ready) {
        leaf_init(&tab->leaf);
        pager_init(&tab->pager);
        tab->ready = true;
    }
    leaf_reset(&tab->leaf);
    compose(&tab->leaf, page);
    leaf_show(&tab->leaf, &tab->pager);
}

static void clear(void *state)
{
    struct gate_tab *tab = state;
    if (!tab->ready)
        return;
    pager_clear(&tab->pager);
    leaf_clear(&tab->leaf);
}

static unsigned act(const struct change_page *page, void *state, const struct command *command)
{
    struct gate_tab *tab = state;
    (void)page;
    return pager_act(&tab->pager, command);
}

static unsigned mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct gate_tab *tab = state;
    (void)page;
    return pager_mouse(&tab->pager, mouse);
}

static void draw(const struct change_page *page, void *state, struct area body)
{
    struct gate_tab *tab = state;
    (void)page;
    leaf_draw(&tab->pager, area_part(body, 0, 1, body.rows, body.columns - 2));
}

static struct search_target search(void *state)
{
    struct gate_tab *tab = state;
    return pager_search(&tab->pager);
}

static void badge(const struct change_page *page, struct str *out)
{
    const struct gate_verdict *verdict = &page->dossier->assessment.verdict;
    if (verdict->pass)
        str_append_text(out, "open");
    else
        str_appendf(out, "%zu missing", verdict->block_count);
}

const struct change_tab change_gate_tab = {
    .title = "Gate",
    .size = sizeof(struct gate_tab),
    .build = build,
    .clear = clear,
    .act = act,
    .mouse = mouse,
    .draw = draw,
    .search = search,
    .badge = badge,
};
