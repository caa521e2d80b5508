#include "assay/text/words.h"

#include <string.h>

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/text/utf8.h"

struct slot {
    uint32_t hash, next; /* next: number + 1; 0: free */
};

struct words {
    bool ignore_case, ignore_space;
    struct slot *slots; /* open addressing, a power of two, at most half full */
    size_t slot_count;
    struct slice *keys; /* by number */
    size_t count, capacity;
    struct arena arena; /* keys that are not as in the text */
    struct str scratch;
    uint64_t seed;
};

struct words *words_new(bool ignore_case, bool ignore_space)
{
    struct words *words = memory_new(sizeof *words);
    *words = (struct words){.ignore_case = ignore_case, .ignore_space = ignore_space, .slot_count = 4096};
    words->slots = memory_new_array(words->slot_count, sizeof *words->slots);
    words->seed = slice_hash(SLICE("words")); /* random for each process: numbers cannot be made to collide */
    arena_init(&words->arena);
    str_init(&words->scratch);
    return words;
}

void words_free(struct words *words)
{
    if (!words)
        return;
    memory_free(words->slots);
    memory_free(words->keys);
    arena_clear(&words->arena);
    str_clear(&words->scratch);
    memory_free(words);
}

size_t words_count(const struct words *words)
{
    return words->count;
}

void words_list_clear(struct words_list *list)
{
    memory_free(list->tokens);
    *list = (struct words_list){.tokens = NULL};
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

static uint32_t hash_of(const struct words *words, struct slice key)
{
    uint64_t h = words->seed ^ key.size, word;
    size_t i = 0;
    for (; i + sizeof word <= key.size; i += sizeof word) {
        memcpy(&word, key.data + i, sizeof word);
        h = mix(h, word);
    }
    for (word = 0; i < key.size; i++)
        word = word << 8 | (unsigned char)key.data[i];
    h = mix(mix(h, word), words->seed);
    return (uint32_t)(h >> 32);
}

static void widen(struct words *words)
{
    size_t count = words->slot_count * 4;
    struct slot *slots = memory_new_array(count, sizeof *slots);
    for (size_t i = 0; i < words->slot_count; i++) {
        if (words->slots[i].next == 0)
            continue;
        size_t at = words->slots[i].hash & (count - 1);
        while (slots[at].next != 0)
            at = (at + 1) & (count - 1);
        slots[at] = words->slots[i];
    }
    memory_free(words->slots);
    words->slots = slots;
    words->slot_count = count;
}

static uint32_t number_of(struct words *words, struct slice key, bool borrowed)
{
    if (words->count * 2 >= words->slot_count)
        widen(words);
    uint32_t hash = hash_of(words, key);
    size_t at = hash & (words->slot_count - 1);
    for (; words->slots[at].next != 0; at = (at + 1) & (words->slot_count - 1)) {
        uint32_t number = words->slots[at].next - 1;
        if (words->slots[at].hash == hash && slice_equal(words->keys[number], key))
            return number;
    }
    uint32_t number = (uint32_t)words->count;
    *ARRAY_PUSH(words->keys, words->count, words->capacity) = borrowed ? key : arena_copy(&words->arena, key);
    words->slots[at] = (struct slot){.hash = hash, .next = number + 1};
    return number;
}

/* Runs of spaces as one space, none at the ends. */
static void squeeze(struct str *s)
{
    size_t size = 0;
    bool space = true;
    for (size_t i = 0; i < s->size; i++) {
        bool is_space = strchr(" \t\r\n", s->data[i]) != NULL && s->data[i] != '\0';
        if (!is_space || !space)
            s->data[size++] = is_space ? ' ' : s->data[i];
        space = is_space;
    }
    str_truncate(s, size > 0 && s->data[size - 1] == ' ' ? size - 1 : size);
}

static void add(struct words *words, struct words_list *list, size_t offset, size_t size, struct slice key,
                enum words_kind kind, bool spaced)
{
    bool plain = !words->ignore_case && !(spaced && words->ignore_space);
    if (!plain) {
        str_reset(&words->scratch);
        if (words->ignore_case)
            utf8_append_folded(&words->scratch, key);
        else
            str_append(&words->scratch, key);
        if (spaced && words->ignore_space)
            squeeze(&words->scratch);
        key = str_slice(&words->scratch);
    }
    *ARRAY_PUSH(list->tokens, list->count, list->capacity) = (struct words_token){
        .offset = (uint32_t)offset, .size = (uint32_t)size, .number = number_of(words, key, plain), .kind = kind};
}

/* --- words ----------------------------------------------------------------------------------------------------------- */

static bool is_ascii_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Thai, Lao, Myanmar and Khmer put no spaces between words: compared by cluster, as ideographs are. */
static bool is_unspaced(uint32_t c)
{
    return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF);
}

