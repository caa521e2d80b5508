#include "assay/review/carry_over.h"

#include "assay/base/array.h"

/* A well-signed record of this person about this module. */
static bool is_own(const struct carry_over *over, const struct ledger_record *record)
{
    return record->decoded == RECORD_OK && record->signature == GATE_SIGNATURE_GOOD &&
           slice_equal(record->principal, over->principal) &&
           slice_equal(record->record.module.path, over->judgement->module->path);
}

/* The newest of this person's own well-signed records that scores this output of this case. */
static const struct record_score *find_own_score(const struct carry_over *over, const struct judgement_case *item,
                                                 const struct record **from)
{
    for (size_t i = 0; i < over->ledger->count; i++) {
        const struct ledger_record *record = &over->ledger->records[i];
        if (!is_own(over, record))
            continue;
        for (size_t s = 0; s < record->record.score_count; s++) {
            const struct record_score *score = &record->record.scores[s];
            if (digest_equal(&score->output, &item->output) && slice_equal(score->case_id, item->item->id) &&
                slice_equal(score->prompt, item->prompt->id)) {
                *from = &record->record;
                return score;
            }
        }
    }
    return NULL;
}

static struct drafts_entry *push_entry(struct drafts_entries *entries, const struct judgement_case *item,
                                       enum drafts_kind kind)
{
    struct drafts_entry *entry = ARRAY_PUSH(entries->items, entries->count, entries->capacity);
    *entry = (struct drafts_entry){
        .kind = kind, .prompt = item->prompt->id, .case_id = item->item->id, .output = item->output, .carried = true};
    return entry;
}

static void carry_record(const struct carry_over *over, const struct judgement_case *item,
                         struct drafts_entries *entries)
{
    const struct record *record;
    const struct record_score *score = find_own_score(over, item, &record);
    if (!score)
        return;
    for (size_t c = 0; c < record->criteria_count; c++) {
        if (score->scores[c] < 0)
            continue;
        struct drafts_entry *entry = push_entry(entries, item, DRAFTS_SCORE);
        entry->name = record->criteria[c];
        entry->value = score->scores[c];
    }
    if (score->comment.size > 0)
        push_entry(entries, item, DRAFTS_COMMENT)->text = score->comment;
    for (size_t f = 0; f < record->flag_count; f++) {
        const struct record_flag *flag = &record->flags[f];
        if (!digest_equal(&flag->output, &item->output) || !slice_equal(flag->case_id, item->item->id) ||
            !slice_equal(flag->prompt, item->prompt->id))
            continue;
        struct drafts_entry *entry = push_entry(entries, item, DRAFTS_FLAG);
        entry->name = flag->code;
        entry->text = flag->comment;
    }
}

static int carry_judgements(const struct carry_over *over, const bool *touched, struct error *error)
{
    struct drafts_entries entries = {0};
    int result = 0;
    for (size_t at = 0; result == 0 && at < over->judgement->count; at++) {
        const struct judgement_case *item = &over->judgement->cases[at];
        size_t before = entries.count;
        if (touched[at] || digest_is_none(&item->output))
            continue;
        result =
            drafts_recall(over->drafts, over->draft, item->prompt->id, item->item->id, &item->output, &entries, error);
        if (result == 0 && entries.count == before && over->ledger)
            carry_record(over, item, &entries);
    }
    if (result == 0 && entries.count > 0)
        result = drafts_apply(over->drafts, over->draft, entries.items, entries.count, false, error);
    if (result == 0)
        judgement_take_all(over->judgement, entries.items, entries.count);
    drafts_entries_clear(&entries);
    return result;
}

/* A person who signed this very content as seen to its end need not read it again to correct a score. */
static bool has_signed_as_seen(const struct carry_over *over)
{
    for (size_t i = 0; i < over->ledger->count; i++) {
        const struct ledger_record *record = &over->ledger->records[i];
        if (is_own(over, record) && digest_equal(&record->record.module.digest, &over->judgement->module->digest) &&
            digest_equal(&record->record.evidence.digest, &over->judgement->module->evidence) &&
            record->record.evidence.seen == record->record.evidence.cases)
            return true;
    }
    return false;
}

static int carry_seen(const struct carry_over *over, struct error *error)
{
    struct drafts_entries entries = {0};
    int result = 0;
    for (size_t at = 0; at < over->judgement->count; at++)
        if (!over->judgement->cases[at].seen)
            push_entry(&entries, &over->judgement->cases[at], DRAFTS_SEEN);
    if (entries.count > 0 && has_signed_as_seen(over))
        result = drafts_apply(over->drafts, over->draft, entries.items, entries.count, false, error);
    else
        entries.count = 0;
    if (result == 0)
        judgement_take_all(over->judgement, entries.items, entries.count);
    drafts_entries_clear(&entries);
    return result;
}

int carry_over(const struct carry_over *over, const bool *touched, struct error *error)
{
    if (carry_judgements(over, touched, error) < 0)
        return -1;
    return over->ledger ? carry_seen(over, error) : 0;
}
