#include "assay/model/shape.h"

#include "assay/base/table.h"

int shape_check(const struct document *document, const char *schema_path, schema_unknown *unknown, void *context,
                struct error *error)
{
    const struct schema *schema = schema_embedded(schema_path, error);
    return schema ? schema_check(schema, document, unknown, context, error) : -1;
}

struct slice *shape_texts(struct arena *arena, const struct value *list, size_t *count)
{
    *count = value_is_text(list) ? 1 : value_is_list(list) ? value_count(list) : 0;
    if (!*count)
        return NULL;
    struct slice *texts = arena_alloc_array(arena, *count, sizeof *texts);
    for (size_t i = 0; i < *count; i++)
        texts[i] = value_text(value_is_text(list) ? list : value_at(list, i));
    return texts;
}

int shape_unique(const struct document *document, const struct value *list, const char *key, const char *what,
                 struct error *error)
{
    struct table *seen = table_new();
    int result = 0;
    for (size_t i = 0; i < value_count(list) && !result; i++) {
        const struct value *text = value_get(value_at(list, i), key);
        if (text && !table_add(seen, value_text(text), i))
            result = document_error(document, text, error, "the %s %.*s is there twice; rename or remove one", what,
                                    SLICE_ARG(value_text(text)));
    }
    table_free(seen);
    return result;
}
