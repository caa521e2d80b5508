#include "assay/model/seats.h"

#include <stdbool.h>

struct matching {
    const uint32_t *may;
    const unsigned char *need;
    size_t persons, roles;
    size_t *seat;
    uint32_t visited; /* roles that this search has looked at */
};

static bool seats_has_free(const struct matching *m, size_t role)
{
    size_t taken = 0;
    for (size_t p = 0; p < m->persons; p++)
        taken += m->seat[p] == role;
    return taken < m->need[role];
}

/* Kuhn's augmenting path: a seat for this person, moving others to another seat of theirs where that frees one. Nobody
 * who sits is left standing. Depth is bounded by the number of roles, since each is visited once. */
static bool seats_place(struct matching *m, size_t person)
{
    for (size_t role = 0; role < m->roles; role++) {
        uint32_t bit = UINT32_C(1) << role;
        if (!(m->may[person] & bit) || (m->visited & bit) || m->need[role] == 0)
            continue;
        m->visited |= bit;
        bool placed = seats_has_free(m, role);
        for (size_t p = 0; p < m->persons && !placed; p++)
            placed = m->seat[p] == role && seats_place(m, p);
        if (placed) {
            m->seat[person] = role;
            return true;
        }
    }
    return false;
}

size_t seats_fill(const uint32_t *may, size_t persons, const unsigned char *need, size_t roles, size_t *seat)
{
    struct matching m = {.may = may, .need = need, .persons = persons, .roles = roles, .seat = seat};
    size_t filled = 0;

    for (size_t p = 0; p < persons; p++)
        seat[p] = SEATS_NONE;
    for (size_t p = 0; p < persons; p++) {
        m.visited = 0;
        filled += seats_place(&m, p);
    }
    return filled;
}
