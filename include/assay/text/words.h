/* Cuts prose into tokens and gives equal tokens equal numbers.
 *
 * A word is a run of letters, digits and marks (with an apostrophe, point or comma inside, as in don't, 3.14, 1,000);
 * an ideograph or kana is a word by itself, a run of equal punctuation marks is one token. Spaces belong to the token that
 * follows them and never make two tokens differ. A line end is a token, a paragraph break (two or more) another. */
#ifndef ASSAY_TEXT_WORDS_H
#define ASSAY_TEXT_WORDS_H

#include "assay/base/slice.h"

enum words_kind { WORDS_WORD, WORDS_PUNCTUATION, WORDS_LINE_END, WORDS_PARAGRAPH_END };

struct words_token {
    uint32_t offset, size; /* bytes, without the spaces before it */
    uint32_t number;       /* equal for equal tokens of one struct words, from 0 */
    uint32_t kind;         /* enum words_kind */
};

struct words_list {
    struct words_token *tokens;
    size_t count, capacity;
};

enum words_unit { WORDS_BY_WORD, WORDS_BY_LINE, WORDS_BY_SENTENCE };

struct words; /* the numbers, shared by the texts that are compared */

struct words *words_new(bool ignore_case, bool ignore_space);
void words_free(struct words *words);
/* Appends the tokens of text, of at most 4 GiB - 1; text must outlive `words`. */
void words_cut(struct words *words, struct slice text, enum words_unit unit, struct words_list *list);
size_t words_count(const struct words *words); /* different numbers so far */
void words_list_clear(struct words_list *list);

#endif