static enum utf8_kind kind_at(struct slice text, size_t at, size_t *size)
{
    unsigned char byte = (unsigned char)text.data[at];
    *size = 1;
    if (is_ascii_word(byte))
        return UTF8_WORD;
    if (byte == ' ' || byte == '\t')
        return UTF8_SPACE;
    if (byte == '\n' || (byte >= 0x0B && byte <= 0x0D))
        return UTF8_LINE_END;
    if (byte < 0x80)
        return UTF8_PUNCTUATION;
    uint32_t codepoint;
    *size = utf8_decode(slice_from(text, at), &codepoint, NULL);
    enum utf8_kind kind = utf8_kind(codepoint);
    if (kind == UTF8_IDEOGRAPH || (kind == UTF8_WORD && is_unspaced(codepoint))) {
        *size = utf8_cluster(text, at, NULL);
        return UTF8_IDEOGRAPH;
    }
    if (kind == UTF8_PUNCTUATION || kind == UTF8_OTHER)
        *size = utf8_cluster(text, at, NULL);
    return kind;
}

/* The size of what may stand inside a word at `at`: an apostrophe, or a point or comma between digits; else 0. */
static size_t inside_word(struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    size_t size = rest.data[0] == '\'' ? 1 : slice_starts_with(rest, SLICE("\u2019")) ? 3 : 0;
    if (size > 0 && rest.size > size && ((unsigned char)rest.data[size] | 0x20) >= 'a')
        return size;
    bool number = (rest.data[0] == '.' || rest.data[0] == ',') && rest.size > 1 && rest.data[1] >= '0' &&
                  rest.data[1] <= '9' && text.data[at - 1] >= '0' && text.data[at - 1] <= '9';
    return number ? 1 : 0;
}

static size_t word_end(struct slice text, size_t at)
{
    while (at < text.size) {
        size_t size;
        if (is_ascii_word((unsigned char)text.data[at]))
            at++;
        else if (kind_at(text, at, &size) == UTF8_WORD || (size = inside_word(text, at)) > 0)
            at += size;
        else
            break;
    }
    return at;
}

static size_t punctuation_end(struct slice text, size_t at, size_t size)
{
    size_t end = at + size;
    if (size == 1 && (unsigned char)text.data[at] < 0x80)
        while (end < text.size && text.data[end] == text.data[at])
            end++;
    return end;
}

/* Line ends and the spaces between them, up to the last line end. */
static size_t line_ends(struct slice text, size_t at, size_t *count)
{
    size_t end = at;
    *count = 0;
    for (size_t size; at < text.size; at += size) {
        enum utf8_kind kind = kind_at(text, at, &size);
        if (kind == UTF8_LINE_END) {
            if (text.data[at] == '\r' && at + 1 < text.size && text.data[at + 1] == '\n')
                size = 2;
            end = at + size;
            ++*count;
        } else if (kind != UTF8_SPACE)
            break;
    }
    return end;
}

