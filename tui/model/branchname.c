#include "assay/model/branchname.h"

#include <string.h>

/* Rules 1, 6, 7 of git-check-ref-format(1) for one part between slashes. */
static bool part_is_valid(struct slice part)
{
    return part.size && part.data[0] != '.' && !slice_ends_with(part, SLICE(".lock"));
}

bool branchname_is_valid(struct slice name)
{
    struct slice rest = name, part;
    if (!name.size || name.data[0] == '-' || slice_ends_with(name, SLICE(".")) || slice_is(name, "@") ||
        slice_is(name, "HEAD"))
        return false;
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] <= 0x20 || memchr("\x7f~^:?*[\\", name.data[i], 8))
            return false;
    if (slice_find(name, SLICE("..")) != SLICE_NOT_FOUND || slice_find(name, SLICE("@{")) != SLICE_NOT_FOUND)
        return false;
    while (slice_cut(&rest, '/', &part))
        if (!part_is_valid(part))
            return false;
    return true;
}
