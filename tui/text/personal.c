#include "assay/text/personal.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/match.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_in(struct slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.size; i++)
        count += is_digit(s.data[i]);
    return count;
}

/* ISO/IEC 7812-1, annex B: from the right every second digit doubled, the digits' sum divisible by ten. */
static bool passes_luhn(struct slice s)
{
    unsigned sum = 0, doubled = 0, other = 0;
    size_t count = digits_in(s);
    for (size_t i = s.size; i-- > 0;) {
        if (!is_digit(s.data[i]))
            continue;
        unsigned digit = (unsigned)(s.data[i] - '0'), twice = digit * 2;
        sum += doubled ? twice / 10 + twice % 10 : digit;
        other |= digit;
        doubled = !doubled;
    }
    return count >= 13 && count <= 19 && other != 0 && sum % 10 == 0;
}

/* ISO 13616: the first four characters moved to the end, letters as 10..35, modulo 97 gives 1. */
static bool passes_iban(struct slice s)
{
    char plain[34];
    size_t count = 0;
    for (size_t i = 0; i < s.size; i++)
        if (s.data[i] != ' ') {
            if (count == sizeof plain)
                return false;
            plain[count++] = s.data[i];
        }
    unsigned rest = 0;
    for (size_t i = 0; i < count; i++) {
        char c = plain[(i + 4) % count];
        rest = is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10;
        rest %= 97;
    }
    return count >= 15 && rest == 1;
}

/* Area 000, 666 and 9xx, group 00 and serial 0000 were never given out (the pattern refuses 9xx and the rest). */
static bool passes_ssn(struct slice s)
{
    return !slice_starts_with(s, SLICE("000")) && !slice_starts_with(s, SLICE("666"));
}

/* At least ten digits without a country code, or eight with one; a card or a date is no telephone. */
static bool passes_phone(struct slice s)
{
    size_t count = digits_in(s);
    return s.data[0] == '+' ? count >= 8 && count <= 15 : count == 10 || count == 11;
}

static const struct {
    const char *name, *pattern;
    bool (*passes)(struct slice found); /* NULL: the pattern says it all */
} kinds[PERSONAL_KINDS] = {
    [PERSONAL_EMAIL] = {"email",
                        "(?<![\\w.+-])[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)"
                        "{1,8}[A-Za-z]{2,24}(?![\\w-])",
                        NULL},
    [PERSONAL_CARD] = {"card", "(?<![\\d.,-])\\d(?:[ -]?\\d){12,18}(?![\\d-])", passes_luhn},
    [PERSONAL_IBAN] = {"iban", "(?<!\\w)[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\\w)", passes_iban},
    [PERSONAL_SSN] = {"ssn", "(?<![\\w-])[0-8]\\d{2}-(?!00)\\d{2}-(?!0000)\\d{4}(?![\\w-])", passes_ssn},
    [PERSONAL_IPV4] = {"ipv4",
                       "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}"
                       "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?![\\w]|\\.\\d)",
                       NULL},
    [PERSONAL_PHONE] = {"phone",
                        "(?<![\\w.+-])(?:\\+[1-9]\\d{0,2}(?:[ .-]?\\(?\\d{1,4}\\)?){2,5}"
                        "|(?:1[ .-])?(?:\\([2-9]\\d{2}\\) ?|[2-9]\\d{2}[ .-])\\d{3}[ .-]\\d{4})(?![\\w-])",
                        passes_phone},
};

struct personal {
    struct match *matches[PERSONAL_KINDS];
};

struct personal *personal_new(void)
{
    struct personal *personal = memory_new(sizeof *personal);
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < PERSONAL_KINDS; i++) {
        personal->matches[i] = match_new_case(slice_of(kinds[i].pattern), MATCH_REGEX, false, &error);
        if (!personal->matches[i])
            abort(); /* the patterns are constants: only a broken build gets here */
    }
    return personal;
}

void personal_free(struct personal *personal)
{
    if (!personal)
        return;
    for (size_t i = 0; i < PERSONAL_KINDS; i++)
        match_free(personal->matches[i]);
    memory_free(personal);
}

void personal_finds_clear(struct personal_finds *finds)
{
    memory_free(finds->items);
    *finds = (struct personal_finds){.items = NULL};
}

const char *personal_kind_name(enum personal_kind kind)
{
    return kinds[kind].name;
}

static void scan_kind(struct personal *personal, size_t kind, struct slice text, struct personal_finds *finds)
{
    struct match *match = personal->matches[kind];
    struct match_range range;
    for (size_t from = 0; match_next(match, text, from, &range); from = range.offset + range.size) {
        struct slice found = slice_part(text, range.offset, range.size);
        if (!kinds[kind].passes || kinds[kind].passes(found))
            *ARRAY_PUSH(finds->items, finds->count, finds->capacity) =
                (struct personal_find){.kind = (enum personal_kind)kind, .offset = range.offset, .size = range.size};
    }
    finds->limited |= match_limited(match);
}

static int by_place(const void *left, const void *right)
{
    const struct personal_find *a = left, *b = right;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

/* Finds in order of place; of two that overlap the one whose kind stands first stays. */
static void drop_overlaps(struct personal_finds *finds)
{
    size_t kept = 0;
    for (size_t i = 0; i < finds->count; i++) {
        struct personal_find find = finds->items[i];
        const struct personal_find *last = kept > 0 ? &finds->items[kept - 1] : NULL;
        if (last && find.offset < last->offset + last->size) {
            if (last->kind <= find.kind)
                continue;
            kept--;
        }
        finds->items[kept++] = find;
    }
    finds->count = kept;
}

void personal_scan(struct personal *personal, struct slice text, struct personal_finds *finds)
{
    finds->count = 0;
    finds->limited = false;
    for (size_t kind = 0; kind < PERSONAL_KINDS; kind++)
        scan_kind(personal, kind, text, finds);
    if (finds->count > 1)
        qsort(finds->items, finds->count, sizeof *finds->items, by_place);
    drop_overlaps(finds);
}
