#include "assay/ui/input.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/text/utf8.h"

enum { ESCAPE = 0x1b, PARAMETERS_MAX = 4, SEQUENCE_MAX = 64 };

/* What a look at the front of the bytes found. */
enum found { FOUND_EVENT, FOUND_NOTHING /* bytes taken, no event */, FOUND_UNFINISHED };

void input_init(struct input *input)
{
    memset(input, 0, sizeof *input);
    str_init(&input->bytes);
    str_init(&input->paste);
}

void input_clear(struct input *input)
{
    str_clear(&input->bytes);
    str_clear(&input->paste);
    input_init(input);
}

void input_feed(struct input *input, struct slice bytes)
{
    if (input->at > 0) {
        str_remove(&input->bytes, 0, input->at);
        input->at = 0;
    }
    str_append(&input->bytes, bytes);
    input->waits_since = 0;
}

static struct slice pending(const struct input *input)
{
    return slice_from(str_slice(&input->bytes), input->at);
}

static struct event key_event(uint32_t code, uint32_t modifiers)
{
    return event_of_key((struct key){.code = code, .modifiers = modifiers});
}

/* --- CSI --------------------------------------------------------------------------------------------------------- */

static const struct {
    char final;
    uint32_t code;
} letter_keys[] = {
    {'A', KEY_CODE_UP},     {'B', KEY_CODE_DOWN},   {'C', KEY_CODE_RIGHT}, {'D', KEY_CODE_LEFT},
    {'H', KEY_CODE_HOME},   {'F', KEY_CODE_END},    {'P', KEY_CODE_F1},    {'Q', KEY_CODE_F1 + 1},
    {'R', KEY_CODE_F1 + 2}, {'S', KEY_CODE_F1 + 3}, {'M', KEY_CODE_ENTER},
};

static const struct {
    int number;
    uint32_t code;
} tilde_keys[] = {
    {1, KEY_CODE_HOME},    {2, KEY_CODE_INSERT},    {3, KEY_CODE_DELETE},   {4, KEY_CODE_END},
    {5, KEY_CODE_PAGE_UP}, {6, KEY_CODE_PAGE_DOWN}, {7, KEY_CODE_HOME},     {8, KEY_CODE_END},
    {11, KEY_CODE_F1},     {12, KEY_CODE_F1 + 1},   {13, KEY_CODE_F1 + 2},  {14, KEY_CODE_F1 + 3},
    {15, KEY_CODE_F1 + 4}, {17, KEY_CODE_F1 + 5},   {18, KEY_CODE_F1 + 6},  {19, KEY_CODE_F1 + 7},
    {20, KEY_CODE_F1 + 8}, {21, KEY_CODE_F1 + 9},   {23, KEY_CODE_F1 + 10}, {24, KEY_CODE_F1 + 11},
};

/* xterm adds 1 + (shift 1, alt 2, control 4) as the second parameter. */
static uint32_t modifiers_of(int parameter)
{
    return parameter > 1 ? (uint32_t)(parameter - 1) & (KEY_SHIFT | KEY_ALT | KEY_CTRL) : 0;
}

static bool letter_key(char final, int modifiers, struct event *event)
{
    if (final == 'Z') {
        *event = key_event(KEY_CODE_TAB, KEY_SHIFT);
        return true;
    }
    for (size_t at = 0; at < ARRAY_COUNT(letter_keys); at++) {
        if (letter_keys[at].final == final) {
            *event = key_event(letter_keys[at].code, modifiers_of(modifiers));
            return true;
        }
    }
    return false;
}

static bool tilde_key(int number, int modifiers, struct event *event)
{
    for (size_t at = 0; at < ARRAY_COUNT(tilde_keys); at++) {
        if (tilde_keys[at].number == number) {
            *event = key_event(tilde_keys[at].code, modifiers_of(modifiers));
            return true;
        }
    }
    return false;
}

/* CSI code ; modifiers u */
static bool unicode_key(int code, int modifiers, struct event *event)
{
    static const struct {
        int from;
        uint32_t to;
    } named[] = {{13, KEY_CODE_ENTER}, {27, KEY_CODE_ESCAPE}, {9, KEY_CODE_TAB}, {127, KEY_CODE_BACKSPACE}};
    for (size_t at = 0; at < ARRAY_COUNT(named); at++) {
        if (named[at].from == code) {
            *event = key_event(named[at].to, modifiers_of(modifiers));
            return true;
        }
    }
    if (code < ' ' || code >= 0x110000)
        return false;
    *event = key_event((uint32_t)code, modifiers_of(modifiers) & ~(uint32_t)KEY_SHIFT);
    return true;
}

