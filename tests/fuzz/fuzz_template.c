/* A template, up to the first NUL, with the rest as the text of a partial `p`; what can be rendered can be hashed. */
#include <stdlib.h>

#include "assay/base/table.h"
#include "assay/model/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct slice rest = {(const char *)data, size}, text = rest;
    struct value *partials = value_new_map(&arena), *vars = value_new_map(&arena), *list = value_new_list(&arena);
    struct str out = STR_INIT;
    struct table *misses = table_new();
    struct digest hash;
    struct error error = ERROR_INIT;
    slice_cut(&rest, '\0', &text);
    value_set(&arena, partials, "p", value_of_text(rest));
    for (int i = 0; i < 3; i++)
        value_add(&arena, list, value_of_integer(i));
    value_set(&arena, vars, "l", *list);
    value_set(&arena, vars, "t", value_of_text(SLICE("text")));
    struct template template = {text, SLICE("fuzz"), partials};
    if (template_render(&template, vars, &out, misses, &error) == 0)
        template_hash(&template, &hash, &error);
    table_free(misses);
    str_clear(&out);
    arena_clear(&arena);
    return 0;
}
