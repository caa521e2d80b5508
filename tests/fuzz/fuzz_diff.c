/* Options, then two texts with a byte FF between them: hunks tile both, equal ones are equal, alignment keeps rows. */
#include <stdlib.h>
#include <string.h>

#include "assay/base/str.h"
#include "assay/text/align.h"
#include "assay/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void put_without_spaces(struct str *out, struct slice s)
{
    for (size_t i = 0, taken; i < s.size; i += taken) {
        uint32_t c;
        taken = utf8_decode(slice_from(s, i), &c, NULL);
        enum utf8_kind kind = utf8_kind(c);
        if (kind != UTF8_SPACE && kind != UTF8_LINE_END)
            str_append(out, slice_part(s, i, taken));
    }
}

static bool equal_but_for_spaces(struct slice a, struct slice b)
{
    struct str left = STR_INIT, right = STR_INIT;
    put_without_spaces(&left, a);
    put_without_spaces(&right, b);
    bool equal = slice_equal(str_slice(&left), str_slice(&right));
    str_clear(&left);
    str_clear(&right);
    return equal;
}

static void check_hunks(const struct diff *diff, struct slice a, struct slice b, const struct diff_options *options)
{
    size_t at_a = 0, at_b = 0, changes = 0;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_hunk *h = &diff->hunks[i];
        bool equal = h->kind == DIFF_EQUAL;
        require(h->a.offset == at_a && h->b.offset == at_b);
        require(i == 0 || equal != (diff->hunks[i - 1].kind == DIFF_EQUAL));
        require(h->kind != DIFF_ADDED || (h->a.size == 0 && h->b.size > 0));
        require(h->kind != DIFF_REMOVED || (h->b.size == 0 && h->a.size > 0));
        if (equal && !options->ignore_case)
            require(equal_but_for_spaces(slice_part(a, at_a, h->a.size), slice_part(b, at_b, h->b.size)));
        changes += !equal;
        at_a += h->a.size;
        at_b += h->b.size;
    }
    require(at_a == a.size && at_b == b.size && changes == diff->changes);
}

static void check_alignment(const struct diff *diff, struct slice a, struct slice b, unsigned columns)
{
    struct wrap left, right;
    struct align align;
    uint32_t next_left = 0, next_right = 0;
    wrap_init(&left);
    wrap_init(&right);
    align_init(&align);
    wrap_text(&left, a, columns);
    wrap_text(&right, b, columns);
    align_layouts(&align, diff, &left, &right);
    for (size_t i = 0; i < align.count; i++) {
        const struct align_row *row = &align.rows[i];
        require(row->left == ALIGN_FILLER || row->left == next_left++);
        require(row->right == ALIGN_FILLER || row->right == next_right++);
        require(row->left != ALIGN_FILLER || row->right != ALIGN_FILLER);
    }
    require(next_left == left.count && next_right == right.count);
    align_clear(&align);
    wrap_clear(&left);
    wrap_clear(&right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diff diff;
    if (size < 2)
        return 0;
    struct diff_options options = {
        .unit = (enum diff_unit)(data[0] % 3), .ignore_case = data[0] & 64, .ignore_space = data[0] & 128};
    struct slice rest = slice_make((const char *)data + 2, size - 2), a = rest;
    size_t cut = slice_find_byte(rest, '\xFF');
    if (cut != SLICE_NOT_FOUND) {
        a = slice_part(rest, 0, cut);
        rest = slice_from(rest, cut + 1);
    }
    diff_init(&diff);
    diff_text(&diff, a, rest, &options);
    check_hunks(&diff, a, rest, &options);
    check_alignment(&diff, a, rest, data[1] % 40);
    diff_clear(&diff);
    return 0;
}
