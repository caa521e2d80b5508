#include "assay/review/lint.h"

#include <stdarg.h>
#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/model/template.h"
#include "assay/review/footprint.h"

enum { NAMES_SHOWN = 3 };

void lint_init(struct lint *lint)
{
    *lint = (struct lint){.arena = ARENA_INIT};
}

void lint_clear(struct lint *lint)
{
    memory_free(lint->findings);
    arena_clear(&lint->arena);
    lint_init(lint);
}

/* Where something was found. */
struct spot {
    struct lint *lint;
    const struct load *load;
    struct slice module, place;
};

static void add(const struct spot *spot, const char *what, bool note, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void add(const struct spot *spot, const char *what, bool note, const char *format, ...)
{
    struct lint *lint = spot->lint;
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *ARRAY_PUSH(lint->findings, lint->count, lint->capacity) =
        (struct lint_finding){.what = what,
                              .module = spot->module,
                              .place = spot->place,
                              .detail = arena_copy(&lint->arena, slice_of(text)),
                              .note = note};
    lint->faults += !note;
}

static void add_problems(const struct spot *spot, const struct gate_problem *problems, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(spot, reason_name(problems[i].reason), false, "%.*s", SLICE_ARG(problems[i].detail));
}

/* Several things of one kind as one finding: how many, and the first of them. */
struct names {
    struct str text;
    size_t count;
};

static void name(struct names *names, struct slice item)
{
    if (names->count < NAMES_SHOWN)
        str_appendf(&names->text, "%s%.*s", names->count ? ", " : "", SLICE_ARG(item));
    else if (names->count == NAMES_SHOWN)
        str_append_text(&names->text, ", …");
    names->count++;
}

/* ---- templates ---- */

static struct template template_of(const struct module_prompt *prompt)
{
    return (struct template){prompt->template_text, prompt->template_path, prompt->partials};
}

static void find_missing_partials(const struct spot *spot, const struct module_prompt *prompt)
{
    struct template template = template_of(prompt);
    struct error error = ERROR_INIT;
    struct table *found = table_new(), *missing = table_new();
    if (template_partials(&template, found, missing, &error) < 0)
        add(spot, "template", false, "%s", error.text);
    for (size_t i = 0; i < table_count(missing); i++)
        add(spot, "missing-partial", false,
            "the template uses the partial “%.*s”, which " FOOTPRINT_PARTIALS " does not have",
            SLICE_ARG(table_key(missing, i)));
    table_free(missing);
    table_free(found);
}

/* A placeholder without a value renders empty, and nobody sees it in the output: `assay run` refuses it too. */
static void find_misses(const struct spot *spot, const struct module_prompt *prompt)
{
    struct table *first = table_new(); /* placeholder → the case that first lacks it */
    struct error error = ERROR_INIT;
    for (size_t c = 0; c < prompt->case_count && !error_is_set(&error); c++) {
        struct str rendered = STR_INIT;
        struct table *misses = table_new();
        if (prompt->cases[c].golden && module_render(prompt, &prompt->cases[c], &rendered, misses, &error) == 0)
            for (size_t i = 0; i < table_count(misses); i++)
                table_add(first, table_key(misses, i), c);
        table_free(misses);
        str_clear(&rendered);
    }
    if (error_is_set(&error))
        add(spot, "template", false, "%s", error.text);
    for (size_t i = 0; i < table_count(first); i++)
        add(spot, "missing-value", false, "{{%.*s}} has no value in case %.*s", SLICE_ARG(table_key(first, i)),
            SLICE_ARG(prompt->cases[table_number(first, i)].id));
    table_free(first);
}

/* ---- evidence ---- */

/* A file that is there and cannot be read is a problem of the module already. */
static bool is_absent(const struct load *load, struct slice path)
{
    struct tree_entry entry;
    struct error ignored = ERROR_INIT;
    return merge_find(&load->merge, path, &entry, &ignored) == 0 && entry.kind == TREE_NONE;
}

static void find_evidence(const struct spot *spot, const struct module_prompt *prompt)
{
    struct names stale = {STR_INIT, 0}, missing = {STR_INIT, 0}, foreign = {STR_INIT, 0}, silent = {STR_INIT, 0};
    const char *words = "";
    for (size_t c = 0; c < prompt->case_count; c++) {
        const struct module_case *item = &prompt->cases[c];
        if (!item->golden) {
            name(&foreign, item->id);
            continue;
        }
        if (item->golden->expected_count == 0)
            name(&silent, item->id);
        if (prompt->outputs && item->state == STALENESS_MISSING)
            name(&missing, item->id);
        if (staleness_is_stale(item->state)) {
            words = staleness_words(item->state);
            name(&stale, item->id);
        }
    }
    if (prompt->golden && is_absent(spot->load, prompt->outputs_path))
        add(spot, "missing-evidence", false, "%.*s is not there: nothing to review", SLICE_ARG(prompt->outputs_path));
    if (foreign.count)
        add(spot, "unknown-case", false, "%zu outputs are for cases that the golden dataset does not have: %s",
            foreign.count, foreign.text.data);
    if (stale.count)
        add(spot, "stale-outputs", false, "%zu outputs are stale (%s): %s", stale.count, words, stale.text.data);
    if (missing.count)
        add(spot, "missing-outputs", false, "%zu cases have no output: %s", missing.count, missing.text.data);
    if (silent.count)
        add(spot, "no-golden-answer", true, "%zu cases have no golden answer: %s", silent.count, silent.text.data);
    str_clear(&silent.text);
    str_clear(&foreign.text);
    str_clear(&missing.text);
    str_clear(&stale.text);
}

static void find_in_prompt(struct spot spot, const struct module_prompt *prompt)
{
    spot.place = prompt->template_path;
    if (prompt->template_text.data && !digest_is_none(&prompt->hash)) { /* else it is a problem of the module */
        find_missing_partials(&spot, prompt);
        find_misses(&spot, prompt);
    }
    spot.place = prompt->outputs_path;
    find_evidence(&spot, prompt);
}

static void find_flags(struct spot spot, const struct module *module)
{
    struct arena *arena = &spot.lint->arena;
    for (size_t i = 0; i < module->flags.count; i++) {
        const struct flag *flag = &module->flags.items[i];
        spot.place = flag->case_id.size
                         ? arena_printf(arena, "%.*s ▸ %.*s", SLICE_ARG(flag->prompt), SLICE_ARG(flag->case_id))
                         : flag->prompt;
        add(&spot, "flag", false, "%.*s: %.*s", SLICE_ARG(flag->name), SLICE_ARG(flag->detail));
    }
}

/* ---- the target ---- */

void lint_target(const struct workspace *workspace, struct lint *lint)
{
    struct spot spot = {.lint = lint, .place = SLICE(WORKSPACE_POLICY_PATH)};
    if (error_is_set(&workspace->policy_error))
        add(&spot, "policy", false, "%s", workspace->policy_error.text);
    spot.place = SLICE(WORKSPACE_SIGNERS_PATH);
    if (error_is_set(&workspace->signers_error))
        add(&spot, "policy", false, "%s", workspace->signers_error.text);
}

/* ---- the change ---- */

static void find_in_module(struct spot spot, const struct module *module)
{
    add_problems(&spot, module->problems, module->problem_count);
    spot.place = SLICE(FOOTPRINT_MANIFEST);
    for (size_t i = 0; module->manifest && i < module->manifest->unknown_key_count; i++)
        add(&spot, "unknown-key", true, "the key “%.*s” is not known and is ignored",
            SLICE_ARG(module->manifest->unknown_keys[i]));
    for (size_t i = 0; i < module->prompt_count; i++)
        find_in_prompt(spot, &module->prompts[i]);
    find_flags(spot, module);
}

void lint_change(const struct load *load, struct lint *lint)
{
    struct spot spot = {.lint = lint, .load = load};
    add_problems(&spot, load->problems, load->problem_count);
    for (size_t i = 0; i < load->module_count; i++) {
        spot.module = load->modules[i].path;
        find_in_module(spot, &load->modules[i]);
    }
}
