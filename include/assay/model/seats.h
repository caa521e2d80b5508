/* Seats of roles, filled by distinct persons: a maximum bipartite matching. */
#ifndef ASSAY_MODEL_SEATS_H
#define ASSAY_MODEL_SEATS_H

#include <stddef.h>
#include <stdint.h>

enum { SEATS_ROLES_MAX = 32 };
#define SEATS_NONE ((size_t)-1)

/* may[p]: bit r set when person p may take a seat of role r. need[r]: seats of role r (0..255). seat[p] is set to the
 * role whose seat p takes, or SEATS_NONE. Returns how many seats are filled, which is the most that can be. The same
 * input gives the same seats: persons that come first are seated first and keep a seat. */
size_t seats_fill(const uint32_t *may, size_t persons, const unsigned char *need, size_t roles, size_t *seat);

#endif
