/* Markdown (CommonMark with GitHub's tables, strikethrough and task lists) as text to read, with styles.
 *
 * The text is plain: headings, paragraphs with a free line between, bullets "• " and "1. " that text/wrap hangs,
 * quotes behind "▌ ", lines broken where the source breaks them, tables aligned in columns, code indented by four,
 * rules drawn. Raw HTML is shown as it stands.
 * Entities are decoded and sanitised. The source has passed text/sanitise (SANITISE_TEXT), and then the output is as
 * clean. A source that would blow up (limits below) is given back as it is, without styles, and `plain` is set. */
#ifndef ASSAY_TEXT_MARKDOWN_H
#define ASSAY_TEXT_MARKDOWN_H

#include "assay/base/str.h"

enum markdown_style {
    MARKDOWN_HEADING = 1 << 0,
    MARKDOWN_STRONG = 1 << 1,
    MARKDOWN_EMPHASIS = 1 << 2,
    MARKDOWN_CODE = 1 << 3,   /* inline or block */
    MARKDOWN_LINK = 1 << 4,   /* the words; the address follows in MARKDOWN_FAINT when it says something else */
    MARKDOWN_MARKER = 1 << 5, /* bullets, numbers, check boxes, the bar of a quote, rules, lines of a table */
    MARKDOWN_QUOTE = 1 << 6,
    MARKDOWN_STRUCK = 1 << 7,
    MARKDOWN_HTML = 1 << 8,
    MARKDOWN_FAINT = 1 << 9,
};

enum { MARKDOWN_SOURCE_MAX = 1 << 20, MARKDOWN_GROWTH = 8 }; /* bytes; output at most growth × source + 64 KiB */

struct markdown_span {
    size_t offset, size; /* bytes of text; in order, no overlap; what has no style has no span */
    unsigned styles;     /* a set of markdown_style */
};

struct markdown {
    struct str text;
    struct markdown_span *spans;
    size_t count, capacity;
    bool plain;
};

void markdown_init(struct markdown *markdown);
void markdown_clear(struct markdown *markdown);
void markdown_render(struct markdown *markdown, struct slice source); /* replaces the content */

#endif
