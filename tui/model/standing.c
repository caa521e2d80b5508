#include "assay/model/standing.h"

#include <stdlib.h>

#include "assay/base/memory.h"
#include "assay/base/table.h"

static int standing_compare(const void *left, const void *right)
{
    const struct gate_record *const *a = left, *const *b = right;
    int order = slice_compare(digest_slice(&(*a)->name), digest_slice(&(*b)->name));
    if (order == 0 && (*a)->signature != (*b)->signature)
        order = (*a)->signature < (*b)->signature ? -1 : 1;
    return order ? order : slice_compare((*a)->principal, (*b)->principal);
}

static enum standing_power standing_power(const struct gate_record *source)
{
    if (!source->record || source->decoded != RECORD_OK || !gate_input_is_signed(source))
        return POWER_NONE;
    if (source->signature == GATE_SIGNATURE_GOOD)
        return POWER_FULL;
    bool rejects = source->record->verdict == VERDICT_REQUEST_CHANGES;
    return rejects && source->signature != GATE_SIGNATURE_COMPROMISED ? POWER_REJECT : POWER_FOUND;
}

static void standing_fill(const struct gate_input *input, const struct gate_record *source,
                          struct standing_record *entry)
{
    const struct policy *policy = input->policy;

    *entry = (struct standing_record){.source = source, .module = GATE_CHANGE, .role = SIZE_MAX};
    entry->power = standing_power(source);
    if (source->decoded != RECORD_OK || !source->record)
        return;
    const struct record *record = entry->record = source->record;
    /* A record of another repository or target is no link of this chain. */
    if (!slice_equal(record->repository, policy->repository) || !slice_equal(record->target, policy->target))
        entry->power = POWER_NONE;
    entry->own = slice_equal(record->change, input->change);
    entry->module = entry->own ? gate_input_module(input, record->module.path)
                               : gate_input_module_of_digest(input, &record->module.digest);
    entry->role = policy_role(policy, record->reviewer.role);
    const struct policy_person *person = policy_person(policy, record->reviewer.principal);
    entry->held = person && entry->role != SIZE_MAX && policy_holds(person, entry->role);
    entry->author = !policy->self_approval && gate_input_is_author(input, record->reviewer.principal);
}

/* One entry for each name, by its best signature. Only copies with a good one say where the record lies, so that a
 * spoilt copy can neither file nor spend it. */
static void standing_collect(const struct gate_input *input, struct standing *standing)
{
    const struct gate_record **sorted = memory_new_array(input->record_count, sizeof(const struct gate_record *));
    for (size_t i = 0; i < input->record_count; i++)
        sorted[i] = &input->records[i];
    if (input->record_count)
        qsort(sorted, input->record_count, sizeof *sorted, standing_compare);

    struct standing_record *records = memory_new_array(input->record_count, sizeof *records), *entry = records;
    for (size_t i = 0; i < input->record_count; i++) {
        if (i == 0 || !digest_equal(&sorted[i - 1]->name, &sorted[i]->name)) {
            entry = &records[standing->count++];
            standing_fill(input, sorted[i], entry);
        }
        if (gate_input_is_signed(entry->source) && !gate_input_is_signed(sorted[i]))
            continue;
        entry->sealed |= sorted[i]->sealed;
        if (sorted[i]->replaced.size > 0 && entry->replaced_words.size == 0)
            entry->replaced_words = sorted[i]->replaced;
        entry->filed_here |= sorted[i]->filed_here;
    }
    memory_free(sorted);
    standing->records = records;
    standing->by_name = table_new();
    for (size_t i = 0; i < standing->count; i++)
        if (standing->records[i].power != POWER_NONE)
            table_add(standing->by_name, digest_slice(&standing->records[i].source->name), i);
}

static bool standing_same_person(const struct record *a, const struct record *b)
{
    return slice_equal(a->reviewer.principal, b->reviewer.principal);
}

static bool standing_same_signer(const struct record *a, const struct record *b)
{
    return standing_same_person(a, b) && slice_equal(a->change, b->change);
}

static bool standing_same_three(const struct record *a, const struct record *b)
{
    return standing_same_signer(a, b) && slice_equal(a->reviewer.role, b->reviewer.role) &&
           slice_equal(a->module.path, b->module.path);
}

/* The record of this name, when it may be a `prev` of `record`; else NULL. */
static struct standing_record *standing_link(const struct standing *standing, const struct record *record,
                                             const struct digest *name)
{
    size_t at;
    if (!table_get(standing->by_name, digest_slice(name), &at))
        return NULL;
    struct standing_record *found = &standing->records[at];
    return standing_same_signer(found->record, record) ? found : NULL;
}

