#include "assay/text/match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "assay/base/memory.h"
#include "assay/text/utf8.h"

enum { PATTERN_MAX = 64 * 1024, MATCH_LIMIT = 2000000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 16 * 1024 };

struct match {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    bool limited;
};

static int compile(struct match *match, struct slice pattern, uint32_t options, struct error *error)
{
    int number = 0;
    PCRE2_SIZE offset = 0;
    match->code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.size, options, &number, &offset, NULL);
    if (!match->code) {
        PCRE2_UCHAR text[256];
        pcre2_get_error_message(number, text, sizeof text);
        return error_set(error, ERROR_USAGE, "pattern \"%.*s\": %s at byte %zu", SLICE_ARG(pattern), (char *)text,
                         (size_t)offset);
    }
    (void)pcre2_jit_compile(match->code, PCRE2_JIT_COMPLETE); /* without a JIT the interpreter does it */
    match->data = pcre2_match_data_create(1, NULL);
    match->context = pcre2_match_context_create(NULL);
    if (!match->data || !match->context)
        return error_set(error, ERROR_ENVIRONMENT, "not enough memory for a pattern");
    pcre2_set_match_limit(match->context, MATCH_LIMIT);
    pcre2_set_depth_limit(match->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(match->context, HEAP_LIMIT_KIB);
    return 0;
}

struct match *match_new_case(struct slice pattern, enum match_kind kind, bool ignore_case, struct error *error)
{
    if (pattern.size == 0 || pattern.size > PATTERN_MAX) {
        error_set(error, ERROR_USAGE, "a pattern has 1 to %d bytes, not %zu", (int)PATTERN_MAX, pattern.size);
        return NULL;
    }
    /* \C could cut a character in two; the text may hold invalid UTF-8, which then never matches. */
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (ignore_case ? PCRE2_CASELESS : 0);
    options |= kind == MATCH_LITERAL ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE;
    struct match *match = memory_new(sizeof *match);
    if (compile(match, pattern, options, error) < 0) {
        match_free(match);
        return NULL;
    }
    return match;
}

struct match *match_new(struct slice pattern, enum match_kind kind, struct error *error)
{
    return match_new_case(pattern, kind, !utf8_has_upper(pattern), error);
}

void match_free(struct match *match)
{
    if (!match)
        return;
    pcre2_match_context_free(match->context);
    pcre2_match_data_free(match->data);
    pcre2_code_free(match->code);
    memory_free(match);
}

bool match_next(struct match *match, struct slice text, size_t from, struct match_range *found)
{
    match->limited = false;
    if (from >= text.size)
        return false;
    int count =
        pcre2_match(match->code, (PCRE2_SPTR)text.data, text.size, from, PCRE2_NOTEMPTY, match->data, match->context);
    match->limited = count < 0 && count != PCRE2_ERROR_NOMATCH;
    if (count < 0)
        return false;
    const PCRE2_SIZE *range = pcre2_get_ovector_pointer(match->data);
    if (range[1] <= range[0] || range[0] < from) /* \K may turn a range round or empty it */
        return false;
    *found = (struct match_range){.offset = range[0], .size = range[1] - range[0]};
    return true;
}

bool match_limited(const struct match *match)
{
    return match->limited;
}
