#include "assay/commands/refused.h"

#include "assay/commands/print.h"
#include "assay/commands/subject.h"

void refused_print_reason(enum reason reason, struct slice detail)
{
    print_text("%s: %s", reason_name(reason), reason_words(reason));
    if (detail.size > 0)
        print_line(" (%.*s)", SLICE_ARG(detail));
}

void refused_print_file(const struct ledger_record *record, const char *indent)
{
    struct str file = STR_INIT;
    finding_file(record, &file);
    print_line("%s%.*s\n", indent, SLICE_ARG(str_slice(&file)));
    str_clear(&file);
}

void refused_print(const struct ledger_record *record, enum reason reason, const char *indent)
{
    if (record)
        refused_print_file(record, indent);
    if (reason_advice(reason)[0])
        print_text("%s%s\n", indent, reason_advice(reason));
}

void refused_set_record(struct arena *arena, struct value *map, const struct ledger_record *record)
{
    struct str file = STR_INIT;
    if (record)
        finding_file(record, &file);
    value_set(arena, map, "file", subject_text(arena_copy(arena, str_slice(&file))));
    value_set(arena, map, "principal", subject_text(record ? record->principal : (struct slice){0}));
    str_clear(&file);
}

void refused_set(struct arena *arena, struct value *map, const struct ledger_record *record, enum reason reason)
{
    refused_set_record(arena, map, record);
    value_set(arena, map, "advice", subject_text(slice_of(reason_advice(reason))));
}