struct walk {
    struct standing *standing;
    size_t *stack;   /* positions still to look at */
    size_t *visited; /* [position]: the last walk that was here, from 1 */
    size_t depth, number;
};

/* The newest of those that did it, by another person before its own signer's; in order of name where that is no answer. */
static void standing_end_by(struct standing_record *ended, const struct standing_record *by)
{
    if (ended->by) {
        bool was_other = !standing_same_person(ended->by->record, ended->record);
        bool is_other = !standing_same_person(by->record, ended->record);
        if (was_other != is_other ? was_other : by->record->seq < ended->by->record->seq)
            return;
    }
    ended->by = by;
}

static void standing_push_previous(struct walk *walk, const struct record *record)
{
    for (size_t i = 0; i < record->prev_count; i++) {
        struct standing_record *found = standing_link(walk->standing, record, &record->prev[i]);
        size_t at = found ? (size_t)(found - walk->standing->records) : 0;
        if (found && walk->visited[at] != walk->number) {
            walk->visited[at] = walk->number;
            walk->stack[walk->depth++] = at;
        }
    }
}

/* Marks what comes before `entry` in its three. A walk ends at a record that replaces what is before it itself, unless
 * a withdraw has to be carried all the way down. */
static void standing_walk(struct walk *walk, const struct standing_record *entry)
{
    const struct record *record = entry->record;
    bool withdraws = record->verdict == VERDICT_WITHDRAW;

    walk->number++;
    walk->depth = 0;
    standing_push_previous(walk, record);
    while (walk->depth) {
        struct standing_record *before = &walk->standing->records[walk->stack[--walk->depth]];
        bool same = before != entry && standing_same_three(before->record, record);
        if (same) {
            before->replaced = true;
            standing_end_by(before, entry);
            /* A withdrawal goes on ending what it named. */
            before->withdrawn |= withdraws && before->record->verdict != VERDICT_WITHDRAW;
        }
        bool walked =
            same && before->power >= POWER_REJECT && (!withdraws || before->record->verdict == VERDICT_WITHDRAW);
        if (!walked)
            standing_push_previous(walk, before->record);
    }
}

/* A gap that the policy accepts is none: else one signer's slip would block the change for good. */
static enum standing_gap standing_find_gap(const struct policy *policy, const struct standing *standing,
                                           const struct standing_record *entry)
{
    const struct record *record = entry->record;
    int64_t highest = 0;
    if (policy_accepts(policy, NULL, &entry->source->name).size > 0)
        return STANDING_GAP_NONE;
    for (size_t i = 0; i < record->prev_count; i++) {
        const struct standing_record *before = standing_link(standing, record, &record->prev[i]);
        if (!before)
            return STANDING_GAP_MISSING;
        highest = before->record->seq > highest ? before->record->seq : highest;
    }
    return record->seq - 1 == highest ? STANDING_GAP_NONE : STANDING_GAP_NUMBER;
}

static void standing_follow(const struct gate_input *input, struct standing *standing)
{
    struct walk walk = {.standing = standing};
    walk.stack = memory_new_array(standing->count, sizeof *walk.stack);
    walk.visited = memory_new_array(standing->count, sizeof *walk.visited);
    for (size_t i = 0; i < standing->count; i++) {
        struct standing_record *entry = &standing->records[i];
        if (entry->power >= POWER_REJECT)
            standing_walk(&walk, entry);
        if (entry->power != POWER_NONE && entry->source->signature != GATE_SIGNATURE_COMPROMISED)
            entry->gap = standing_find_gap(input->policy, standing, entry);
    }
    memory_free(walk.stack);
    memory_free(walk.visited);
}

static bool standing_may_override(const struct gate_input *input, const struct standing_record *by,
                                  const struct standing_record *rejection)
{
    struct slice principal = by->record->reviewer.principal;
    const struct policy_person *person = policy_person(input->policy, principal);

    return person && policy_may_override(input->policy, principal) && rejection->role != SIZE_MAX &&
           policy_holds(person, rejection->role) && slice_trim(by->record->comment).size > 0 &&
           !gate_input_is_author(input, principal);
}

static void standing_supersede(const struct gate_input *input, struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++) {
        const struct standing_record *by = &standing->records[i];
        if (by->power != POWER_FULL || by->withdrawn)
            continue;
        for (size_t s = 0; s < by->record->supersedes_count; s++) {
            size_t at;
            if (!table_get(standing->by_name, digest_slice(&by->record->supersedes[s]), &at) || at == i)
                continue;
            struct standing_record *named = &standing->records[at];
            /* Only rejections: an approval ends by a newer record or a withdraw, or taking one away could bring another
             * back. */
            if (named->record->verdict == VERDICT_REQUEST_CHANGES &&
                (standing_same_person(named->record, by->record) || standing_may_override(input, by, named))) {
                named->ended = true;
                standing_end_by(named, by);
            }
        }
    }
}

