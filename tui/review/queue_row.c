#include "assay/review/queue_row.h"

#include <string.h>

static void put_number(struct str *out, uint64_t number)
{
    char bytes[8];
    memcpy(bytes, &number, sizeof bytes);
    str_append(out, slice_make(bytes, sizeof bytes));
}

static void put_text(struct str *out, struct slice text)
{
    put_number(out, text.size);
    str_append(out, text);
}

static void put_module(struct str *out, const struct queue_module *module)
{
    put_text(out, module->path);
    put_text(out, module->name);
    put_text(out, module->version);
    put_number(out, module->risk);
    put_number(out, module->sensitivity_count);
    for (size_t i = 0; i < module->sensitivity_count; i++)
        put_text(out, module->sensitivities[i]);
    put_number(out, module->prompt_count);
    for (size_t i = 0; i < module->prompt_count; i++) {
        put_text(out, module->prompts[i].id);
        put_number(out, module->prompts[i].cases);
        put_number(out, module->prompts[i].outputs);
        put_number(out, module->prompts[i].stale);
    }
    put_number(out, module->flags);
    put_number(out, module->cases);
    put_number(out, module->scored);
    put_text(out, slice_make((const char *)module->roles, sizeof module->roles));
    put_number(out, module->pass);
}

void queue_row_encode(const struct queue_change *change, struct str *out)
{
    put_text(out, change->change);
    put_text(out, change->ref);
    put_text(out, oid_slice(&change->commit));
    put_text(out, change->author);
    put_text(out, change->subject);
    put_number(out, (uint64_t)change->time);
    put_number(out, change->pass);
    put_number(out, change->details);
    put_number(out, change->needs_me);
    put_text(out, change->problem);
    put_number(out, change->module_count);
    for (size_t i = 0; i < change->module_count; i++)
        put_module(out, &change->modules[i]);
}

/* Reads on after a fault too, as empty texts and zeros; `bad` is asked once at the end. */
struct reader {
    struct slice rest;
    struct arena *arena;
    bool bad;
};

static uint64_t get_number(struct reader *reader)
{
    uint64_t number = 0;
    if (reader->rest.size < sizeof number) {
        reader->bad = true;
        return 0;
    }
    memcpy(&number, reader->rest.data, sizeof number);
    reader->rest = slice_from(reader->rest, sizeof number);
    return number;
}

static struct slice get_text(struct reader *reader)
{
    uint64_t size = get_number(reader);
    if (size > reader->rest.size) {
        reader->bad = true;
        return (struct slice){0};
    }
    struct slice text = arena_copy(reader->arena, slice_part(reader->rest, 0, (size_t)size));
    reader->rest = slice_from(reader->rest, (size_t)size);
    return text;
}

/* A count of things that take at least 8 bytes each. */
static size_t get_count(struct reader *reader)
{
    uint64_t count = get_number(reader);
    if (count > reader->rest.size / 8) {
        reader->bad = true;
        return 0;
    }
    return (size_t)count;
}

static void get_bytes(struct reader *reader, void *bytes, size_t size)
{
    struct slice text = get_text(reader);
    if (text.size == size)
        memcpy(bytes, text.data, size);
    else
        reader->bad = true;
}

static void get_module(struct reader *reader, struct queue_module *module)
{
    module->path = get_text(reader);
    module->name = get_text(reader);
    module->version = get_text(reader);
    uint64_t risk = get_number(reader);
    module->risk = risk <= RISK_HIGH ? (enum risk)risk : RISK_HIGH;
    module->sensitivity_count = get_count(reader);
    module->sensitivities = arena_alloc_array(reader->arena, module->sensitivity_count, sizeof *module->sensitivities);
    for (size_t i = 0; i < module->sensitivity_count; i++)
        module->sensitivities[i] = get_text(reader);
    module->prompt_count = get_count(reader);
    module->prompts = arena_alloc_array(reader->arena, module->prompt_count, sizeof *module->prompts);
    for (size_t i = 0; i < module->prompt_count; i++) {
        module->prompts[i].id = get_text(reader);
        module->prompts[i].cases = (size_t)get_number(reader);
        module->prompts[i].outputs = (size_t)get_number(reader);
        module->prompts[i].stale = (size_t)get_number(reader);
    }
    module->flags = (size_t)get_number(reader);
    module->cases = (size_t)get_number(reader);
    module->scored = (size_t)get_number(reader);
    get_bytes(reader, module->roles, sizeof module->roles);
    module->pass = get_number(reader) != 0;
}

bool queue_row_decode(struct slice bytes, struct arena *arena, struct queue_change *change)
{
    struct reader reader = {bytes, arena, false};
    *change = (struct queue_change){0};
    change->change = get_text(&reader);
    change->ref = get_text(&reader);
    get_bytes(&reader, change->commit.bytes, OID_SIZE);
    change->author = get_text(&reader);
    change->subject = get_text(&reader);
    change->time = (int64_t)get_number(&reader);
    change->pass = get_number(&reader) != 0;
    change->details = get_number(&reader) != 0;
    change->needs_me = get_number(&reader) != 0;
    change->problem = get_text(&reader);
    change->module_count = get_count(&reader);
    change->modules = arena_alloc_array(arena, change->module_count, sizeof *change->modules);
    for (size_t i = 0; i < change->module_count && !reader.bad; i++)
        get_module(&reader, &change->modules[i]);
    return !reader.bad && reader.rest.size == 0;
}
