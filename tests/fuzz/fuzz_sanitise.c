/* Any bytes, any mode: clean output, and clean stays clean. */
#include <stdlib.h>
#include <string.h>

#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(struct slice s, unsigned how)
{
    require(utf8_valid(s));
    for (size_t i = 0; i < s.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(s, i), &c, NULL);
        bool layout = (how & SANITISE_TEXT) && (c == '\n' || c == '\t');
        require(layout || (c >= 0x20 && !(c >= 0x7F && c <= 0x9F)));
        require(!(how & SANITISE_ASCII) || c < 0x7F);
        require(!(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2060 && c <= 0x206F) && c != 0x200B && c != 0x200E &&
                c != 0x200F && c != 0x061C && c != 0xFEFF);
    }
    require(sanitise_is_clean(s, how));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_make((const char *)data, size);
    for (unsigned how = 0; how < 4; how++) {
        struct str out = STR_INIT;
        size_t marks = sanitise_append(&out, bytes, how);
        check(str_slice(&out), how);
        require(marks <= size);
        if (how == SANITISE_TEXT && marks == 0 && !memchr(data ? (const char *)data : "", '\r', size))
            require(slice_equal(str_slice(&out), bytes));
        str_clear(&out);
    }
    return 0;
}
