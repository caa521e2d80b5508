#include "assay/ui/prompt.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/utf8.h"

/* What one edit did, so that it can be undone: `gone` was replaced by `come` at `offset`. */
struct prompt_step {
    size_t offset, cursor;
    struct str gone, come;
    bool typing; /* further typed characters join it */
};

enum { PROMPT_STEPS_MAX = 500 };

static void forget_steps(struct prompt *prompt, size_t from)
{
    while (prompt->step_count > from) {
        struct prompt_step *step = &prompt->steps[--prompt->step_count];
        str_clear(&step->gone);
        str_clear(&step->come);
    }
    if (prompt->step_at > prompt->step_count)
        prompt->step_at = prompt->step_count;
}

void prompt_init(struct prompt *prompt, bool multiline)
{
    memset(prompt, 0, sizeof *prompt);
    str_init(&prompt->text);
    prompt->multiline = multiline;
    prompt->limit = PROMPT_SIZE_MAX;
}

void prompt_clear(struct prompt *prompt)
{
    forget_steps(prompt, 0);
    memory_free(prompt->steps);
    str_clear(&prompt->text);
    prompt_init(prompt, prompt->multiline);
}

void prompt_set(struct prompt *prompt, struct slice text)
{
    forget_steps(prompt, 0);
    str_reset(&prompt->text);
    utf8_append_valid(&prompt->text, slice_part(text, 0, prompt->limit));
    prompt->cursor = prompt->text.size;
    prompt->top = 0;
    prompt->skip = 0;
}

/* --- edits ------------------------------------------------------------------------------------------------------- */

static void apply(struct prompt *prompt, size_t offset, size_t gone, struct slice come)
{
    str_remove(&prompt->text, offset, gone);
    str_insert(&prompt->text, offset, come);
    prompt->cursor = offset + come.size;
}

static struct prompt_step *push_step(struct prompt *prompt)
{
    forget_steps(prompt, prompt->step_at);
    if (prompt->steps != NULL && prompt->step_count == PROMPT_STEPS_MAX) {
        str_clear(&prompt->steps[0].gone);
        str_clear(&prompt->steps[0].come);
        memmove(prompt->steps, prompt->steps + 1, (PROMPT_STEPS_MAX - 1) * sizeof *prompt->steps);
        prompt->step_count--;
    }
    struct prompt_step *step = ARRAY_PUSH(prompt->steps, prompt->step_count, prompt->step_capacity);
    memset(step, 0, sizeof *step);
    str_init(&step->gone);
    str_init(&step->come);
    prompt->step_at = prompt->step_count;
    return step;
}

static void replace(struct prompt *prompt, size_t offset, size_t gone, struct slice come, bool typing)
{
    struct prompt_step *last = prompt->step_at > 0 ? &prompt->steps[prompt->step_at - 1] : NULL;
    bool joins = typing && gone == 0 && last != NULL && last->typing && prompt->step_at == prompt->step_count &&
                 last->offset + last->come.size == offset;
    if (!joins) {
        last = push_step(prompt);
        last->offset = offset;
        last->cursor = prompt->cursor;
        last->typing = typing;
        str_append(&last->gone, slice_part(str_slice(&prompt->text), offset, gone));
    }
    str_append(&last->come, come);
    apply(prompt, offset, gone, come);
}

static enum prompt_outcome undo(struct prompt *prompt)
{
    if (prompt->step_at == 0)
        return PROMPT_MOVED;
    const struct prompt_step *step = &prompt->steps[--prompt->step_at];
    apply(prompt, step->offset, step->come.size, str_slice(&step->gone));
    prompt->cursor = step->cursor;
    return PROMPT_CHANGED;
}

static enum prompt_outcome redo(struct prompt *prompt)
{
    if (prompt->step_at == prompt->step_count)
        return PROMPT_MOVED;
    const struct prompt_step *step = &prompt->steps[prompt->step_at++];
    apply(prompt, step->offset, step->gone.size, str_slice(&step->come));
    return PROMPT_CHANGED;
}

/* Only what may stand in the text: line ends in one line become blanks, other controls go. */
static void insert(struct prompt *prompt, struct slice text, bool typing)
{
    struct str clean = STR_INIT;
    uint32_t codepoint;
    size_t room = prompt->limit > prompt->text.size ? prompt->limit - prompt->text.size : 0;
    for (size_t at = 0, step; (step = utf8_decode(slice_from(text, at), &codepoint, NULL)) > 0; at += step) {
        if (codepoint == '\n' || codepoint == '\t')
            codepoint = prompt->multiline ? codepoint : ' ';
        else if (codepoint < ' ' || (codepoint >= 0x7f && codepoint < 0xa0))
            continue;
        char bytes[4];
        size_t size = utf8_encode(codepoint, bytes);
        if (clean.size + size > room)
            break;
        str_append(&clean, slice_make(bytes, size));
    }
    if (clean.size > 0)
        replace(prompt, prompt->cursor, 0, str_slice(&clean), typing);
    str_clear(&clean);
}

