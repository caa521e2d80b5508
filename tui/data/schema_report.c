#include "assay/data/schema_report.h"

#include <stdarg.h>
#include <stdio.h>

void schema_report_path(struct str *out, const struct schema_frame *frame)
{
    if (!frame->parent)
        return;
    schema_report_path(out, frame->parent);
    if (!frame->key.data)
        str_appendf(out, "[%zu]", frame->index);
    else
        str_appendf(out, "%s%.*s", frame->parent->parent ? "." : "", SLICE_ARG(frame->key));
}

bool schema_report_failure(struct schema_run *run, const struct value *value, const struct schema_frame *frame,
                           const char *format, ...)
{
    struct str path = STR_INIT;
    schema_report_path(&path, frame);
    int size = snprintf(run->text, sizeof run->text, "%.200s ", path.size ? path.data : "the file");
    str_clear(&path);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->text + size, sizeof run->text - (size_t)size, format, arguments);
    va_end(arguments);
    run->failed = true;
    run->failed_depth = frame->depth;
    run->failed_value = value;
    return false;
}

const char *schema_report_kind(enum value_kind kind)
{
    static const char *const names[] = {"null", "true or false", "an integer", "a number", "text", "a list", "a map"};
    return names[kind];
}

void schema_report_value(struct str *out, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        str_appendf(out, "%.*s", SLICE_ARG(value->text));
    else if (value->kind == VALUE_INTEGER)
        str_appendf(out, "%lld", (long long)value->integer);
    else if (value->kind == VALUE_REAL)
        str_appendf(out, "%g", value->real);
    else if (value->kind == VALUE_BOOL)
        str_append_text(out, value->boolean ? "true" : "false");
    else
        str_append_text(out, schema_report_kind(value->kind));
}

struct schema_frame schema_report_key(const struct schema_frame *parent, struct slice key)
{
    return (struct schema_frame){
        .parent = parent, .key = {key.data ? key.data : "", key.size}, .depth = parent->depth + 1};
}

struct schema_frame schema_report_item(const struct schema_frame *parent, size_t index)
{
    return (struct schema_frame){.parent = parent, .index = index, .depth = parent->depth + 1};
}
