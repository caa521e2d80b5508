/* UTF-8 as a terminal sees it: extended grapheme clusters (UAX #29) and the columns they take.
 *
 * Every function takes any bytes. An invalid sequence counts as one U+FFFD for each maximal subpart (Unicode 15, 3.9,
 * "U+FFFD Substitution of Maximal Subparts"), one column wide. Controls take no column: what goes to a terminal has
 * passed text/sanitise first. Offsets and sizes are bytes. */
#ifndef ASSAY_TEXT_UTF8_H
#define ASSAY_TEXT_UTF8_H

#include "assay/base/str.h"

enum { UTF8_REPLACEMENT = 0xFFFD };

/* The code point at the front of s; returns the bytes it takes, at least 1, or 0 when s is empty. An invalid sequence
 * gives UTF8_REPLACEMENT; *valid (may be NULL) tells it from a real U+FFFD. */
size_t utf8_decode(struct slice s, uint32_t *codepoint, bool *valid);
size_t utf8_encode(uint32_t codepoint, char out[4]); /* bytes written, 1..4; no scalar value gives U+FFFD */
void utf8_append(struct str *out, uint32_t codepoint);

bool utf8_valid(struct slice s);
/* Appends s with U+FFFD for what is invalid; returns how many were put in. */
size_t utf8_append_valid(struct str *out, struct slice s);

/* Bytes of the cluster that begins at `offset`, 0 at the end of s. *columns (may be NULL): 0 for a lone control, else
 * 0, 1 or 2. A cluster is as wide as its base and its spacing marks; emoji sequences, flags, and symbols with VS16 take 2,
 * nonspacing marks nothing. Where UAX #29 would join more than two columns (rows of leading jamo, many spacing
 * marks) the cluster ends earlier, because a terminal draws them all. */
size_t utf8_cluster(struct slice s, size_t offset, int *columns);
/* Where the cluster before `offset` begins; 0 at the start. For a cursor in one line: looks back to a line end, or 128 bytes. */
size_t utf8_cluster_before(struct slice s, size_t offset);

size_t utf8_columns(struct slice s);
/* The longest front of s, in whole clusters, that takes at most `columns`; *used (may be NULL) is what it takes. */
struct slice utf8_cut(struct slice s, size_t columns, size_t *used);

/* Appends s under full case folding (CaseFolding.txt C+F): equal results are equal without regard to case. */
void utf8_append_folded(struct str *out, struct slice s);
bool utf8_has_upper(struct slice s);

/* Kinds of code points, as far as the rooms of text/ need them. */
enum utf8_kind {
    UTF8_OTHER,       /* controls, unassigned, private */
    UTF8_WORD,        /* letters, digits, marks, connector punctuation */
    UTF8_IDEOGRAPH,   /* a word by itself: Han, kana, bopomofo, Yi */
    UTF8_PUNCTUATION, /* punctuation and symbols */
    UTF8_SPACE,       /* white space but for line ends */
    UTF8_LINE_END,    /* LF, CR, VT, FF, NEL, U+2028, U+2029 */
};
enum utf8_kind utf8_kind(uint32_t codepoint);

#endif
