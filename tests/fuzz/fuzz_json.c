/* JSON: what is read is written as canonical JSON that reads back the same; lines of values never lead astray. */
#include <stdlib.h>

#include "assay/base/str.h"
#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/model/golden.h"
#include "assay/model/outputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct document *document, const struct value *value)
{
    if (document_line(document, value) < 1)
        abort();
    for (size_t i = 0; i < value_count(value) && i < 8; i++)
        walk(document, value_is_map(value) ? &value_pair_at(value, i)->value : value_at(value, i));
}

static void round_trip(const struct document *document, enum json_style style)
{
    struct str text = STR_INIT, again = STR_INIT;
    struct document read;
    struct error error = ERROR_INIT;
    json_encode(document->root, style, &text);
    if (json_load(str_slice(&text), SLICE("again"), 1 << 24, 64, &read, &error) ||
        !value_equal(document->root, read.root))
        abort();
    json_encode(read.root, style, &again);
    if (!slice_equal(str_slice(&text), str_slice(&again)))
        abort();
    document_clear(&read);
    str_clear(&text);
    str_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    struct document document;
    struct golden golden;
    struct outputs outputs;
    struct error error = ERROR_INIT;
    if (json_load(bytes, SLICE("fuzz"), 1 << 20, 64, &document, &error) == 0) {
        if (size < 4096)
            walk(&document, document.root);
        round_trip(&document, JSON_CANONICAL);
        round_trip(&document, JSON_RECORD);
        round_trip(&document, JSON_OUTPUT);
        document_clear(&document);
    }
    error = ERROR_INIT;
    if (json_load_lines(bytes, SLICE("fuzz"), 1 << 20, 64, &document, &error) == 0)
        document_clear(&document);
    if (golden_load(bytes, SLICE("fuzz"), &golden, &error) == 0)
        golden_clear(&golden);
    if (outputs_load(bytes, SLICE("fuzz"), &outputs, &error) == 0)
        outputs_clear(&outputs);
    return 0;
}
