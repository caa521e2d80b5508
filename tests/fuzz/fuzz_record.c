/* Records and seals: what is accepted is written again as the same bytes. */
#include <stdlib.h>

#include "assay/model/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    struct record record;
    struct seal seal;
    struct error error = ERROR_INIT;
    struct str again = STR_INIT;
    if (record_decode(bytes, &record, &error) == RECORD_OK) {
        record_encode(&record, &again);
        if (!slice_equal(str_slice(&again), bytes))
            abort();
    }
    record_clear(&record);
    str_reset(&again);
    if (seal_decode(bytes, &seal, &error) == RECORD_OK) {
        seal_encode(&seal, &again);
        if (!slice_equal(str_slice(&again), bytes))
            abort();
    }
    seal_clear(&seal);
    str_clear(&again);
    return 0;
}
