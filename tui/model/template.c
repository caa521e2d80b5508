#include "assay/model/template.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/memory.h"
#include "assay/base/table.h"

/* ---- the scanner: text and tags in turn ---- */

enum tag_kind {
    TAG_NONE, /* the end of the template, or of the section that is read */
    TAG_VARIABLE = 'v',
    TAG_SECTION = '#',
    TAG_INVERTED = '^',
    TAG_CLOSE = '/',
    TAG_COMMENT = '!',
    TAG_PARTIAL = '>',
    TAG_DELIMITERS = '=',
};

struct scanner {
    struct slice text;
    size_t at, end;           /* reads [at, end) */
    struct slice open, close; /* delimiters */
};

struct tag {
    enum tag_kind kind;
    struct slice before; /* literal text up to it, without what a standalone line drops */
    struct slice name;
    struct slice indent; /* of a standalone partial: put before each of its lines */
    size_t start, end;   /* offsets of the tag; a standalone one ends after its line end */
    size_t line_start;   /* where it begins; a standalone one begins with its line */
};

static int fail_at(const struct template *template, size_t offset, struct error *error, const char *what,
                   struct slice name)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < template->text.size; i++)
        line += template->text.data[i] == '\n';
    return error_set(error, ERROR_INPUT, "%.*s:%zu: %s “%.*s”.", SLICE_ARG(template->name), line, what,
                     SLICE_ARG(slice_part(name, 0, 80)));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A tag that is no variable and alone on its line takes the whole line with it (specification, "standalone"). */
static void drop_standalone_line(struct slice text, struct tag *tag)
{
    size_t start = tag->start, end = tag->end;
    while (start > 0 && is_blank(text.data[start - 1]))
        start--;
    if (start > 0 && text.data[start - 1] != '\n')
        return;
    while (end < text.size && is_blank(text.data[end]))
        end++;
    if (end < text.size && text.data[end] == '\r')
        end++;
    if (end < text.size && text.data[end] != '\n')
        return;
    tag->indent = slice_part(text, start, tag->start - start);
    tag->line_start = start;
    tag->end = end < text.size ? end + 1 : end;
}

/* inner: what stands in `=… …=`, its first sign gone. */
static bool set_delimiters(struct scanner *scanner, struct slice inner)
{
    if (inner.size == 0 || inner.data[inner.size - 1] != '=')
        return false;
    inner = slice_trim(slice_part(inner, 0, inner.size - 1));
    size_t space = 0;
    while (space < inner.size && !is_blank(inner.data[space]) && inner.data[space] != '\n')
        space++;
    struct slice open = slice_part(inner, 0, space), close = slice_trim(slice_from(inner, space));
    if (open.size == 0 || close.size == 0 || slice_find_byte(close, ' ') != SLICE_NOT_FOUND ||
        slice_find_byte(inner, '=') != SLICE_NOT_FOUND)
        return false;
    scanner->open = open;
    scanner->close = close;
    return true;
}

static void end_of_text(struct scanner *scanner, struct slice rest, struct tag *tag)
{
    *tag = (struct tag){.before = rest, .start = scanner->end, .end = scanner->end, .line_start = scanner->end};
    scanner->at = scanner->end;
}

static enum tag_kind kind_of(char sigil)
{
    return sigil != '\0' && slice_find_byte(SLICE("#^/!>="), sigil) != SLICE_NOT_FOUND ? (enum tag_kind)sigil
                                                                                       : TAG_VARIABLE;
}

/* The next tag; TAG_NONE with the remaining text at the end. */
static int next_tag(const struct template *template, struct scanner *scanner, struct tag *tag, struct error *error)
{
    struct slice rest = slice_part(scanner->text, scanner->at, scanner->end - scanner->at);
    size_t open = slice_find(rest, scanner->open);
    if (open == SLICE_NOT_FOUND) {
        end_of_text(scanner, rest, tag);
        return 0;
    }
    *tag = (struct tag){.start = scanner->at + open, .line_start = scanner->at + open};
    struct slice inner = slice_from(rest, open + scanner->open.size), closing = scanner->close;
    char sigil = inner.size > 0 ? inner.data[0] : '\0';
    if (sigil == '{' && slice_is(scanner->open, "{{"))
        closing = SLICE("}}}");
    size_t close = slice_find(inner, closing);
    if (close == SLICE_NOT_FOUND)
        return fail_at(template, tag->start, error, "this tag is not closed:", slice_part(rest, open, 20));
    tag->end = tag->start + scanner->open.size + close + closing.size;
    inner = slice_part(inner, 0, close);
    tag->kind = kind_of(sigil);
    bool has_sigil = tag->kind != TAG_VARIABLE || sigil == '{' || sigil == '&';
    tag->name = slice_trim(has_sigil ? slice_from(inner, 1) : inner);
    if (tag->kind == TAG_DELIMITERS && !set_delimiters(scanner, tag->name))
        return fail_at(template, tag->start, error, "these delimiters cannot be used:", tag->name);
    if (tag->kind != TAG_COMMENT && tag->kind != TAG_DELIMITERS && tag->name.size == 0)
        return fail_at(template, tag->start, error, "a tag without a name:", slice_part(rest, open, 20));
    if (tag->kind != TAG_VARIABLE)
        drop_standalone_line(scanner->text, tag);
    /* Two tags on one line are not alone on it, so the line start never lies before `at`. */
    tag->before = slice_part(scanner->text, scanner->at, tag->line_start - scanner->at);
    scanner->at = tag->end;
    return 0;
}

