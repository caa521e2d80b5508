/* YAML: what is read is a tree that JSON can carry. */
#include <stdlib.h>

#include "assay/base/str.h"
#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/data/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document document, read;
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    if (yaml_load(slice_make((const char *)data, size), SLICE("fuzz"), &document, &error))
        return 0;
    json_encode(document.root, JSON_CANONICAL, &text);
    if (json_load(str_slice(&text), SLICE("again"), 1 << 24, 64, &read, &error) ||
        !value_equal(document.root, read.root))
        abort();
    document_clear(&read);
    document_clear(&document);
    str_clear(&text);
    return 0;
}
