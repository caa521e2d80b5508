#include "assay/ui/markup.h"

static const struct {
    unsigned style, pen;
} table[] = {
    {MARKDOWN_QUOTE, ROLE_QUOTE},     {MARKDOWN_FAINT, ROLE_DIM},  {MARKDOWN_HTML, ROLE_DIM},
    {MARKDOWN_MARKER, ROLE_QUOTE},    {MARKDOWN_LINK, ROLE_LINK},  {MARKDOWN_CODE, ROLE_CODE},
    {MARKDOWN_HEADING, ROLE_HEADING}, {MARKDOWN_STRONG, PEN_BOLD}, {MARKDOWN_EMPHASIS, PEN_ITALIC},
    {MARKDOWN_STRUCK, PEN_STRIKE},
};

unsigned markup_pen(unsigned styles)
{
    unsigned pen = ROLE_TEXT;
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        if ((styles & table[at].style) == 0)
            continue;
        bool role = (table[at].pen & 0xff) != ROLE_TEXT;
        pen = (role ? pen & PEN_ATTRIBUTES : pen) | table[at].pen;
    }
    return pen;
}

const struct span *markup_spans(struct arena *arena, const struct markdown *markdown)
{
    struct span *spans = arena_alloc_array(arena, markdown->count, sizeof *spans);
    for (size_t at = 0; at < markdown->count; at++) {
        spans[at] = (struct span){.offset = markdown->spans[at].offset,
                                  .size = markdown->spans[at].size,
                                  .pen = markup_pen(markdown->spans[at].styles)};
    }
    return spans;
}
