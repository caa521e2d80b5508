#include "assay/screens/change_records.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/change_list.h"
#include "assay/screens/record_list.h"

struct records {
    struct record_list list;
    bool ready;
    struct record_page *pages; /* the gate reads every record, this tab shows those of the change */
    size_t count, capacity;
};

static const enum record_page_column cells[] = {RECORD_PAGE_WHO,    RECORD_PAGE_VERDICT, RECORD_PAGE_ROLE,
                                                RECORD_PAGE_MODULE, RECORD_PAGE_WHEN,    RECORD_PAGE_REMARK};
static const struct list_column columns[] = {
    {"  WHO", .columns = 16, .grow = 1}, {"SAYS", .columns = 16},
    {"AS", .columns = 16, .drop = 3},    {"MODULE", .columns = 13, .drop = 4},
    {"WHEN", .columns = 16, .drop = 2},  {"REMARK", .columns = 22, .grow = 3, .drop = 1},
};
static const struct record_list_type type = {.columns = columns,
                                             .cells = cells,
                                             .column_count = ARRAY_COUNT(columns),
                                             .empty = "Nobody has signed anything about this change yet."};

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

static struct record_page page_of(const struct dossier *dossier, size_t at)
{
    const struct ledger_record *record = &dossier->ledger.records[at];
    struct record_page page = {.workspace = dossier->workspace, .record = record, .finding = dossier->findings[at]};
    const struct gate_ignored *ignored = gate_find_ignored(&dossier->assessment.verdict, &record->name);
    if (ignored) {
        page.gate = (struct finding){ignored->reason, ignored->detail};
        page.succession = ignored->succession;
    }
    return page;
}

static void build(const struct change_page *page, void *state)
{
    struct records *records = state;
    const struct ledger *ledger = &page->dossier->ledger;
    records->count = 0;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_of_change(page, &ledger->records[i]))
            *ARRAY_PUSH(records->pages, records->count, records->capacity) = page_of(page->dossier, i);
    if (!records->ready)
        record_list_init(&records->list, &type);
    records->ready = true;
    record_list_show(&records->list, records->pages, records->count);
}

static void clear(void *state)
{
    struct records *records = state;
    if (records->ready)
        record_list_clear(&records->list);
    memory_free(records->pages);
}

static unsigned act(const struct change_page *page, void *state, const struct command *command)
{
    struct records *records = state;
    return record_list_act(&records->list, page->view, command);
}

static unsigned mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct records *records = state;
    return record_list_mouse(&records->list, page->view, mouse);
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
    .draw = change_list_draw,
    .search = change_list_search,
    .badge = badge,
};
