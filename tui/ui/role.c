#include "assay/ui/role.h"

static const struct {
    const char *name, *meaning;
    enum role parent;
    char letter;
} table[ROLE_COUNT] = {
#define ROLE_ROW(identifier, role_text, role_sign, role_above, role_meaning)                                           \
    [ROLE_##identifier] = {                                                                                            \
        .name = (role_text), .meaning = (role_meaning), .parent = ROLE_##role_above, .letter = (role_sign)},
    ROLES(ROLE_ROW)
#undef ROLE_ROW
};

const char *role_name(enum role role)
{
    return table[role].name;
}

char role_letter(enum role role)
{
    return table[role].letter;
}

enum role role_parent(enum role role)
{
    return table[role].parent;
}

const char *role_meaning(enum role role)
{
    return table[role].meaning;
}

bool role_find(struct slice name, enum role *role)
{
    for (int at = 0; at < ROLE_COUNT; at++) {
        if (slice_is(name, table[at].name)) {
            *role = (enum role)at;
            return true;
        }
    }
    return false;
}
