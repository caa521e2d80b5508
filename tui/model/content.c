#include "assay/model/content.h"

#include <stdlib.h>

static int by_path(const void *a, const void *b)
{
    const struct content_file *x = a, *y = b;
    return slice_compare(x->path, y->path);
}

static bool needs_escape(struct slice path)
{
    return slice_find_byte(path, '\\') != SLICE_NOT_FOUND || slice_find_byte(path, '\n') != SLICE_NOT_FOUND ||
           slice_find_byte(path, '\r') != SLICE_NOT_FOUND;
}

static void append_path(struct slice path, struct str *out)
{
    for (size_t i = 0; i < path.size; i++) {
        char c = path.data[i];
        if (c == '\\')
            str_append_text(out, "\\\\");
        else if (c == '\n')
            str_append_text(out, "\\n");
        else if (c == '\r')
            str_append_text(out, "\\r");
        else
            str_push(out, c);
    }
}

void content_listing(struct content_file *files, size_t count, struct str *out)
{
    if (count > 0)
        qsort(files, count, sizeof *files, by_path);
    for (size_t i = 0; i < count; i++) {
        char hex[64 + 1];
        if (i > 0 && slice_equal(files[i].path, files[i - 1].path))
            continue;
        digest_format_hex(&files[i].digest, hex);
        if (needs_escape(files[i].path))
            str_push(out, '\\');
        str_append_text(out, hex);
        str_append_text(out, "  ");
        append_path(files[i].path, out);
        str_push(out, '\n');
    }
}

void content_digest(struct content_file *files, size_t count, struct digest *digest)
{
    struct str listing = STR_INIT;
    content_listing(files, count, &listing);
    digest_of(str_slice(&listing), digest);
    str_clear(&listing);
}