static struct scanner whole(struct slice text)
{
    return (struct scanner){.text = text, .end = text.size, .open = SLICE("{{"), .close = SLICE("}}")};
}

/* ---- the context: a stack of values ---- */

struct frame {
    const struct value *value;
    const struct frame *outer;
};

/* The first part of a dotted name is looked up through the frames, the rest inside what was found. */
static const struct value *look_up(const struct frame *frame, struct slice name)
{
    if (slice_is(name, "."))
        return frame->value;
    struct slice part;
    const struct value *value = NULL;
    slice_cut(&name, '.', &part);
    for (; frame && !value; frame = frame->outer)
        value = value_get_slice(frame->value, part);
    while (value && slice_cut(&name, '.', &part))
        value = value_get_slice(value, part);
    return value;
}

static bool is_truthy(const struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return false;
    if (value->kind == VALUE_BOOL)
        return value->boolean;
    return value->kind != VALUE_LIST || value->list.count > 0;
}

/* ---- rendering ---- */

struct render {
    struct str *out;
    struct table *misses;
    struct error *error;
    unsigned depth;
    size_t work; /* bytes scanned and tags met: loops within loops that write nothing must end too */
};

static void append_number(struct str *out, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) { /* the fewest digits that read back the same */
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    str_append_text(out, text);
}

static void append_value(struct render *render, const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        str_append(render->out, value->text);
        break;
    case VALUE_INTEGER:
        str_appendf(render->out, "%lld", (long long)value->integer);
        break;
    case VALUE_REAL:
        append_number(render->out, value->real);
        break;
    case VALUE_BOOL:
        str_append_text(render->out, value->boolean ? "true" : "false");
        break;
    case VALUE_LIST: /* what the author of a prompt expects of {{tags}} */
        for (size_t i = 0; i < value->list.count; i++) {
            if (i > 0)
                str_append_text(render->out, ", ");
            append_value(render, &value->list.items[i]);
        }
        break;
    case VALUE_NULL:
    case VALUE_MAP:
        break;
    }
}

static void miss(struct render *render, struct slice name)
{
    if (render->misses)
        table_add(render->misses, name, 0);
}

static int render_part(struct render *render, const struct template *template, struct scanner scanner,
                       const struct frame *frame);

/* Finds where a section ends: `inside` gets its range, the scanner stands after the closing tag. */
static int take_section(const struct template *template, struct scanner *scanner, const struct tag *opening,
                        struct scanner *inside, struct error *error)
{
    struct tag tag;
    *inside = *scanner; /* the delimiters that hold where the section begins */
    for (unsigned depth = 1; depth > 0;) {
        if (next_tag(template, scanner, &tag, error) < 0)
            return -1;
        if (tag.kind == TAG_NONE)
            return fail_at(template, opening->start, error, "this section is not closed:", opening->name);
        if (tag.kind == TAG_SECTION || tag.kind == TAG_INVERTED)
            depth++;
        if (tag.kind == TAG_CLOSE)
            depth--;
    }
    if (!slice_equal(tag.name, opening->name))
        return fail_at(template, tag.start, error, "this closes a section that is not open:", tag.name);
    inside->end = tag.line_start;
    return 0;
}

static int render_section(struct render *render, const struct template *template, struct scanner *scanner,
                          const struct tag *tag, const struct frame *frame)
{
    struct scanner inside;
    if (take_section(template, scanner, tag, &inside, render->error) < 0)
        return -1;
    const struct value *value = look_up(frame, tag->name);
    if (tag->kind == TAG_INVERTED)
        return is_truthy(value) ? 0 : render_part(render, template, inside, frame);
    if (!value)
        miss(render, tag->name);
    if (!is_truthy(value))
        return 0;
    size_t count = value->kind == VALUE_LIST ? value->list.count : 1;
    for (size_t i = 0; i < count; i++) {
        struct frame item = {value->kind == VALUE_LIST ? &value->list.items[i] : value, frame};
        if (render_part(render, template, inside, &item) < 0)
            return -1;
    }
    return 0;
}

static struct slice find_partial(const struct template *template, struct slice name)
{
    const struct value *text = value_get_slice(template->partials, name);
    return value_is_text(text) ? value_text(text) : (struct slice){0};
}

static void indent_lines(struct slice text, struct slice indent, struct str *out)
{
    while (text.size > 0) {
        size_t end = slice_find_byte(text, '\n');
        size_t size = end == SLICE_NOT_FOUND ? text.size : end + 1;
        str_append(out, indent);
        str_append(out, slice_part(text, 0, size));
        text = slice_from(text, size);
    }
}

