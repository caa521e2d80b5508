#include "assay/model/succession.h"

struct slice succession_words(const struct policy *policy, const struct standing_record *entry, struct arena *arena)
{
    char hex[64 + 1];
    if (standing_stands(entry))
        return SLICE("");
    if (!entry->by)
        return SLICE("a stricter record of the same signer stands beside it");
    const struct record *by = entry->by->record;
    const struct policy_person *person = policy_person(policy, by->reviewer.principal);
    struct slice name = person && person->name.size ? person->name : by->reviewer.principal;
    struct slice day = slice_part(by->signed_at, 0, 10); /* 2026-11-21T10:12:00Z */
    digest_format_hex(&entry->by->source->name, hex);
    if (!slice_equal(by->reviewer.principal, entry->record->reviewer.principal))
        return arena_printf(arena, "overruled by %.*s on %.*s (%.12s): %.*s", SLICE_ARG(name), SLICE_ARG(day), hex,
                            SLICE_ARG(slice_trim(by->comment)));
    if (by->verdict == VERDICT_WITHDRAW)
        return arena_printf(arena, "%.*s withdrew it on %.*s (%.12s)", SLICE_ARG(name), SLICE_ARG(day), hex);
    return arena_printf(arena, "signed anew on %.*s (%.12s)", SLICE_ARG(day), hex);
}
