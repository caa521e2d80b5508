#include "assay/git/line.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/ancestry.h"
#include "assay/git/commits.h"

void line_init(struct line *line, const struct repo *repo, const struct oid *tip)
{
    *line = (struct line){.repo = repo, .next = *tip};
}

void line_clear(struct line *line)
{
    ancestry_free(line->history);
    memory_free(line->steps);
    *line = (struct line){.repo = NULL};
}

static int read_step(struct line *line, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct commit commit;
    const int result = commits_read(line->repo, &line->next, &arena, &commit, error);
    if (result == 0) {
        *ARRAY_PUSH(line->steps, line->count, line->capacity) = (struct line_step){line->next, commit.tree};
        line->next = commit.parent_count > 0 ? commit.parents[0] : (struct oid){{0}};
    }
    arena_clear(&arena);
    return result;
}

int line_at(struct line *line, size_t at, const struct line_step **step, struct error *error)
{
    while (line->count <= at && !oid_is_none(&line->next)) {
        if (read_step(line, error) != 0) {
            return error_prefix(error, "the target's history");
        }
    }
    *step = at < line->count ? &line->steps[at] : NULL;
    return 0;
}

static int is_within(struct line *line, const struct oid *commit, size_t at, bool *within, struct error *error)
{
    if (!line->history) {
        line->history = ancestry_new(line->repo);
    }
    if (ancestry_set_target(line->history, &line->steps[at].commit, NULL, NULL, error) != 0) {
        return -1;
    }
    *within = ancestry_has(line->history, commit);
    return 0;
}

/* Those that have the commit come first, so the last of them is found by halves. `end`: the first that is known not to
 * have it. */
static int find_oldest(struct line *line, const struct oid *commit, size_t end, size_t *count, struct error *error)
{
    size_t low = 0, high = end; /* every step before `low` has it, none from `high` on */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        bool within;
        if (is_within(line, commit, middle, &within, error) != 0) {
            return -1;
        }
        low = within ? middle + 1 : low;
        high = within ? high : middle;
    }
    *count = low > 0 ? low - 1 : LINE_ALL;
    return 0;
}

int line_since(struct line *line, const struct oid *commit, size_t *count, struct error *error)
{
    size_t ask = 64; /* so many steps are cheaper than one look at the history; then twice as many each time */
    for (size_t at = 0;; at++) {
        const struct line_step *step = NULL;
        bool within = true;
        if (line_at(line, at, &step, error) != 0) {
            return -1;
        }
        if (step && oid_equal(&step->commit, commit)) {
            *count = at;
            return 0;
        }
        if (step && at == ask) {
            ask *= 2;
            if (is_within(line, commit, at, &within, error) != 0) {
                return -1;
            }
        }
        if (!step || !within) {
            return find_oldest(line, commit, at, count, error);
        }
    }
}
