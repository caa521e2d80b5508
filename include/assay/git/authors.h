/* Who made a change (FORMATS.md, 3): author, committer and co-authors of its own commits in which a file of the given
 * paths differs from every parent. Addresses are claims, taken as they are, never through mailmap. */
#ifndef ASSAY_GIT_AUTHORS_H
#define ASSAY_GIT_AUTHORS_H

#include "assay/base/arena.h"
#include "assay/git/repo.h"

struct author {
    struct slice name, email;
    struct oid commit; /* the newest one that names the address */
};

struct authors {
    struct arena arena;
    struct author *authors; /* each address once, letter case of ASCII aside; in order of commits, newest first */
    size_t count, capacity;
    bool has_merge; /* one of the commits that were asked about has several parents */
};

void authors_init(struct authors *authors);
void authors_clear(struct authors *authors);

/* own: the commits in target..candidate (ancestry_trace). paths: files and folders from the root of the repository, ""
 * for everything; excluded: the same, left out (tests/outputs of a module). */
int authors_collect(const struct repo *repo, const struct oid *own, size_t own_count, const struct slice *paths,
                    size_t path_count, const struct slice *excluded, size_t excluded_count, struct authors *authors,
                    struct error *error);

/* A merge can bring back what the target had once: it equals a parent, so nobody of authors_collect wrote it. Where a file
 * has at own[0], the tip, what none of the commits wrote, everybody who made one of them is an author. After
 * authors_collect with the same commits; files: what the change changes, removed ones too. */
int authors_add_importers(const struct repo *repo, const struct oid *own, size_t own_count, const struct slice *files,
                          size_t file_count, struct authors *authors, struct error *error);

#endif
