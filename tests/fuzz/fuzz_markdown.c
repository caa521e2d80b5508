/* Sanitised Markdown: the text stays clean and bounded, spans lie in it in order. */
#include <stdlib.h>

#include "assay/text/markdown.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Joining pieces may part what belonged together (a combining mark from its base), so not sanitise_is_clean here. */
static void check_text(struct slice s)
{
    require(utf8_valid(s));
    for (size_t i = 0; i < s.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(s, i), &c, NULL);
        require(c == '\n' || c == '\t' || (c >= 0x20 && !(c >= 0x7F && c <= 0x9F)));
        require(!(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2060 && c <= 0x206F) && c != 0x200B);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str source = STR_INIT;
    struct markdown m;
    size_t end = 0;
    sanitise_append(&source, slice_make((const char *)data, size), SANITISE_TEXT);
    markdown_init(&m);
    markdown_render(&m, str_slice(&source));
    check_text(str_slice(&m.text));
    require(m.text.size <= source.size * MARKDOWN_GROWTH + 128 * 1024 + source.size);
    for (size_t i = 0; i < m.count; i++) {
        require(m.spans[i].offset >= end && m.spans[i].size > 0 && m.spans[i].styles != 0);
        end = m.spans[i].offset + m.spans[i].size;
    }
    require(end <= m.text.size);
    markdown_clear(&m);
    str_clear(&source);
    return 0;
}
