#include "assay/model/gate_input.h"

bool gate_input_is_author(const struct gate_input *input, struct slice principal)
{
    for (size_t i = 0; i < input->author_count; i++)
        if (slice_equal(input->authors[i], principal))
            return true;
    return false;
}

size_t gate_input_module(const struct gate_input *input, struct slice path)
{
    for (size_t i = 0; i < input->module_count; i++)
        if (slice_equal(input->modules[i].path, path))
            return i;
    return GATE_CHANGE;
}

size_t gate_input_module_of_digest(const struct gate_input *input, const struct digest *digest)
{
    for (size_t i = 0; i < input->module_count; i++)
        if (digest_equal(&input->modules[i].digest, digest))
            return i;
    return GATE_CHANGE;
}
