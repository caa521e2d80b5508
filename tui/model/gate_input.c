#include "assay/model/gate_input.h"

bool gate_input_is_signed(const struct gate_record *record)
{
    if (record->signature > GATE_SIGNATURE_COMPROMISED || !record->principal.size)
        return false;
    return !record->record || slice_equal(record->principal, record->record->reviewer.principal);
}

enum reason gate_input_fault(const struct policy *policy, const struct gate_record *source, struct slice change)
{
    static const enum reason faults[] = {
        [GATE_SIGNATURE_GOOD] = REASON_NONE,
        [GATE_SIGNATURE_EXPIRED] = REASON_EXPIRED_KEY,
        [GATE_SIGNATURE_RETIRED] = REASON_REVOKED_KEY,
        [GATE_SIGNATURE_COMPROMISED] = REASON_REVOKED_KEY,
        [GATE_SIGNATURE_UNKNOWN] = REASON_UNKNOWN_SIGNER,
        [GATE_SIGNATURE_BAD] = REASON_BAD_SIGNATURE,
        [GATE_SIGNATURE_NAMESPACE] = REASON_WRONG_NAMESPACE,
        [GATE_SIGNATURE_NONE] = REASON_NO_SIGNATURE,
    };
    const struct record *record = source->record;

    if (source->signature > GATE_SIGNATURE_COMPROMISED)
        return faults[source->signature];
    if (source->decoded == RECORD_MALFORMED || (source->decoded == RECORD_OK && !record))
        return REASON_MALFORMED;
    if (!gate_input_is_signed(source))
        return REASON_UNKNOWN_SIGNER;
    if (source->decoded == RECORD_UNKNOWN_SCHEMA) /* it may be a rejection, which an expired key keeps */
        return source->signature <= GATE_SIGNATURE_RETIRED ? REASON_UNKNOWN_SCHEMA : REASON_REVOKED_KEY;
    if (!slice_equal(record->repository, policy->repository))
        return REASON_OTHER_REPOSITORY;
    if (!slice_equal(record->target, policy->target))
        return REASON_OTHER_TARGET;
    if (!slice_equal(record->change, change))
        return REASON_OTHER_CHANGE;
    return faults[source->signature];
}

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
