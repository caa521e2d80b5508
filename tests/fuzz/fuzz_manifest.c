/* The whole way of a manifest: YAML, schema, meaning. A load that fails says why and leaves nothing behind. */
#include <stdlib.h>

#include "assay/model/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct manifest manifest;
    struct error error = ERROR_INIT;
    if (manifest_load(slice_make((const char *)data, size), SLICE("fuzz"), &manifest, &error) == 0)
        manifest_clear(&manifest);
    else if (!error_is_set(&error))
        abort();
    return 0;
}
