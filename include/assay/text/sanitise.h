/* The only way from untrusted bytes to what a terminal or a log may see.
 *
 * The output is valid UTF-8 without anything that a terminal obeys or an eye misses. What is not shown as itself:
 *   C0, DEL                              control pictures, ESC becomes ␛        in ASCII: ^[ ^?
 *   C1, bidi marks, embeddings, overrides, isolates, line and paragraph
 *   separators, default-ignorable code points (zero width space, soft hyphen,
 *   fillers, tags, …), noncharacters     ⟨U+202E⟩                               in ASCII: <U+202E>
 *   invalid UTF-8, a raw byte 9B too     �, one for each maximal subpart        in ASCII: ?
 * Kept: ZWJ inside emoji sequences, one variation selector after a base that takes it, the three flags spelt with
 * tags, ZWJ and ZWNJ between letters of scripts that join. A combining mark without a base is put on U+25CC; more than
 * eight marks on one base are shown by number. */
#ifndef ASSAY_TEXT_SANITISE_H
#define ASSAY_TEXT_SANITISE_H

#include "assay/base/arena.h"
#include "assay/base/str.h"

enum sanitise_how {
    SANITISE_LINE = 0,  /* one line: LF and CRLF become ␊, a tab one space */
    SANITISE_TEXT = 1,  /* LF and tab are kept, CRLF becomes LF */
    SANITISE_ASCII = 2, /* flag for `assay.ascii`: quotes, dashes, accents by their nearest ASCII, else <U+4E2D> */
};

/* Appends the safe form of bytes; returns how many things were hidden or obeyed and are marks now. Line ends and tabs
 * of SANITISE_LINE and what SANITISE_ASCII merely spells differently are not counted. `how` is a set of sanitise_how. */
size_t sanitise_append(struct str *out, struct slice bytes, unsigned how);
/* The same into an arena, ended by a NUL beyond size; *marks may be NULL. */
struct slice sanitise_copy(struct arena *arena, struct slice bytes, unsigned how, size_t *marks);
/* Whether sanitise_append would leave the bytes as they are. */
bool sanitise_is_clean(struct slice bytes, unsigned how);

#endif