/* CSI < button ; column ; row M (press, motion) or m (release): xterm's ctlseqs, "SGR (1006)". */
static bool mouse_event(struct input *input, const int parameters[PARAMETERS_MAX], bool press, int64_t now_us,
                        struct event *event)
{
    int code = parameters[0];
    struct mouse mouse = {.button = (code & 3) + 1, .column = parameters[1] - 1, .row = parameters[2] - 1, .clicks = 1};
    mouse.modifiers = (uint32_t)((code & 4 ? KEY_SHIFT : 0) | (code & 8 ? KEY_ALT : 0) | (code & 16 ? KEY_CTRL : 0));
    if (mouse.column < 0 || mouse.row < 0 || code < 0 || code >= 128 || ((code & 64) != 0 && (code & 3) > 1))
        return false;
    if ((code & 64) != 0)
        mouse.kind = (code & 1) != 0 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
    else if ((code & 32) != 0)
        mouse.kind = MOUSE_DRAG;
    else
        mouse.kind = press ? MOUSE_PRESS : MOUSE_RELEASE;
    if (mouse.kind == MOUSE_PRESS) {
        bool again = now_us - input->pressed_at < INPUT_CLICK_US && input->pressed.clicks == 1 &&
                     input->pressed.button == mouse.button && input->pressed.row == mouse.row &&
                     input->pressed.column == mouse.column;
        mouse.clicks = again ? 2 : 1;
        input->pressed = mouse;
        input->pressed_at = now_us;
    }
    *event = (struct event){.kind = EVENT_MOUSE, .mouse = mouse};
    return true;
}

static void parse_parameters(struct slice text, int parameters[PARAMETERS_MAX])
{
    struct slice rest = text, part;
    for (size_t at = 0; at < PARAMETERS_MAX && slice_cut(&rest, ';', &part); at++) {
        uint64_t number;
        size_t colon = slice_find_byte(part, ':'); /* kitty's sub-parameters */
        if (colon != SLICE_NOT_FOUND)
            part.size = colon;
        bool good = slice_to_uint64(part, &number) && number < 0x110000;
        parameters[at] = good ? (int)number : part.size == 0 ? 0 : -1;
    }
}

static enum found read_csi(struct input *input, struct slice bytes, int64_t now_us, struct event *event)
{
    size_t end = 2;
    while (end < bytes.size && end < SEQUENCE_MAX && (unsigned char)bytes.data[end] >= 0x20 && bytes.data[end] < 0x40)
        end++;
    if (end == bytes.size && end < SEQUENCE_MAX)
        return FOUND_UNFINISHED;
    bool good = end < SEQUENCE_MAX && bytes.data[end] >= 0x40 && bytes.data[end] < 0x7f;
    input->at += good ? end + 1 : end;
    if (!good)
        return FOUND_NOTHING;
    int parameters[PARAMETERS_MAX] = {0};
    char final = bytes.data[end];
    struct slice middle = slice_part(bytes, 2, end - 2);
    if (slice_starts_with(middle, SLICE("<"))) {
        parse_parameters(slice_from(middle, 1), parameters);
        bool known = (final == 'M' || final == 'm') && mouse_event(input, parameters, final == 'M', now_us, event);
        return known ? FOUND_EVENT : FOUND_NOTHING;
    }
    parse_parameters(middle, parameters);
    if (final == '~' && parameters[0] == 200) {
        input->pasting = true;
        input->paste_return = false;
        str_reset(&input->paste);
        return FOUND_NOTHING;
    }
    bool known = final == '~'   ? tilde_key(parameters[0], parameters[1], event)
                 : final == 'u' ? unicode_key(parameters[0], parameters[1], event)
                                : letter_key(final, parameters[1], event);
    return known ? FOUND_EVENT : FOUND_NOTHING;
}

/* --- plain keys -------------------------------------------------------------------------------------------------- */

static struct event control_event(unsigned char byte)
{
    switch (byte) {
    case '\r':
    case '\n':
        return key_event(KEY_CODE_ENTER, 0);
    case '\t':
        return key_event(KEY_CODE_TAB, 0);
    case 0x7f:
    case 0x08:
        return key_event(KEY_CODE_BACKSPACE, 0);
    case ESCAPE:
        return key_event(KEY_CODE_ESCAPE, 0);
    case 0:
        return key_event(' ', KEY_CTRL);
    default:
        return key_event(byte <= 26 ? (uint32_t)(byte + 'a' - 1) : (uint32_t)(byte + 0x40), KEY_CTRL);
    }
}

