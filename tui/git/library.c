#include "assay/git/library.h"

#include <stdio.h>
#include <git2.h>

#include "assay/base/array.h"
#include "assay/base/once.h"
#include "assay/git/ceiling.h"

/* Windows of packs and cached objects are counted against the budget of 160 MB resident on a large repository; commits
 * and blobs are read once, so only trees are worth keeping. */
enum { MAPPED_WINDOW = 8 << 20, MAPPED_LIMIT = 64 << 20, CACHED_LIMIT = 6 << 20, CACHED_TREE_MAX = 32 << 10 };
static void tune_library(void)
{
    static const char *extensions[] = {"partialclone", "worktreeconfig", "preciousobjects", "noop"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, ARRAY_COUNT(extensions));
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)MAPPED_WINDOW);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_LIMIT);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHED_LIMIT);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT, (size_t)0);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_BLOB, (size_t)0);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)CACHED_TREE_MAX);
    /* objects_read_blob checks blobs itself; hashing each tree and commit again would double the time of a walk. */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

static void start(void)
{
    git_libgit2_init();
    ceiling_install();
    tune_library();
}

/* The library's options are global: set before the first repository of any thread is open. */
void library_start(void)
{
    static struct once once;
    once_run(&once, start);
}

const char *library_words(void)
{
    const git_error *last = git_error_last();
    return last && last->message ? last->message : "unknown reason";
}

int library_fail(struct error *error, enum error_kind kind, const char *format, ...)
{
    char what[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return error_set(error, kind, "%s: %s", what, library_words());
}
