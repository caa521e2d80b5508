#include "assay/review/spent.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/line.h"

/* What digests of module and evidence cover, by blobs. Not the tree of the folder: a stray file among the outputs or
 * another mode would make it another one, and the digests the same. */
struct content {
    const struct module *module;
    struct tree_entry *files; /* in the merge result; TREE_NONE: must not be there */
    size_t count, own_count;  /* own_count: how many the folder has, outputs left out */
    struct oid root;          /* that was looked at last */
    struct str print;         /* of what lay there: see take_print */
};

/* For one module and one merge base. */
struct answer {
    const struct module *module;
    struct oid base, by; /* by: the commit that replaced the content; none */
};

struct question {
    const struct workspace *workspace;
    const struct load *load;
    struct arena *arena;
    struct line line; /* of the target */
    struct answer *answers;
    size_t count, capacity;
};

static bool is_inside(const struct module *module, struct slice path)
{
    struct slice folder = module->path;
    return !module->is_policies && (folder.size == 0 || (path.size > folder.size && path.data[folder.size] == '/' &&
                                                         slice_starts_with(path, folder)));
}

/* ---- the content that is asked about ---- */

static size_t list_paths(const struct module *module, struct slice *paths)
{
    size_t count = 0;
    for (size_t i = 0; i < module->path_count; i++)
        paths[count++] = module->paths[i];
    for (size_t i = 0; i < module->prompt_count; i++)
        paths[count++] = module->prompts[i].outputs_path;
    if (module->is_policies) {
        paths[count++] = SLICE(WORKSPACE_POLICY_PATH);
        paths[count++] = SLICE(WORKSPACE_SIGNERS_PATH);
        paths[count++] = SLICE(WORKSPACE_REVOKED_PATH);
    }
    return slice_sort_unique(paths, count);
}

static int list_content(const struct question *question, const struct module *module, struct content *content,
                        struct error *error)
{
    size_t room = module->path_count + module->prompt_count + 3;
    struct slice *paths = arena_alloc_array(question->arena, room, sizeof *paths);
    *content = (struct content){.module = module, .count = list_paths(module, paths)};
    content->files = arena_alloc_array(question->arena, content->count, sizeof *content->files);
    for (size_t i = 0; i < content->count; i++) {
        if (merge_find(&question->load->merge, paths[i], &content->files[i], error) < 0)
            return -1;
        content->own_count += content->files[i].kind != TREE_NONE && is_inside(module, paths[i]) &&
                              !footprint_is_output(module->path, paths[i]);
    }
    return 0;
}

static void put_oid(struct str *out, const struct oid *oid)
{
    str_append(out, oid_slice(oid));
}

static void put_path(struct str *out, struct slice path)
{
    str_append(out, path);
    str_push(out, '\0');
}

/* ---- the content in a commit of the target ---- */

/* The folder's tree and the files beside it: where they are what they were a step before, so is the content. */
static int take_print(const struct question *question, const struct content *content, const struct oid *root,
                      struct str *print, struct error *error)
{
    const struct repo *repo = question->workspace->repo;
    struct tree_entry entry;
    if (!content->module->is_policies) {
        if (trees_find(repo, root, content->module->path, &entry, error) < 0)
            return -1;
        put_oid(print, &entry.oid);
    }
    for (size_t i = 0; i < content->count; i++) {
        if (is_inside(content->module, content->files[i].path))
            continue;
        if (trees_find(repo, root, content->files[i].path, &entry, error) < 0)
            return -1;
        put_oid(print, &entry.oid);
    }
    return 0;
}

static int count_own(const struct question *question, const struct content *content, const struct oid *root,
                     size_t *count, struct error *error)
{
    struct tree_list list;
    *count = 0;
    trees_list_init(&list);
    int result = trees_list(question->workspace->repo, root, content->module->path, &list, error);
    for (size_t i = 0; i < list.count; i++)
        *count += !footprint_is_output(content->module->path, list.entries[i].path);
    trees_list_clear(&list);
    return result;
}

static int compare(const struct question *question, const struct content *content, const struct oid *root, bool *same,
                   struct error *error)
{
    size_t own = content->own_count;
    *same = true;
    for (size_t i = 0; *same && i < content->count; i++) {
        const struct tree_entry *file = &content->files[i];
        struct tree_entry entry;
        if (trees_find(question->workspace->repo, root, file->path, &entry, error) < 0)
            return -1;
        *same = (entry.kind == TREE_NONE) == (file->kind == TREE_NONE) &&
                (entry.kind == TREE_NONE || oid_equal(&entry.oid, &file->oid));
    }
    if (*same && !content->module->is_policies && count_own(question, content, root, &own, error) < 0)
        return -1;
    *same = *same && own == content->own_count;
    return 0;
}

/* Whether a commit's tree has the content; asked in order, so that what stayed as it was costs little. */
static int has_content(const struct question *question, struct content *content, const struct oid *root, bool *has,
                       struct error *error)
{
    struct str print = STR_INIT;
    *has = false;
    if (oid_equal(&content->root, root))
        return 0;
    int result = take_print(question, content, root, &print, error);
    if (result == 0 && !slice_equal(str_slice(&print), str_slice(&content->print)))
        result = compare(question, content, root, has, error);
    content->root = *root;
    str_clear(&content->print);
    content->print = print;
    return result;
}

/* ---- what was learnt before ---- */

#define KIND "replaced/1"

