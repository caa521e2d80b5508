#include "assay/review/module.h"

#include <stdarg.h>
#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/model/template.h"
#include "assay/review/upcoming.h"

enum { POLICY_FILE_MAX = 8 << 20 };

/* What is needed while one module is loaded. */
struct loading {
    struct workspace *workspace;
    struct cache *cache;
    const struct merge *merge;
    struct arena *arena;
    struct module *module;
};

static void add_problem(struct loading *loading, enum reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_problem(struct loading *loading, enum reason reason, const char *format, ...)
{
    struct module *module = loading->module;
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct gate_problem *problem = ARRAY_PUSH(module->problems, module->problem_count, module->problem_capacity);
    problem->reason = reason;
    problem->detail = arena_copy(loading->arena, slice_of(text));
}

/* Wrong content becomes a problem of the module; a failing environment goes up. */
static int absorb(struct loading *loading, enum reason reason, struct error *cause, struct error *error)
{
    if (!error_is_set(cause))
        return 0;
    if (cause->kind != ERROR_INPUT)
        return error_set(error, cause->kind, "%s", cause->text);
    add_problem(loading, reason, "%s", cause->text);
    error_clear(cause);
    return 0;
}

static struct slice join(struct loading *loading, struct slice folder, struct slice path)
{
    if (folder.size == 0)
        return arena_copy(loading->arena, path);
    return arena_printf(loading->arena, "%.*s/%.*s", SLICE_ARG(folder), SLICE_ARG(path));
}

static struct slice outputs_path(struct loading *loading, struct slice prompt)
{
    return join(loading, loading->module->path,
                arena_printf(loading->arena, "tests/outputs/%.*s.json", SLICE_ARG(prompt)));
}

static void collect_paths(struct loading *loading, const struct footprint *before, const struct footprint *after)
{
    struct module *module = loading->module;
    module->path_count = before->count + after->count;
    module->paths = arena_alloc_array(loading->arena, module->path_count, sizeof *module->paths);
    for (size_t i = 0; i < before->count; i++)
        module->paths[i] = before->files[i].path;
    for (size_t i = 0; i < after->count; i++)
        module->paths[before->count + i] = after->files[i].path;
    module->path_count = slice_sort_unique(module->paths, module->path_count);
}

static struct footprint begin_footprint(struct loading *loading, enum footprint_side side)
{
    return (struct footprint){.cache = loading->cache,
                              .merge = loading->merge,
                              .side = side,
                              .folder = loading->module->path,
                              .arena = loading->arena};
}

/* The module's files on both sides; what is wrong with the target's is the target's own fault and mends itself. */
static int digest_module(struct loading *loading, struct error *error)
{
    struct module *module = loading->module;
    struct footprint before = begin_footprint(loading, FOOTPRINT_BEFORE);
    struct footprint after = begin_footprint(loading, FOOTPRINT_AFTER);
    int result = footprint_add_own(&after, error);
    if (result == 0)
        result = footprint_add_own(&before, error);
    if (result == 0 && module->manifest)
        result = footprint_add_shared(&after, module->manifest, error);
    if (result == 0 && module->manifest_before)
        result = footprint_add_shared(&before, module->manifest_before, error);
    if (result == 0) {
        collect_paths(loading, &before, &after);
        footprint_digest(&after, &module->digest);
        if (before.count > 0)
            footprint_digest(&before, &module->digest_before);
        for (size_t i = 0; i < after.refused_count; i++)
            add_problem(loading, REASON_BAD_MANIFEST, "%.*s", SLICE_ARG(after.refused[i]));
    }
    footprint_clear(&before);
    footprint_clear(&after);
    return result;
}

static int digest_evidence_side(struct loading *loading, enum footprint_side side, const struct manifest *manifest,
                                struct digest *digest, struct error *error)
{
    struct footprint evidence = begin_footprint(loading, side);
    int result = 0;
    for (size_t i = 0; result == 0 && manifest && i < manifest->prompt_count; i++)
        result = footprint_add(&evidence, outputs_path(loading, manifest->prompts[i].id), error);
    if (result == 0)
        footprint_digest(&evidence, digest);
    footprint_clear(&evidence);
    return result;
}

/* ---- prompts ---- */

static int find_file(struct loading *loading, enum footprint_side side, struct slice path, struct tree_entry *entry,
                     bool *there, struct error *error)
{
    *there = false;
    if (path.size == 0)
        return 0;
    if (footprint_find(loading->merge, side, path, entry, error) < 0)
        return -1;
    *there = entry->kind != TREE_NONE && !trees_refusal(entry);
    return 0;
}

static int find_partials(struct loading *loading, const struct value **partials, struct error *error)
{
    struct tree_entry entry;
    if (footprint_find(loading->merge, FOOTPRINT_AFTER, SLICE(FOOTPRINT_PARTIALS), &entry, error) < 0)
        return -1;
    return entry.kind == TREE_NONE ? 0 : cache_partials(loading->cache, &entry, partials, error);
}

static int load_template(struct loading *loading, struct module_prompt *prompt, struct error *error)
{
    struct tree_entry entry;
    struct error cause = ERROR_INIT;
    bool there;
    if (find_file(loading, FOOTPRINT_BEFORE, prompt->template_path, &entry, &there, error) < 0)
        return -1;
    if (there && cache_text(loading->cache, &entry, TEMPLATE_SIZE_MAX, &prompt->template_before, &cause) < 0)
        error_clear(&cause); /* the target's own fault: the change may well be what mends it */
    if (find_file(loading, FOOTPRINT_AFTER, prompt->template_path, &entry, &there, error) < 0)
        return -1;
    if (!there) {
        add_problem(loading, REASON_BAD_MANIFEST, "the prompt %.*s needs the template %.*s, which is not there",
                    SLICE_ARG(prompt->id), SLICE_ARG(prompt->template_path));
        return 0;
    }
    if (cache_text(loading->cache, &entry, TEMPLATE_SIZE_MAX, &prompt->template_text, &cause) < 0 ||
        find_partials(loading, &prompt->partials, &cause) < 0)
        return absorb(loading, REASON_BAD_MANIFEST, &cause, error);
    struct template template = {prompt->template_text, prompt->template_path, prompt->partials};
    template_hash(&template, &prompt->hash, &cause);
    return absorb(loading, REASON_BAD_MANIFEST, &cause, error);
}

static int load_golden(struct loading *loading, struct module_prompt *prompt, struct error *error)
{
    struct tree_entry entry;
    struct error cause = ERROR_INIT;
    bool there;
    if (find_file(loading, FOOTPRINT_BEFORE, prompt->golden_path, &entry, &there, error) < 0)
        return -1;
    if (there && cache_golden(loading->cache, &entry, &prompt->golden_before, &cause) < 0)
        error_clear(&cause);
    if (find_file(loading, FOOTPRINT_AFTER, prompt->golden_path, &entry, &there, error) < 0)
        return -1;
    if (!there)
        add_problem(loading, REASON_MISSING_EVIDENCE, "the prompt %.*s has no golden dataset%s%.*s",
                    SLICE_ARG(prompt->id), prompt->golden_path.size ? " at " : "", SLICE_ARG(prompt->golden_path));
    else
        cache_golden(loading->cache, &entry, &prompt->golden, &cause);
    return absorb(loading, REASON_BAD_MANIFEST, &cause, error);
}

static int load_outputs(struct loading *loading, struct module_prompt *prompt, struct error *error)
{
    struct tree_entry entry;
    struct error cause = ERROR_INIT;
    bool there;
    if (find_file(loading, FOOTPRINT_BEFORE, prompt->outputs_path, &entry, &there, error) < 0)
        return -1;
    if (there && cache_outputs(loading->cache, &entry, &prompt->baseline, &cause) < 0)
        error_clear(&cause);
    if (find_file(loading, FOOTPRINT_AFTER, prompt->outputs_path, &entry, &there, error) < 0)
        return -1;
    if (there && cache_outputs(loading->cache, &entry, &prompt->outputs, &cause) == 0 &&
        prompt->outputs->prompt.size > 0 && !slice_equal(prompt->outputs->prompt, prompt->id))
        add_problem(loading, REASON_STALE_OUTPUTS, "%.*s says that it is for the prompt %.*s",
                    SLICE_ARG(prompt->outputs_path), SLICE_ARG(prompt->outputs->prompt));
    return absorb(loading, REASON_MISSING_OUTPUTS, &cause, error);
}

int module_render(const struct module_prompt *prompt, const struct module_case *item, struct str *rendered,
                  struct table *misses, struct error *error)
{
    struct template template = {prompt->template_text, prompt->template_path, prompt->partials};
    if (!prompt->template_text.data)
        return error_set(error, ERROR_INPUT, "The template %.*s is not there.", SLICE_ARG(prompt->template_path));
    return template_render(&template, item->golden ? item->golden->vars : NULL, rendered, misses, error);
}

static enum staleness judge_case(const struct module_prompt *prompt, enum staleness file,
                                 const struct module_case *item)
{
    struct digest input = {{0}};
    if (item->candidate && !digest_is_none(&item->candidate->input) && file == STALENESS_FRESH) {
        struct str rendered = STR_INIT;
        struct error ignored = ERROR_INIT; /* a template that does not render leaves no input, so nothing matches */
        if (module_render(prompt, item, &rendered, NULL, &ignored) == 0)
            digest_of(str_slice(&rendered), &input);
        str_clear(&rendered);
    }
    return staleness_of_output(file, item->candidate, &input);
}

static void add_case(struct module_prompt *prompt, enum staleness file, struct slice id,
                     const struct golden_case *golden)
{
    struct module_case *item = &prompt->cases[prompt->case_count++];
    item->id = id;
    item->golden = golden;
    item->candidate = prompt->outputs ? outputs_find(prompt->outputs, id) : NULL;
    item->baseline = prompt->baseline ? outputs_find(prompt->baseline, id) : NULL;
    item->state = judge_case(prompt, file, item);
    prompt->stale_count += staleness_is_stale(item->state);
}

static void list_cases(struct loading *loading, struct module_prompt *prompt)
{
    size_t golden_count = prompt->golden ? prompt->golden->count : 0;
    size_t output_count = prompt->outputs ? prompt->outputs->count : 0;
    enum staleness file = STALENESS_FRESH;
    if (prompt->outputs)
        file = staleness_of_file(prompt->outputs, &prompt->hash, prompt->model);
    prompt->cases = arena_alloc_array(loading->arena, golden_count + output_count, sizeof *prompt->cases);
    for (size_t i = 0; i < golden_count; i++)
        add_case(prompt, file, prompt->golden->cases[i].id, &prompt->golden->cases[i]);
    for (size_t i = 0; i < output_count; i++)
        if (!prompt->golden || !golden_find(prompt->golden, prompt->outputs->items[i].case_id))
            add_case(prompt, file, prompt->outputs->items[i].case_id, NULL);
    loading->module->case_count += golden_count;
}

static void find_flags(struct loading *loading, const struct module_prompt *prompt)
{
    if (!workspace_has_policy(loading->workspace))
        return;
    struct flags_evidence evidence = {
        .policy = &loading->workspace->policy,
        .manifest = loading->module->manifest,
        .prompt = prompt->id,
        .golden = prompt->golden,
        .golden_before = prompt->golden_before,
        .outputs = prompt->outputs,
        .outputs_before = prompt->baseline,
    };
    flags_find(&evidence, &loading->module->flags);
}

static int load_prompt(struct loading *loading, const struct manifest_prompt *named, struct error *error)
{
    struct module *module = loading->module;
    struct module_prompt *prompt = &module->prompts[module->prompt_count++];
    prompt->id = named->id;
    prompt->model = named->model;
    prompt->parameters = named->parameters;
    prompt->template_path = join(loading, module->path, named->file);
    if (named->tests.size > 0)
        prompt->golden_path = join(loading, module->path, named->tests);
    prompt->outputs_path = outputs_path(loading, named->id);
    if (load_template(loading, prompt, error) < 0 || load_golden(loading, prompt, error) < 0 ||
        load_outputs(loading, prompt, error) < 0)
        return -1;
    list_cases(loading, prompt);
    find_flags(loading, prompt);
    return 0;
}

/* A prompt that the change takes out of the manifest still had golden cases: removing them must be seen. */
static void flag_removed_prompts(struct loading *loading)
{
    const struct module *module = loading->module;
    for (size_t i = 0; module->manifest && module->manifest_before && i < module->manifest_before->prompt_count; i++) {
        const struct manifest_prompt *before = &module->manifest_before->prompts[i];
        if (manifest_prompt(module->manifest, before->id))
            continue;
        struct flag *flag =
            ARRAY_PUSH(loading->module->flags.items, loading->module->flags.count, loading->module->flags.capacity);
        *flag = (struct flag){.prompt = before->id,
                              .name = SLICE("golden-removed"),
                              .severity = FLAG_WARNING,
                              .detail = SLICE("the prompt is gone from the manifest, and its golden dataset with it")};
    }
}

/* ---- the module ---- */

static int load_manifest(struct loading *loading, const struct tree_entry *entry, enum footprint_side side,
                         const struct manifest **manifest, struct error *error)
{
    struct error cause = ERROR_INIT;
    if (entry->kind == TREE_NONE)
        return 0;
    const char *refusal = trees_refusal(entry);
    if (refusal)
        error_set(&cause, ERROR_INPUT, "%.*s %s", SLICE_ARG(entry->path), refusal);
    else
        cache_manifest(loading->cache, entry, manifest, &cause);
    if (side == FOOTPRINT_BEFORE && cause.kind == ERROR_INPUT)
        return 0; /* the change may well mend it; rules then see the new side alone */
    return absorb(loading, REASON_BAD_MANIFEST, &cause, error);
}

static void merge_labels(struct loading *loading)
{
    struct module *module = loading->module;
    const struct manifest *sides[] = {module->manifest_before, module->manifest};
    size_t room = 0;
    for (size_t s = 0; s < 2; s++)
        room += sides[s] ? sides[s]->sensitivity_count : 0;
    module->sensitivities = arena_alloc_array(loading->arena, room, sizeof *module->sensitivities);
    for (size_t s = 0; s < 2; s++) {
        if (!sides[s])
            continue;
        module->name = sides[s]->name;
        module->version = sides[s]->version;
        if (sides[s]->risk > module->risk)
            module->risk = sides[s]->risk;
        for (size_t i = 0; i < sides[s]->sensitivity_count; i++)
            module->sensitivities[module->sensitivity_count++] = sides[s]->sensitivity[i];
    }
    module->sensitivity_count = slice_sort_unique(module->sensitivities, module->sensitivity_count);
}

int module_load(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                const struct merge_module *found, struct arena *arena, struct module *module, struct error *error)
{
    struct loading loading = {workspace, cache, merge, arena, module};
    module->path = arena_copy(arena, found->path);
    module->name = module->path;
    if (found->outer.data)
        add_problem(&loading, REASON_BAD_MANIFEST, "%.*s lies inside the module %.*s; modules do not nest",
                    SLICE_ARG(found->path), SLICE_ARG(found->outer));
    if (slice_is(module->path, MODULE_POLICIES) && found->after.kind != TREE_NONE)
        add_problem(&loading, REASON_BAD_MANIFEST,
                    "the folder " MODULE_POLICIES " holds the rules and is no module; a branch that does nothing else "
                    "takes %.*s away",
                    SLICE_ARG(found->after.path));
    if (load_manifest(&loading, &found->before, FOOTPRINT_BEFORE, &module->manifest_before, error) < 0 ||
        load_manifest(&loading, &found->after, FOOTPRINT_AFTER, &module->manifest, error) < 0)
        return -1;
    merge_labels(&loading);
    if (digest_module(&loading, error) < 0 ||
        digest_evidence_side(&loading, FOOTPRINT_AFTER, module->manifest, &module->evidence, error) < 0 ||
        digest_evidence_side(&loading, FOOTPRINT_BEFORE, module->manifest_before, &module->evidence_before, error) < 0)
        return -1;
    if (!module->manifest || !module_differs(module))
        return 0;
    module->prompts = arena_alloc_array(arena, module->manifest->prompt_count, sizeof *module->prompts);
    for (size_t i = 0; i < module->manifest->prompt_count; i++)
        if (load_prompt(&loading, &module->manifest->prompts[i], error) < 0)
            return -1;
    flag_removed_prompts(&loading);
    return 0;
}

static int find_upcoming_problems(struct loading *loading, struct error *error)
{
    struct upcoming upcoming;
    if (upcoming_read(loading->workspace, loading->merge, loading->arena, &upcoming, error) < 0)
        return -1;
    if (upcoming.policy.data)
        add_problem(loading, REASON_BAD_POLICY, "%.*s", SLICE_ARG(upcoming.policy));
    if (upcoming.signers.data)
        add_problem(loading, REASON_BAD_POLICY, "%.*s", SLICE_ARG(upcoming.signers));
    return 0;
}

/* What a missing file reads as: the data is NULL, for an empty file is something else. */
static int read_side(struct loading *loading, const struct tree_entry *entry, struct slice *text, struct error *error)
{
    struct error cause = ERROR_INIT;
    *text = (struct slice){0};
    if (entry->kind == TREE_NONE)
        return 0;
    if (cache_text(loading->cache, entry, POLICY_FILE_MAX, text, &cause) < 0)
        return absorb(loading, REASON_BAD_POLICY, &cause, error);
    if (!text->data)
        *text = SLICE("");
    return 0;
}

/* Who signs a change of the policy signs these files: there is no other evidence. */
static int read_files(struct loading *loading, const char *const *paths, size_t count, struct error *error)
{
    struct module *module = loading->module;
    module->files = arena_alloc_array(loading->arena, count, sizeof *module->files);
    for (size_t i = 0; i < count; i++) {
        const struct merge_difference *difference = merge_difference_at(loading->merge, slice_of(paths[i]));
        if (!difference)
            continue;
        struct module_file *file = &module->files[module->file_count++];
        file->path = slice_of(paths[i]);
        if (read_side(loading, &difference->before, &file->before, error) < 0 ||
            read_side(loading, &difference->after, &file->after, error) < 0)
            return -1;
    }
    return 0;
}

int module_load_policies(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                         struct arena *arena, struct module *module, struct error *error)
{
    static const char *const paths[] = {WORKSPACE_SIGNERS_PATH, WORKSPACE_POLICY_PATH, WORKSPACE_REVOKED_PATH};
    struct loading loading = {workspace, cache, merge, arena, module};
    module->path = module->name = SLICE(MODULE_POLICIES);
    module->is_policies = true;
    module->risk = RISK_HIGH;
    struct footprint before = begin_footprint(&loading, FOOTPRINT_BEFORE);
    struct footprint after = begin_footprint(&loading, FOOTPRINT_AFTER);
    int result = 0;
    for (size_t i = 0; result == 0 && i < ARRAY_COUNT(paths); i++) {
        result = footprint_add(&before, slice_of(paths[i]), error);
        if (result == 0)
            result = footprint_add(&after, slice_of(paths[i]), error);
    }
    if (result == 0) {
        collect_paths(&loading, &before, &after);
        footprint_digest(&before, &module->digest_before);
        footprint_digest(&after, &module->digest);
        content_digest(NULL, 0, &module->evidence);
        module->evidence_before = module->evidence;
        for (size_t i = 0; i < after.refused_count; i++)
            add_problem(&loading, REASON_BAD_MANIFEST, "%.*s", SLICE_ARG(after.refused[i]));
        result = find_upcoming_problems(&loading, error);
        if (result == 0)
            result = read_files(&loading, paths, ARRAY_COUNT(paths), error);
    }
    footprint_clear(&before);
    footprint_clear(&after);
    return result;
}

void module_clear(struct module *module)
{
    flags_clear(&module->flags);
    memory_free(module->problems);
    *module = (struct module){0};
}

bool module_differs(const struct module *module)
{
    return module->problem_count > 0 || !digest_equal(&module->digest, &module->digest_before) ||
           !digest_equal(&module->evidence, &module->evidence_before);
}

struct module_prompt *module_find_prompt(const struct module *module, struct slice id)
{
    for (size_t i = 0; i < module->prompt_count; i++)
        if (slice_equal(module->prompts[i].id, id))
            return &module->prompts[i];
    return NULL;
}

struct module_case *module_find_case(const struct module_prompt *prompt, struct slice id)
{
    for (size_t i = 0; i < prompt->case_count; i++)
        if (slice_equal(prompt->cases[i].id, id))
            return &prompt->cases[i];
    return NULL;
}