void prompt_insert(struct prompt *prompt, struct slice text)
{
    insert(prompt, text, false);
}

/* --- places ------------------------------------------------------------------------------------------------------ */

static size_t before(const struct prompt *prompt, size_t offset)
{
    return utf8_cluster_before(str_slice(&prompt->text), offset);
}

static size_t after(const struct prompt *prompt, size_t offset)
{
    return offset + utf8_cluster(str_slice(&prompt->text), offset, NULL);
}

static bool in_word(const struct prompt *prompt, size_t offset)
{
    uint32_t codepoint;
    if (utf8_decode(slice_from(str_slice(&prompt->text), offset), &codepoint, NULL) == 0)
        return false;
    enum utf8_kind kind = utf8_kind(codepoint);
    return kind == UTF8_WORD || kind == UTF8_IDEOGRAPH;
}

static size_t word_before(const struct prompt *prompt, size_t offset)
{
    while (offset > 0 && !in_word(prompt, before(prompt, offset)))
        offset = before(prompt, offset);
    while (offset > 0 && in_word(prompt, before(prompt, offset)))
        offset = before(prompt, offset);
    return offset;
}

static size_t word_after(const struct prompt *prompt, size_t offset)
{
    while (offset < prompt->text.size && !in_word(prompt, offset))
        offset = after(prompt, offset);
    while (offset < prompt->text.size && in_word(prompt, offset))
        offset = after(prompt, offset);
    return offset;
}

static size_t line_start(const struct prompt *prompt, size_t offset)
{
    while (offset > 0 && prompt->text.data[offset - 1] != '\n')
        offset--;
    return offset;
}

static size_t line_end(const struct prompt *prompt, size_t offset)
{
    while (offset < prompt->text.size && prompt->text.data[offset] != '\n')
        offset++;
    return offset;
}

static int columns_between(const struct prompt *prompt, size_t from, size_t to)
{
    return canvas_width(slice_part(str_slice(&prompt->text), from, to - from));
}

/* Where the row that begins at `start` ends: at a line end, or where it is wrapped, after a blank if there is one. */
static size_t row_end(const struct prompt *prompt, size_t start)
{
    size_t end = line_end(prompt, start), at = start, blank = 0;
    int columns = 0;
    if (!prompt->multiline || prompt->columns < 2)
        return end;
    while (at < end) {
        size_t next = after(prompt, at);
        columns += columns_between(prompt, at, next);
        if (columns > prompt->columns && prompt->text.data[at] != ' ')
            return blank > 0 ? blank : at;
        at = next;
        if (prompt->text.data[at - 1] == ' ')
            blank = at;
    }
    return end;
}

/* Where the next row begins: past the line end, or at the wrap. The size of the text and one more when there is none. */
static size_t next_row(const struct prompt *prompt, size_t start)
{
    size_t end = row_end(prompt, start);
    return end == prompt->text.size || prompt->text.data[end] == '\n' ? end + 1 : end;
}

/* The row with the cursor, and the one above it. */
static size_t cursor_row(const struct prompt *prompt, size_t *above, size_t *number)
{
    size_t start = 0, next;
    *above = 0;
    *number = 0;
    while ((next = next_row(prompt, start)) <= prompt->cursor) {
        *above = start;
        start = next;
        (*number)++;
    }
    return start;
}

/* The place in the row that begins at `start` that stands at most `columns` to the right. */
static size_t at_column(const struct prompt *prompt, size_t start, int columns)
{
    size_t end = row_end(prompt, start);
    bool wrapped = end < prompt->text.size && prompt->text.data[end] != '\n';
    while (start < end && columns > 0) {
        size_t next = after(prompt, start);
        columns -= columns_between(prompt, start, next);
        if (columns < 0 || (wrapped && next == end))
            break;
        start = next;
    }
    return start;
}

static size_t line_up(const struct prompt *prompt)
{
    size_t above, number, start = cursor_row(prompt, &above, &number);
    return number == 0 ? prompt->cursor : at_column(prompt, above, columns_between(prompt, start, prompt->cursor));
}

