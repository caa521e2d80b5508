#include "assay/screens/change_records.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/record_page.h"
#include "assay/ui/list.h"

struct records {
    const struct change_page *page;
    struct list list;
    bool ready;
    size_t *rows; /* positions in the ledger: the gate reads every record, this tab shows those of the change */
    size_t row_count, row_capacity;
};

static const enum record_page_column kinds[] = {RECORD_PAGE_WHO,    RECORD_PAGE_VERDICT, RECORD_PAGE_ROLE,
                                                RECORD_PAGE_MODULE, RECORD_PAGE_WHEN,    RECORD_PAGE_REMARK};
static const struct list_column columns[] = {
    {"  WHO", .columns = 16, .grow = 1}, {"SAYS", .columns = 16},
    {"AS", .columns = 16, .drop = 3},    {"MODULE", .columns = 13, .drop = 4},
    {"WHEN", .columns = 16, .drop = 2},  {"REMARK", .columns = 22, .grow = 3, .drop = 1},
};

static const struct ledger_record *record_at(const struct records *records, size_t row)
{
    return &records->page->dossier->ledger.records[records->rows[row]];
}

/* Why the gate ignores a record of this name. */
static struct finding judged_by_gate(const struct records *records, const struct digest *name)
{
    const struct gate_verdict *verdict = &records->page->dossier->assessment.verdict;
    size_t low = 0, high = verdict->ignored_count;
    while (low < high) { /* they are sorted by name */
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(digest_slice(name), digest_slice(&verdict->ignored[middle].record));
        if (order == 0)
            return (struct finding){verdict->ignored[middle].reason, verdict->ignored[middle].detail};
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return (struct finding){.reason = REASON_NONE};
}

static bool names(const struct record *record, const struct digest *name)
{
    for (size_t i = 0; i < record->supersedes_count; i++)
        if (digest_equal(&record->supersedes[i], name))
            return true;
    return false;
}

/* What became of a record that does not stand, in a word or two; the whole page has the gate's own sentence. */
static const char *end_of(const struct ledger *ledger, const struct ledger_record *ended)
{
    const char *end = "signed anew";
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *other = &ledger->records[i];
        if (other == ended || other->decoded != RECORD_OK || other->signature != GATE_SIGNATURE_GOOD ||
            ended->decoded != RECORD_OK || !slice_equal(other->record.module.path, ended->record.module.path))
            continue;
        bool own = slice_equal(other->principal, ended->principal);
        if (!own && ended->record.verdict == VERDICT_REQUEST_CHANGES && names(&other->record, &ended->name))
            return "overruled";
        if (own && other->record.verdict == VERDICT_WITHDRAW && other->record.seq > ended->record.seq)
            end = "withdrawn";
    }
    return end;
}

static struct record_page page_at(const struct records *records, size_t row)
{
    const struct dossier *dossier = records->page->dossier;
    size_t at = records->rows[row];
    struct record_page page = {.workspace = dossier->workspace,
                               .record = &dossier->ledger.records[at],
                               .finding = dossier->findings[at],
                               .gate = judged_by_gate(records, &dossier->ledger.records[at].name)};
    if (page.gate.reason == REASON_SUPERSEDED)
        page.end = end_of(&dossier->ledger, page.record);
    return page;
}

static size_t count(void *context)
{
    const struct records *records = context;
    return records->row_count;
}

static void cell(void *context, size_t row, size_t column, struct area area)
{
    const struct records *records = context;
    const struct record_page page = page_at(records, row);
    record_page_cell(&page, kinds[column], area);
}

static void text(void *context, size_t row, struct str *out)
{
    record_page_text(record_at(context, row), out);
}

static uint64_t identity(void *context, size_t row)
{
    uint64_t number;
    memcpy(&number, record_at(context, row)->name.bytes, sizeof number);
    return number;
}

static const struct list_type type = {
    .columns = columns,
    .column_count = ARRAY_COUNT(columns),
    .empty = "Nobody has signed anything about this change yet.",
    .count = count,
    .cell = cell,
    .text = text,
    .identity = identity,
};

static bool is_of_change(const struct change_page *page, const struct ledger_record *record)
{
    return slice_equal(record->change, page->dossier->load.change);
}

static size_t count_records(const struct change_page *page)
{
    const struct ledger *ledger = &page->dossier->ledger;
    size_t found = 0;
    for (size_t i = 0; i < ledger->count; i++)
        found += is_of_change(page, &ledger->records[i]);
    return found;
}

static void build(const struct change_page *page, void *state)
{
    struct records *records = state;
    const struct ledger *ledger = &page->dossier->ledger;
    records->page = page;
    records->row_count = 0;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_of_change(page, &ledger->records[i]))
            *ARRAY_PUSH(records->rows, records->row_count, records->row_capacity) = i;
    if (!records->ready)
        list_init(&records->list, &type, records);
    records->ready = true;
    list_reload(&records->list);
}

static void clear(void *state)
{
    struct records *records = state;
    if (records->ready)
        list_clear(&records->list);
    memory_free(records->rows);
}

static unsigned open_record(struct records *records)
{
    if (count(records) == 0)
        return REACT_HANDLED;
    const struct record_page page = page_at(records, records->list.selected);
    return record_page_open(records->page->view, &page);
}

static unsigned act(const struct change_page *page, void *state, const struct command *command)
{
    struct records *records = state;
    (void)page;
    return command->action == ACTION_OPEN ? open_record(records) : list_act(&records->list, command);
}

static unsigned mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct records *records = state;
    struct command command = {.action = ACTION_NONE, .number = -1};
    unsigned reaction = list_mouse(&records->list, mouse, &command);
    (void)page;
    return command.action == ACTION_OPEN ? open_record(records) : reaction;
}

static void draw(const struct change_page *page, void *state, struct area body)
{
    struct records *records = state;
    (void)page;
    list_draw(&records->list, body);
}

static struct search_target search(void *state)
{
    struct records *records = state;
    return list_search(&records->list);
}

static void badge(const struct change_page *page, struct str *out)
{
    str_appendf(out, "%zu", count_records(page));
}

const struct change_tab change_records_tab = {
    .title = "Records",
    .size = sizeof(struct records),
    .build = build,
    .clear = clear,
    .act = act,
    .mouse = mouse,
    .draw = draw,
    .search = search,
    .badge = badge,
};