static bool standing_is_newest(const struct standing_record *entry)
{
    return entry->power >= POWER_REJECT && !entry->replaced && !entry->ended;
}

static int standing_strictness(enum verdict verdict)
{
    static const int strictness[] = {
        [VERDICT_APPROVE] = 0, [VERDICT_ABSTAIN] = 1, [VERDICT_WITHDRAW] = 2, [VERDICT_REQUEST_CHANGES] = 3};
    return strictness[verdict];
}

static struct slice standing_three_key(struct str *key, const struct record *record)
{
    const struct slice parts[] = {record->change, record->reviewer.principal, record->reviewer.role,
                                  record->module.path};
    str_reset(key);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        /* The size goes before the bytes, so that no choice of names makes two keys one. */
        str_appendf(key, "%zu:", parts[i].size);
        str_append(key, parts[i]);
    }
    return str_slice(key);
}

static void standing_settle_forks(struct standing *standing)
{
    struct table *strictest = table_new();
    struct str key = STR_INIT;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < standing->count; i++) {
            struct standing_record *entry = &standing->records[i];
            size_t best = 0;
            if (!standing_is_newest(entry))
                continue;
            size_t mine = (size_t)standing_strictness(entry->record->verdict);
            struct slice three = standing_three_key(&key, entry->record);
            bool known = table_get(strictest, three, &best);
            if (pass == 0 && (!known || mine > best))
                table_set(strictest, three, mine);
            if (pass == 1)
                entry->outranked = mine < best;
        }
    }
    str_clear(&key);
    table_free(strictest);
}

bool standing_stands(const struct standing_record *entry)
{
    return standing_is_newest(entry) && !entry->outranked;
}

bool standing_rejects(const struct standing_record *entry)
{
    return standing_stands(entry) && entry->record->verdict == VERDICT_REQUEST_CHANGES &&
           (entry->own || entry->module != GATE_CHANGE);
}

static enum reason standing_content_fault(const struct gate_input *input, struct standing_record *entry)
{
    const struct record *record = entry->record;
    const struct gate_module *module = &input->modules[entry->module];
    const struct policy_role *role = &input->policy->roles[entry->role];

    if (!digest_equal(&record->module.digest, &module->digest))
        return REASON_STALE_MODULE;
    if (!digest_equal(&record->evidence.digest, &module->evidence))
        return REASON_STALE_EVIDENCE;
    if (!digest_equal(&record->rubric, &input->policy->rubric.digest))
        return REASON_STALE_RUBRIC;
    if (record->verdict == VERDICT_APPROVE && !slice_equal(record->meaning, role->meaning)) {
        entry->detail = SLICE("the meaning sentence of the role is another one today");
        return REASON_STALE_RUBRIC;
    }
    return REASON_NONE;
}

/* Why a record counts for nothing (but perhaps as a rejection), the weightiest reason first. */
static enum reason standing_fault(const struct gate_input *input, struct standing_record *entry)
{
    const struct record *record = entry->record;
    enum reason fault = gate_input_fault(input->policy, entry->source, input->change);

    if (fault != REASON_NONE)
        return fault;
    if (!standing_stands(entry))
        return REASON_SUPERSEDED;
    if (record->verdict == VERDICT_WITHDRAW)
        return REASON_NONE;
    if (entry->sealed) /* its signer may have lost the role since */
        return REASON_SPENT;
    if (entry->replaced_words.size > 0 && record->verdict != VERDICT_REQUEST_CHANGES) {
        entry->detail = entry->replaced_words;
        return REASON_SPENT;
    }
    if (!entry->held)
        return REASON_ROLE_NOT_HELD;
    if (entry->author)
        return REASON_SELF_APPROVAL;
    if (entry->module == GATE_CHANGE) {
        entry->detail = SLICE("its module is not in the change any more");
        return REASON_STALE_MODULE;
    }
    return standing_content_fault(input, entry);
}

void standing_find(const struct gate_input *input, struct standing *standing)
{
    *standing = (struct standing){.records = NULL};
    standing_collect(input, standing);
    standing_follow(input, standing);
    standing_supersede(input, standing);
    standing_settle_forks(standing);
    for (size_t i = 0; i < standing->count; i++)
        standing->records[i].fault = standing_fault(input, &standing->records[i]);
}

void standing_clear(struct standing *standing)
{
    memory_free(standing->records);
    table_free(standing->by_name);
    *standing = (struct standing){.records = NULL};
}
