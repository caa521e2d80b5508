#include "assay/git/target.h"

#include <string.h>

#include "assay/git/refs.h"

void target_init(struct target *target)
{
    str_init(&target->name);
    str_init(&target->ref);
    target->commit = (struct oid){{0}};
}

void target_clear(struct target *target)
{
    str_clear(&target->name);
    str_clear(&target->ref);
}

/* Takes PREFIX/NAME as the target if it exists. */
static bool take(const struct repo *repo, struct target *target, const char *prefix, const char *middle,
                 struct slice name)
{
    str_reset(&target->ref);
    str_reset(&target->name);
    str_appendf(&target->ref, "%s%s%s", prefix, middle, *middle ? "/" : "");
    str_append(&target->ref, name);
    str_append(&target->name, name);
    return refs_find(repo, target->ref.data, &target->commit);
}

/* "refs/heads/x", "refs/remotes/origin/x" or any other full name. */
static bool take_full(const struct repo *repo, struct target *target, const char *remote, struct slice ref)
{
    struct str tracking = STR_INIT;
    str_appendf(&tracking, "refs/remotes/%s/", remote ? remote : "");
    const struct slice prefixes[] = {str_slice(&tracking), SLICE("refs/heads/"), SLICE("refs/")};
    bool found = false;
    for (size_t i = remote ? 0 : 1; i < sizeof prefixes / sizeof *prefixes && !found; i++) {
        if (slice_starts_with(ref, prefixes[i])) {
            found = take(repo, target, prefixes[i].data, "", slice_from(ref, prefixes[i].size));
        }
    }
    str_clear(&tracking);
    return found;
}

static bool take_asked(const struct repo *repo, struct target *target, const char *remote, struct slice asked)
{
    if (slice_starts_with(asked, SLICE("refs/"))) {
        return take_full(repo, target, remote, asked);
    }
    if (remote && take(repo, target, "refs/remotes/", remote, asked)) {
        return true;
    }
    const size_t size = remote ? strlen(remote) : 0;
    if (remote && slice_starts_with(asked, slice_of(remote)) && asked.size > size && asked.data[size] == '/' &&
        take(repo, target, "refs/remotes/", remote, slice_from(asked, size + 1))) {
        return true;
    }
    return take(repo, target, "refs/heads/", "", asked);
}

static bool take_default(const struct repo *repo, struct target *target, const char *remote)
{
    bool found = false;
    if (remote) {
        struct str head = STR_INIT, points_at = STR_INIT;
        str_appendf(&head, "refs/remotes/%s/HEAD", remote);
        found = refs_symbolic(repo, head.data, &points_at) && take_full(repo, target, remote, str_slice(&points_at));
        str_clear(&head);
        str_clear(&points_at);
        found = found || take(repo, target, "refs/remotes/", remote, SLICE("main")) ||
                take(repo, target, "refs/remotes/", remote, SLICE("master"));
    }
    /* A bare repository's HEAD is its default branch; elsewhere it is whatever somebody works on. */
    const struct slice head = repo_head(repo);
    return found || (repo_is_bare(repo) && take_full(repo, target, NULL, head)) ||
           take(repo, target, "refs/heads/", "", SLICE("main")) ||
           take(repo, target, "refs/heads/", "", SLICE("master")) || take_full(repo, target, NULL, head);
}

int target_find(const struct repo *repo, struct target *target, struct error *error)
{
    struct str asked = STR_INIT;
    struct settings *settings = NULL;
    int result = repo_open_settings(repo, SETTINGS_ALL, &settings, error);
    if (result == 0 && settings_text(settings, "assay.target", &asked) && asked.size > 0) {
        if (!take_asked(repo, target, repo_remote(repo), str_slice(&asked))) {
            result = error_set(error, ERROR_INPUT,
                               "assay.target is `%s`, which is no branch of %s; fetch it, or run "
                               "`git config assay.target NAME`",
                               asked.data, repo_folder(repo));
        }
    } else if (result == 0 && !take_default(repo, target, repo_remote(repo))) {
        result =
            repo_has_commits(repo)
                ? error_set(error, ERROR_INPUT, "no target branch was found in %s; run `git config assay.target NAME`",
                            repo_folder(repo))
                : error_set(error, ERROR_INPUT, "%s has no commits yet; commit the content, or run `git fetch` first",
                            repo_folder(repo));
    }
    settings_close(settings);
    str_clear(&asked);
    return result;
}