static size_t line_down(const struct prompt *prompt)
{
    size_t above, number, start = cursor_row(prompt, &above, &number), next = next_row(prompt, start);
    if (next > prompt->text.size)
        return prompt->cursor;
    return at_column(prompt, next, columns_between(prompt, start, prompt->cursor));
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

static enum prompt_outcome move_to(struct prompt *prompt, size_t offset)
{
    prompt->cursor = offset;
    if (prompt->step_at > 0)
        prompt->steps[prompt->step_at - 1].typing = false;
    return PROMPT_MOVED;
}

static enum prompt_outcome cut(struct prompt *prompt, size_t from, size_t to)
{
    if (from >= to)
        return PROMPT_MOVED;
    replace(prompt, from, to - from, slice_make(NULL, 0), false);
    return PROMPT_CHANGED;
}

static enum prompt_outcome edit_key(struct prompt *prompt, struct key key)
{
    size_t at = prompt->cursor;
    bool far = (key.modifiers & (KEY_CTRL | KEY_ALT)) != 0;
    switch (key.code) {
    case KEY_CODE_LEFT:
        return move_to(prompt, far ? word_before(prompt, at) : before(prompt, at));
    case KEY_CODE_RIGHT:
        return move_to(prompt, far ? word_after(prompt, at) : after(prompt, at));
    case KEY_CODE_HOME:
        return move_to(prompt, line_start(prompt, at));
    case KEY_CODE_END:
        return move_to(prompt, line_end(prompt, at));
    case KEY_CODE_UP:
        return prompt->multiline ? move_to(prompt, line_up(prompt)) : PROMPT_IGNORED;
    case KEY_CODE_DOWN:
        return prompt->multiline ? move_to(prompt, line_down(prompt)) : PROMPT_IGNORED;
    case KEY_CODE_BACKSPACE:
        return cut(prompt, far ? word_before(prompt, at) : before(prompt, at), at);
    case KEY_CODE_DELETE:
        return cut(prompt, at, far ? word_after(prompt, at) : after(prompt, at));
    default:
        return PROMPT_IGNORED;
    }
}

static enum prompt_outcome control_key(struct prompt *prompt, uint32_t code)
{
    size_t at = prompt->cursor;
    switch (code) {
    case 'a':
        return move_to(prompt, line_start(prompt, at));
    case 'e':
        return move_to(prompt, line_end(prompt, at));
    case 'b':
        return move_to(prompt, before(prompt, at));
    case 'f':
        return move_to(prompt, after(prompt, at));
    case 'h':
        return cut(prompt, before(prompt, at), at);
    case 'w':
        return cut(prompt, word_before(prompt, at), at);
    case 'k':
        return cut(prompt, at, line_end(prompt, at));
    case 'u':
        return cut(prompt, line_start(prompt, at), at);
    case 'z':
    case '_':
        return undo(prompt);
    case 'y':
        return redo(prompt);
    case 'd':
        return prompt->multiline ? PROMPT_ACCEPTED : cut(prompt, at, after(prompt, at));
    case 'c':
        return PROMPT_CANCELLED;
    default:
        return PROMPT_IGNORED;
    }
}

enum prompt_outcome prompt_event(struct prompt *prompt, const struct event *event)
{
    if (event->kind == EVENT_PASTE) {
        prompt_insert(prompt, event->paste);
        return PROMPT_CHANGED;
    }
    if (event->kind != EVENT_KEY)
        return PROMPT_IGNORED;
    struct key key = event->key;
    if (key.code == KEY_CODE_ESCAPE)
        return PROMPT_CANCELLED;
    if (key.code == KEY_CODE_ENTER && (!prompt->multiline || (key.modifiers & KEY_ALT) != 0))
        return PROMPT_ACCEPTED;
    if (key.code == KEY_CODE_ENTER) {
        prompt_insert(prompt, SLICE("\n"));
        return PROMPT_CHANGED;
    }
    if (key.code < KEY_CODE_FIRST && key.modifiers == KEY_CTRL)
        return control_key(prompt, key.code);
    if (event->text[0] == '\0')
        return edit_key(prompt, key);
    insert(prompt, slice_of(event->text), true);
    return PROMPT_CHANGED;
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

/* Scrolls until the cursor is in the area. */
static void follow(struct prompt *prompt, struct area area, size_t row, int column)
{
    size_t rows = area.rows > 0 ? (size_t)area.rows : 1;
    if (row < prompt->top)
        prompt->top = row;
    if (row >= prompt->top + rows)
        prompt->top = row - rows + 1;
    if (prompt->multiline || column < prompt->skip)
        prompt->skip = prompt->multiline || column <= area.columns / 3 ? 0 : column - area.columns / 3;
    if (!prompt->multiline && column >= prompt->skip + area.columns)
        prompt->skip = column - area.columns + 1;
}

void prompt_draw(struct prompt *prompt, struct area area, unsigned pen)
{
    size_t above, number;
    prompt->columns = area.columns - 1; /* the cursor has room behind a full row */
    size_t start = cursor_row(prompt, &above, &number);
    int column = columns_between(prompt, start, prompt->cursor);
    follow(prompt, area, number, column);
    canvas_fill(area, pen);
    size_t row = 0;
    for (size_t at = 0; at <= prompt->text.size && row < prompt->top + (size_t)area.rows;
         at = next_row(prompt, at), row++) {
        struct slice part = slice_part(str_slice(&prompt->text), at, row_end(prompt, at) - at);
        if (row >= prompt->top)
            canvas_text(area, (int)(row - prompt->top), -prompt->skip, pen, part);
    }
    canvas_cursor(area, (int)(number - prompt->top), column - prompt->skip, true);
}