static size_t add_line_end(struct words *words, struct words_list *list, struct slice text, size_t at)
{
    size_t count, end = line_ends(text, at, &count);
    if (!words->ignore_space)
        add(words, list, at, end - at, count > 1 ? SLICE("\n\n") : SLICE("\n"),
            count > 1 ? WORDS_PARAGRAPH_END : WORDS_LINE_END, false);
    return end;
}

static void cut_words(struct words *words, struct slice text, struct words_list *list)
{
    for (size_t at = 0, end, size; at < text.size; at = end) {
        enum utf8_kind kind = kind_at(text, at, &size);
        end = at + size;
        if (kind == UTF8_SPACE)
            continue;
        if (kind == UTF8_LINE_END) {
            end = add_line_end(words, list, text, at);
            continue;
        }
        if (kind == UTF8_WORD)
            end = word_end(text, at);
        else if (kind == UTF8_PUNCTUATION)
            end = punctuation_end(text, at, size);
        add(words, list, at, end - at, slice_part(text, at, end - at),
            kind == UTF8_WORD || kind == UTF8_IDEOGRAPH ? WORDS_WORD : WORDS_PUNCTUATION, false);
    }
}

/* --- lines and sentences --------------------------------------------------------------------------------------------- */

static void cut_lines(struct words *words, struct slice text, struct words_list *list)
{
    struct slice rest = text, line;
    while (slice_cut_line(&rest, &line)) {
        size_t offset = (size_t)(line.data - text.data);
        size_t end = rest.data ? (size_t)(rest.data - text.data) : text.size;
        add(words, list, offset, end - offset, line, line.size > 0 ? WORDS_WORD : WORDS_PARAGRAPH_END, true);
    }
}

static bool is_one_of(uint32_t codepoint, const uint32_t *set)
{
    while (*set != 0 && *set != codepoint)
        set++;
    return *set != 0;
}

/* A sentence ends after . ! ? and closing marks that a space follows, and after 。！？ wherever they stand. */
static size_t sentence_end(struct slice text, size_t at)
{
    static const uint32_t stops[] = {'.', '!', '?', 0x2026, 0x203C, 0x203D, 0x0964, 0x06D4, 0x061F, 0};
    static const uint32_t wide_stops[] = {0x3002, 0xFF01, 0xFF1F, 0xFF61, 0};
    static const uint32_t closing[] = {')', ']', '"', '\'', 0x2019, 0x201D, 0x00BB, 0x300D, 0x300F, 0xFF09, 0};
    bool stopped = false, wide = false;
    for (size_t size; at < text.size; at += size) {
        uint32_t c;
        size = utf8_decode(slice_from(text, at), &c, NULL);
        enum utf8_kind kind = utf8_kind(c);
        if (kind == UTF8_LINE_END || (stopped && kind == UTF8_SPACE))
            break;
        bool closes = is_one_of(c, closing), stops_wide = is_one_of(c, wide_stops);
        if (wide && !closes && !stops_wide)
            break;
        wide = stops_wide || (wide && closes);
        stopped = is_one_of(c, stops) || (stopped && closes);
    }
    return at;
}

static void cut_sentences(struct words *words, struct slice text, struct words_list *list)
{
    for (size_t at = 0, end, size; at < text.size; at = end) {
        enum utf8_kind kind = kind_at(text, at, &size);
        end = at + size;
        if (kind == UTF8_SPACE)
            continue;
        if (kind == UTF8_LINE_END) {
            end = add_line_end(words, list, text, at);
            continue;
        }
        end = sentence_end(text, at);
        add(words, list, at, end - at, slice_part(text, at, end - at), WORDS_WORD, true);
    }
}

void words_cut(struct words *words, struct slice text, enum words_unit unit, struct words_list *list)
{
    text = slice_part(text, 0, UINT32_MAX);
    if (unit == WORDS_BY_LINE)
        cut_lines(words, text, list);
    else if (unit == WORDS_BY_SENTENCE)
        cut_sentences(words, text, list);
    else
        cut_words(words, text, list);
}
