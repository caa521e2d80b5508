#include "assay/model/staleness.h"

enum staleness staleness_of_file(const struct outputs *outputs, const struct digest *hash, struct slice model)
{
    if (!digest_equal(&outputs->prompt_hash, hash))
        return STALENESS_TEMPLATE;
    return model.size > 0 && !slice_equal(outputs->model, model) ? STALENESS_MODEL : STALENESS_FRESH;
}

enum staleness staleness_of_output(enum staleness file, const struct output *output, const struct digest *input)
{
    if (!output)
        return STALENESS_MISSING;
    if (file != STALENESS_FRESH)
        return file;
    if (output->failed.size > 0)
        return STALENESS_FAILED;
    if (digest_is_none(&output->input))
        return STALENESS_UNPROVED;
    return digest_equal(&output->input, input) ? STALENESS_FRESH : STALENESS_INPUT;
}

bool staleness_is_stale(enum staleness state)
{
    return state == STALENESS_TEMPLATE || state == STALENESS_MODEL || state == STALENESS_INPUT;
}

const char *staleness_words(enum staleness state)
{
    static const char *const words[] = {
        [STALENESS_FRESH] = "",
        [STALENESS_UNPROVED] = "does not say what prompt it answers",
        [STALENESS_TEMPLATE] = "made from another version of the template",
        [STALENESS_MODEL] = "made by another model than the manifest names",
        [STALENESS_INPUT] = "made from other variables than the case has now",
        [STALENESS_FAILED] = "the endpoint gave an error",
        [STALENESS_MISSING] = "no output",
    };
    return words[state];
}
