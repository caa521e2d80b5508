#include "assay/model/manifest.h"

#include <string.h>

#include "assay/data/yaml.h"
#include "assay/model/shape.h"

static const char *const risk_names[] = {"low", "medium", "high"};

const char *manifest_risk_name(enum risk risk)
{
    return risk_names[risk];
}

bool manifest_risk_parse(struct slice name, enum risk *risk)
{
    for (unsigned i = 0; i < sizeof risk_names / sizeof *risk_names; i++)
        if (slice_is(name, risk_names[i])) {
            *risk = (enum risk)i;
            return true;
        }
    return false;
}

bool manifest_path_is_safe(struct slice path)
{
    struct slice part;
    if (!path.size)
        return false;
    for (size_t i = 0; i < path.size; i++)
        if ((unsigned char)path.data[i] < 0x20 || path.data[i] == 0x7f || path.data[i] == '\\')
            return false;
    while (slice_cut(&path, '/', &part))
        if (!part.size || slice_is(part, ".") || slice_is(part, ".."))
            return false;
    return true;
}

/* An absent path is empty and fine. */
static int take_path(const struct document *document, const struct value *map, const char *key, struct slice *path,
                     struct error *error)
{
    const struct value *value = value_get(map, key);
    *path = value_text(value);
    if (!value || manifest_path_is_safe(*path))
        return 0;
    return document_error(document, value, error,
                          "%s: the path %.*s must be relative, with / between its parts and no . or .. among them", key,
                          SLICE_ARG(*path));
}

static int take_prompt(const struct document *document, const struct value *value, struct manifest_prompt *prompt,
                       struct error *error)
{
    const struct value *own = value_get(value, "model"), *shared = value_get(document->root, "model");
    prompt->id = value_text(value_get(value, "id"));
    prompt->model = value_text(value_get(value_get(own, "id") ? own : shared, "id"));
    prompt->parameters = value_get(value_get(own, "parameters") ? own : shared, "parameters");
    prompt->line = document_line(document, value);
    if (take_path(document, value, "file", &prompt->file, error))
        return -1;
    return take_path(document, value, "tests", &prompt->tests, error);
}

static int take_prompts(struct document *document, struct manifest *manifest, struct error *error)
{
    const struct value *list = value_get(document->root, "prompts");
    if (shape_unique(document, list, "id", "prompt", error))
        return -1;
    manifest->prompt_count = value_count(list);
    manifest->prompts = arena_alloc_array(&document->arena, manifest->prompt_count, sizeof *manifest->prompts);
    for (size_t i = 0; i < manifest->prompt_count; i++)
        if (take_prompt(document, value_at(list, i), &manifest->prompts[i], error))
            return -1;
    return 0;
}

struct unknown_keys {
    struct arena *arena;
    struct value list;
};

static void note_unknown(void *context, struct slice where, const struct value *value)
{
    struct unknown_keys *keys = context;
    (void)value;
    value_add(keys->arena, &keys->list, value_of_text(arena_copy(keys->arena, where)));
}

static int take(struct document *document, struct manifest *manifest, struct error *error)
{
    struct unknown_keys unknown = {.arena = &document->arena, .list.kind = VALUE_LIST};
    if (shape_check(document, "schema/manifest.schema.json", note_unknown, &unknown, error))
        return -1;
    const struct value *root = document->root, *sla = value_get(root, "sla");
    manifest->name = value_text(value_get(root, "name"));
    manifest->version = value_text(value_get(root, "version"));
    manifest->owner = value_text(value_get(root, "owner"));
    manifest->risk = RISK_LOW;
    manifest_risk_parse(value_text(value_get(root, "risk")), &manifest->risk);
    manifest->sensitivity = shape_texts(&document->arena, value_get(root, "sensitivity"), &manifest->sensitivity_count);
    manifest->latency_ms_p95 = value_number(value_get(sla, "latency_ms_p95"), -1);
    manifest->cost_usd_per_case = value_number(value_get(sla, "cost_usd_per_case"), -1);
    manifest->unknown_keys = shape_texts(&document->arena, &unknown.list, &manifest->unknown_key_count);
    if (take_path(document, root, "safety_policy", &manifest->safety_policy, error))
        return -1;
    return take_prompts(document, manifest, error);
}

int manifest_load(struct slice bytes, struct slice name, struct manifest *manifest, struct error *error)
{
    struct manifest loaded = {0};
    struct document document;
    if (yaml_load(bytes, name, &document, error))
        return -1;
    if (take(&document, &loaded, error)) {
        document_clear(&document);
        return -1;
    }
    *manifest = loaded;
    manifest->document = document;
    return 0;
}

void manifest_clear(struct manifest *manifest)
{
    document_clear(&manifest->document);
    *manifest = (struct manifest){0};
}

const struct manifest_prompt *manifest_prompt(const struct manifest *manifest, struct slice id)
{
    for (size_t i = 0; i < manifest->prompt_count; i++)
        if (slice_equal(manifest->prompts[i].id, id))
            return &manifest->prompts[i];
    return NULL;
}
