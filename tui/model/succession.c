#include "assay/model/succession.h"

#include "assay/model/standing.h"

enum succession succession_of(const struct standing_record *entry)
{
    if (standing_stands(entry))
        return SUCCESSION_NONE;
    if (!entry->by)
        return SUCCESSION_OUTRANKED;
    const struct record *by = entry->by->record;
    if (!slice_equal(by->reviewer.principal, entry->record->reviewer.principal))
        return SUCCESSION_OVERRULED;
    return by->verdict == VERDICT_WITHDRAW ? SUCCESSION_WITHDRAWN : SUCCESSION_SIGNED_ANEW;
}

const char *succession_name(enum succession succession)
{
    static const char *const names[] = {
        [SUCCESSION_NONE] = "",
        [SUCCESSION_OVERRULED] = "overruled",
        [SUCCESSION_WITHDRAWN] = "withdrawn",
        [SUCCESSION_SIGNED_ANEW] = "signed anew",
        [SUCCESSION_OUTRANKED] = "outranked",
    };
    return names[succession];
}

struct slice succession_words(const struct policy *policy, const struct standing_record *entry, struct arena *arena)
{
    const enum succession succession = succession_of(entry);
    char hex[64 + 1];
    if (succession == SUCCESSION_NONE)
        return SLICE("");
    if (succession == SUCCESSION_OUTRANKED)
        return SLICE("a stricter record of the same signer stands beside it");
    const struct record *by = entry->by->record;
    const struct policy_person *person = policy_person(policy, by->reviewer.principal);
    struct slice name = person && person->name.size ? person->name : by->reviewer.principal;
    struct slice day = slice_part(by->signed_at, 0, 10); /* 2026-11-21T10:12:00Z */
    digest_format_hex(&entry->by->source->name, hex);
    if (succession == SUCCESSION_OVERRULED)
        return arena_printf(arena, "overruled by %.*s on %.*s (%.12s): %.*s", SLICE_ARG(name), SLICE_ARG(day), hex,
                            SLICE_ARG(slice_trim(by->comment)));
    if (succession == SUCCESSION_WITHDRAWN)
        return arena_printf(arena, "%.*s withdrew it on %.*s (%.12s)", SLICE_ARG(name), SLICE_ARG(day), hex);
    return arena_printf(arena, "signed anew on %.*s (%.12s)", SLICE_ARG(day), hex);
}