static enum found read_plain(struct input *input, struct slice bytes, bool decide, struct event *event)
{
    static const unsigned char leads[] = {0xc2, 0xe0, 0xf0, 0xf5};
    unsigned char byte = (unsigned char)bytes.data[0];
    if (byte < 0x20 || byte == 0x7f) {
        input->at++;
        *event = control_event(byte);
        return FOUND_EVENT;
    }
    size_t need = byte < leads[0] || byte >= leads[3] ? 1 : byte < leads[1] ? 2 : byte < leads[2] ? 3 : 4;
    if (bytes.size < need && !decide)
        return FOUND_UNFINISHED;
    uint32_t codepoint;
    bool valid;
    input->at += utf8_decode(bytes, &codepoint, &valid);
    if (!valid || (codepoint >= 0x80 && codepoint < 0xa0))
        return FOUND_NOTHING;
    *event = key_event(codepoint, 0);
    return FOUND_EVENT;
}

static enum found read_escape(struct input *input, struct slice bytes, int64_t now_us, bool decide, struct event *event)
{
    if (bytes.size == 1 || bytes.data[1] == ESCAPE) {
        if (bytes.size == 1 && !decide)
            return FOUND_UNFINISHED;
        return read_plain(input, bytes, decide, event);
    }
    if (bytes.data[1] == '[' && !(decide && bytes.size == 2)) {
        enum found found = read_csi(input, bytes, now_us, event);
        if (found == FOUND_UNFINISHED && decide) {
            input->at += bytes.size;
            return FOUND_NOTHING;
        }
        return found;
    }
    if (bytes.data[1] == 'O' && bytes.size == 2 && !decide)
        return FOUND_UNFINISHED;
    if (bytes.data[1] == 'O' && bytes.size > 2) {
        input->at += 3;
        return letter_key(bytes.data[2], 0, event) ? FOUND_EVENT : FOUND_NOTHING;
    }
    input->at++;
    enum found found = read_plain(input, slice_from(bytes, 1), decide, event);
    if (found == FOUND_UNFINISHED)
        input->at--;
    if (found == FOUND_EVENT) {
        event->key.modifiers |= KEY_ALT;
        event->text[0] = '\0';
    }
    return found;
}

/* --- pastes ------------------------------------------------------------------------------------------------------ */

static void append_pasted(struct input *input, struct slice bytes)
{
    for (size_t at = 0; at < bytes.size && input->paste.size < INPUT_PASTE_MAX; at++) {
        char byte = bytes.data[at];
        bool second = byte == '\n' && input->paste_return;
        input->paste_return = byte == '\r';
        if (second)
            continue;
        if (byte == '\r')
            byte = '\n';
        if ((unsigned char)byte >= ' ' ? byte != 0x7f : byte == '\n' || byte == '\t')
            str_push(&input->paste, byte);
    }
}

static enum found read_paste(struct input *input, struct slice bytes, struct event *event)
{
    struct slice end = SLICE("\033[201~");
    size_t at = slice_find(bytes, end);
    if (at == SLICE_NOT_FOUND) {
        /* What may be the beginning of the end stays. */
        size_t keep = bytes.size < end.size ? bytes.size : end.size - 1;
        append_pasted(input, slice_part(bytes, 0, bytes.size - keep));
        input->at += bytes.size - keep;
        return FOUND_UNFINISHED;
    }
    append_pasted(input, slice_part(bytes, 0, at));
    input->at += at + end.size;
    input->pasting = false;
    *event = (struct event){.kind = EVENT_PASTE, .paste = str_slice(&input->paste)};
    return FOUND_EVENT;
}

bool input_next(struct input *input, int64_t now_us, struct event *event)
{
    bool decide = input->waits_since != 0 && now_us - input->waits_since >= INPUT_ESCAPE_US;
    for (;;) {
        struct slice bytes = pending(input);
        if (bytes.size == 0)
            return false;
        enum found found = input->pasting            ? read_paste(input, bytes, event)
                           : bytes.data[0] == ESCAPE ? read_escape(input, bytes, now_us, decide, event)
                                                     : read_plain(input, bytes, decide, event);
        if (found == FOUND_UNFINISHED) {
            if (!input->pasting && input->waits_since == 0)
                input->waits_since = now_us;
            return false;
        }
        input->waits_since = 0;
        if (found == FOUND_EVENT)
            return true;
    }
}

int input_wait_us(const struct input *input, int64_t now_us)
{
    if (input->waits_since == 0)
        return -1;
    int64_t left = input->waits_since + INPUT_ESCAPE_US - now_us;
    return left > 0 ? (int)left : 0;
}
