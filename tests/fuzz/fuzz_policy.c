/* The whole way of a policy: YAML, schema, meaning. A load that fails says why and leaves nothing behind. */
#include <stdlib.h>

#include "assay/model/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policy policy;
    struct error error = ERROR_INIT;
    if (policy_load(slice_make((const char *)data, size), SLICE("fuzz"), &policy, &error) == 0)
        policy_clear(&policy);
    else if (!error_is_set(&error))
        abort();
    return 0;
}
