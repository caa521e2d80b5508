#include "harness/answer.h"

#include "assay/base/embedded.h"
#include "assay/data/json.h"
#include "assay/data/schema.h"
#include "harness/test.h"

/* A key that the schema does not name is one that nobody can rely on. */
static void refuse_unknown(void *context, struct slice where, const struct value *value)
{
    (void)value;
    fail_msg("%s does not know the key %.*s", (const char *)context, SLICE_ARG(where));
}

/* schema_embedded keeps the path that it is given: the table's own lives as long as the program. */
static const char *lasting_path(const char *path)
{
    size_t count;
    const struct embedded *files = embedded_all(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].path, path) == 0)
            return files[i].path;
    fail_msg("there is no %s", path);
    return NULL;
}

void answer_parse(struct fixture *f, const char *schema, struct document *document)
{
    struct error error = ERROR_INIT;
    assert_success(json_load(str_slice(&f->result.output), SLICE("standard output"), 64 << 20, 64, document, &error),
                   error);
    if (!schema)
        return;
    const struct schema *compiled = schema_embedded(lasting_path(schema), &error);
    if (!compiled)
        fail_msg("%s", error.text);
    assert_success(schema_check(compiled, document, refuse_unknown, (void *)schema, &error), error);
}

const struct value *answer_find(const struct value *list, const char *key, const char *text)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (slice_is(value_text(value_get(value_at(list, i), key)), text))
            return value_at(list, i);
    fail_msg("no entry has %s = %s", key, text);
    return NULL;
}