static int render_partial(struct render *render, const struct template *template, const struct tag *tag,
                          const struct frame *frame)
{
    struct template partial = {find_partial(template, tag->name), tag->name, template->partials};
    if (!partial.text.data) {
        miss(render, tag->name);
        return 0;
    }
    struct str indented = STR_INIT;
    indent_lines(partial.text, tag->indent, &indented);
    partial.text = str_slice(&indented);
    int result = render_part(render, &partial, whole(partial.text), frame);
    str_clear(&indented);
    return result;
}

static int render_tag(struct render *render, const struct template *template, struct scanner *scanner,
                      const struct tag *tag, const struct frame *frame)
{
    switch (tag->kind) {
    case TAG_VARIABLE: {
        const struct value *value = look_up(frame, tag->name);
        if (value)
            append_value(render, value);
        else
            miss(render, tag->name);
        return 0;
    }
    case TAG_SECTION:
    case TAG_INVERTED:
        return render_section(render, template, scanner, tag, frame);
    case TAG_PARTIAL:
        return render_partial(render, template, tag, frame);
    case TAG_CLOSE:
        return fail_at(template, tag->start, render->error, "this closes a section that is not open:", tag->name);
    case TAG_COMMENT:
    case TAG_DELIMITERS:
    case TAG_NONE:
        break;
    }
    return 0;
}

static int render_part(struct render *render, const struct template *template, struct scanner scanner,
                       const struct frame *frame)
{
    struct tag tag;
    if (++render->depth > TEMPLATE_DEPTH_MAX)
        return error_set(render->error, ERROR_INPUT, "%.*s: sections and partials are nested deeper than %d.",
                         SLICE_ARG(template->name), TEMPLATE_DEPTH_MAX);
    do {
        size_t start = scanner.at;
        if (next_tag(template, &scanner, &tag, render->error) < 0)
            return -1;
        str_append(render->out, tag.before);
        if (render->out->size > TEMPLATE_OUTPUT_MAX)
            return error_set(render->error, ERROR_INPUT, "%.*s: the rendered prompt is larger than %d MiB.",
                             SLICE_ARG(template->name), TEMPLATE_OUTPUT_MAX >> 20);
        if (render_tag(render, template, &scanner, &tag, frame) < 0)
            return -1;
        render->work += scanner.at - start + 1;
        if (render->work > TEMPLATE_WORK_MAX)
            return error_set(render->error, ERROR_INPUT, "%.*s: rendering takes too many steps; simplify its sections.",
                             SLICE_ARG(template->name));
    } while (tag.kind != TAG_NONE);
    render->depth--;
    return 0;
}

int template_render(const struct template *template, const struct value *vars, struct str *out, struct table *misses,
                    struct error *error)
{
    struct render render = {.out = out, .misses = misses, .error = error};
    struct frame frame = {vars, NULL};
    return render_part(&render, template, whole(template->text), &frame);
}

/* ---- partials and the prompt hash ---- */

int template_partials(const struct template *template, struct table *names, struct table *missing, struct error *error)
{
    struct scanner scanner = whole(template->text);
    struct tag tag;
    do {
        if (next_tag(template, &scanner, &tag, error) < 0)
            return -1;
        if (tag.kind != TAG_PARTIAL)
            continue;
        struct template partial = {find_partial(template, tag.name), tag.name, template->partials};
        if (!partial.text.data) {
            if (missing)
                table_add(missing, tag.name, 0);
        } else if (table_count(names) >= TEMPLATE_PARTIALS_MAX) {
            return error_set(error, ERROR_INPUT, "%.*s: a template may use at most %d partials.",
                             SLICE_ARG(template->name), TEMPLATE_PARTIALS_MAX);
        } else if (table_add(names, tag.name, 0) && template_partials(&partial, names, missing, error) < 0) {
            return -1;
        }
    } while (tag.kind != TAG_NONE);
    return 0;
}

static void hash_partials(const struct template *template, const struct table *names, struct digest_stream *stream)
{
    size_t count = table_count(names);
    struct slice *sorted = memory_new_array(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = table_key(names, i);
    slice_sort(sorted, count);
    for (size_t i = 0; i < count; i++) {
        digest_stream_add(stream, slice_make("", 1));
        digest_stream_add(stream, sorted[i]);
        digest_stream_add(stream, slice_make("", 1));
        digest_stream_add(stream, find_partial(template, sorted[i]));
    }
    memory_free(sorted);
}

int template_hash(const struct template *template, struct digest *hash, struct error *error)
{
    struct table *names = table_new();
    int result = template_partials(template, names, NULL, error);
    if (result == 0) {
        struct digest_stream *stream = digest_stream_new();
        digest_stream_add(stream, template->text);
        hash_partials(template, names, stream);
        digest_stream_free(stream, hash);
    }
    table_free(names);
    return result;
}