/* Content and merge base, as a name in the index; what is kept is the target that was read, and the answer. */
static struct oid name_of(const struct content *content, const struct oid *base)
{
    const struct oid none = {{0}};
    struct str key = STR_INIT;
    struct digest digest;
    struct oid name;
    put_path(&key, content->module->path);
    put_oid(&key, base);
    for (size_t i = 0; i < content->count; i++) {
        put_path(&key, content->files[i].path);
        put_oid(&key, content->files[i].kind == TREE_NONE ? &none : &content->files[i].oid);
    }
    digest_of(str_slice(&key), &digest);
    memcpy(name.bytes, digest_slice(&digest).data, OID_SIZE);
    str_clear(&key);
    return name;
}

static bool recall(const struct question *question, const struct oid *name, struct oid *tip, struct oid *by)
{
    struct str bytes = STR_INIT;
    bool known = index_fact(question->workspace->index, KIND, name, &bytes) && bytes.size == (size_t)2 * OID_SIZE;
    if (known) {
        memcpy(tip->bytes, bytes.data, OID_SIZE);
        memcpy(by->bytes, bytes.data + OID_SIZE, OID_SIZE);
    }
    str_clear(&bytes);
    return known;
}

static void remember(const struct question *question, const struct oid *name, const struct oid *by)
{
    struct str bytes = STR_INIT;
    put_oid(&bytes, &question->workspace->target.commit);
    put_oid(&bytes, by);
    index_remember(question->workspace->index, KIND, name, str_slice(&bytes));
    str_clear(&bytes);
}

/* ---- the answer ---- */

/* Among the first `count` steps; *by: the step after the newest that has the content. The tip has it not: else the
 * module would not be in the change. */
static int search(struct question *question, struct content *content, size_t count, size_t *looked, struct oid *by,
                  struct error *error)
{
    struct oid newer = question->workspace->target.commit;
    for (*looked = 1; *looked < count; (*looked)++) {
        const struct line_step *step = NULL;
        bool has;
        if (line_at(&question->line, *looked, &step, error) < 0)
            return -1;
        if (!step)
            return 0;
        if (has_content(question, content, &step->tree, &has, error) < 0)
            return -1;
        if (has) {
            *by = newer;
            return 0;
        }
        newer = step->commit;
    }
    return 0;
}

/* Goes on from the target that was read last, where that is in its past. */
static int ask(struct question *question, struct content *content, const struct oid *base, struct oid *by,
               struct error *error)
{
    enum { WORTH_KEEPING = 16 }; /* fewer steps are faster than a write */
    const struct oid name = name_of(content, base), none = {{0}};
    struct oid tip = none, known = none;
    const struct line_step *step = NULL;
    size_t count = 0, looked = 0;
    bool recalled = recall(question, &name, &tip, &known);
    if (recalled && line_since(&question->line, &tip, &count, error) < 0)
        return -1;
    if (recalled && count != LINE_ALL && line_at(&question->line, count, &step, error) < 0)
        return -1;
    if (!step || !oid_equal(&step->commit, &tip)) {
        known = none;
        if (line_since(&question->line, base, &count, error) < 0)
            return -1;
    }
    if (search(question, content, count, &looked, by, error) < 0)
        return -1;
    if (oid_is_none(by))
        *by = known;
    if (looked >= WORTH_KEEPING)
        remember(question, &name, by);
    return 0;
}

static int answer(struct question *question, const struct module *module, const struct oid *base, struct oid *by,
                  struct error *error)
{
    struct content content;
    for (size_t i = 0; i < question->count; i++)
        if (question->answers[i].module == module && oid_equal(&question->answers[i].base, base)) {
            *by = question->answers[i].by;
            return 0;
        }
    *by = (struct oid){{0}};
    if (list_content(question, module, &content, error) < 0)
        return -1;
    int result = ask(question, &content, base, by, error);
    str_clear(&content.print);
    if (result == 0)
        *ARRAY_PUSH(question->answers, question->count, question->capacity) = (struct answer){module, *base, *by};
    return result;
}

/* ---- records ---- */

/* The module whose content of today the record is about; NULL: it counts for nothing anyway, or is a rejection. */
static const struct module *module_of(const struct load *load, const struct gate_record *source)
{
    const struct record *record = source->record;
    if (!record || source->sealed || source->signature != GATE_SIGNATURE_GOOD ||
        record->verdict == VERDICT_REQUEST_CHANGES || record->verdict == VERDICT_WITHDRAW ||
        !slice_equal(record->change, load->change))
        return NULL;
    for (size_t i = 0; i < load->module_count; i++)
        if (slice_equal(load->modules[i].path, record->module.path))
            return digest_equal(&load->modules[i].digest, &record->module.digest) &&
                           digest_equal(&load->modules[i].evidence, &record->evidence.digest)
                       ? &load->modules[i]
                       : NULL;
    return NULL;
}

static struct slice describe(const struct question *question, const struct oid *by)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(by, hex);
    return arena_printf(question->arena, "%s had this content since it was signed, and replaced it in the commit %.12s",
                        question->workspace->target.name.data, hex);
}

int spent_find(const struct workspace *workspace, const struct load *load, struct gate_record *records, size_t count,
               struct arena *arena, struct error *error)
{
    struct question question = {.workspace = workspace, .load = load, .arena = arena};
    int result = 0;
    line_init(&question.line, workspace->repo, &workspace->target.commit);
    for (size_t i = 0; result == 0 && i < count; i++) {
        const struct module *module = module_of(load, &records[i]);
        struct oid by;
        if (!module)
            continue;
        result = answer(&question, module, &records[i].record->merge_base, &by, error);
        if (result == 0 && !oid_is_none(&by))
            records[i].replaced = describe(&question, &by);
    }
    memory_free(question.answers);
    line_clear(&question.line);
    return result;
}
