#include "harness/answer.h"

#include "assay/data/json.h"
#include "assay/data/schema.h"
#include "harness/test.h"

void answer_parse(struct fixture *f, const char *schema, struct document *document)
{
    struct error error = ERROR_INIT;
    assert_success(json_load(str_slice(&f->result.output), SLICE("standard output"), 64 << 20, 64, document, &error),
                   error);
    if (schema)
        assert_success(schema_check(schema_embedded(schema, &error), document, NULL, NULL, &error), error);
}

const struct value *answer_find(const struct value *list, const char *key, const char *text)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (slice_is(value_text(value_get(value_at(list, i), key)), text))
            return value_at(list, i);
    fail_msg("no entry has %s = %s", key, text);
    return NULL;
}
