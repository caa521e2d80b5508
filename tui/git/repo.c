#include "assay/git/repo.h"

#include <strings.h>
#include <string.h>
#include <git2.h>

#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/library.h"

struct repo {
    git_repository *handle;
    struct str folder;     /* work tree or git folder */
    struct str git_folder; /* of this worktree */
    struct str common_folder;
    struct str head;
    struct str remote;
    struct table *cut; /* commits where shallow history ends; NULL: none */
    bool partial;
};

enum { SHALLOW_FILE_MAX = 64 << 20 };

/* libgit2 1.5.1 says "not found" of a repository of another owner too, when there is no global configuration to look for
 * safe.directory in. */
static bool is_there(const char *folder)
{
    git_buf found = {0};
    const bool there = git_repository_discover(&found, folder, 0, NULL) == 0;
    git_buf_dispose(&found);
    return there;
}

static int fail_to_open(const char *folder, int code, struct error *error)
{
    const char *message = library_words();
    if (code == GIT_ENOTFOUND && !is_there(folder)) {
        return error_set(error, ERROR_ENVIRONMENT, "%s is not in a git repository; go to one or name one with -C",
                         folder);
    }
    if (code == GIT_EOWNER || code == GIT_ENOTFOUND) {
        return error_set(error, ERROR_ENVIRONMENT,
                         "the repository at %s belongs to somebody else; if you trust it, run "
                         "`git config --global --add safe.directory FOLDER` with the full path of its folder",
                         folder);
    }
    if (strstr(message, "unsupported extension") || strstr(message, "object format")) {
        return error_set(error, ERROR_ENVIRONMENT, "the repository at %s uses something that is not supported: %s",
                         folder, message);
    }
    return library_fail(error, ERROR_ENVIRONMENT, "the repository at %s cannot be opened", folder);
}

static void append_folder(struct str *out, const char *path)
{
    struct slice bytes = slice_of(path);
    while (bytes.size > 1 && bytes.data[bytes.size - 1] == '/') {
        bytes.size--;
    }
    str_append(out, bytes);
}

static int read_shallow(struct repo *repo, struct error *error)
{
    struct str path = STR_INIT, bytes = STR_INIT;
    int result = 0;
    file_join(&path, repo->common_folder.data, "shallow");
    if (file_exists(path.data)) {
        result = file_read(path.data, SHALLOW_FILE_MAX, &bytes, error);
    }
    struct slice rest = str_slice(&bytes), line;
    while (result == 0 && slice_cut_line(&rest, &line)) {
        struct oid oid;
        if (oid_parse(line, &oid)) {
            repo->cut = repo->cut ? repo->cut : table_new();
            table_add(repo->cut, oid_slice(&oid), 0);
        }
    }
    str_clear(&path);
    str_clear(&bytes);
    return result;
}

int repo_open_settings(const struct repo *repo, enum settings_scope scope, struct settings **settings,
                       struct error *error)
{
    const struct settings_place place = {
        .handle = repo->handle, .common_folder = repo->common_folder.data, .git_folder = repo->git_folder.data};
    return settings_open(&place, scope, settings, error);
}

/* The remotes there are, by their addresses. git_remote_list would do the same, and lose 20 KB in pcre2 for each line of
 * configuration that is none (libgit2 1.5.1, regexp.c). */
struct remotes {
    struct slice asked;
    struct str last;
    size_t others; /* names that differ from `last` */
    bool found, found_origin;
    bool promises; /* one of them keeps what a partial clone left out */
};

static void take_remote(void *context, const char *key, const char *value)
{
    struct remotes *remotes = context;
    const struct slice name = slice_from(slice_of(key), sizeof "remote." - 1), end = SLICE(".url");
    remotes->promises =
        remotes->promises || (slice_ends_with(name, SLICE(".promisor")) && value && strcasecmp(value, "true") == 0);
    if (!slice_ends_with(name, end)) {
        return;
    }
    const struct slice remote = slice_part(name, 0, name.size - end.size);
    if (remote.size == 0 || remote.data[0] == '-') { /* it would be an option of git */
        return;
    }
    remotes->found = remotes->found || slice_equal(remote, remotes->asked);
    remotes->found_origin = remotes->found_origin || slice_is(remote, "origin");
    remotes->others += remotes->last.size > 0 && !slice_equal(remote, str_slice(&remotes->last)) ? 1 : 0;
    str_reset(&remotes->last);
    str_append(&remotes->last, remote);
}

static int choose_remote(struct repo *repo, const struct settings *settings, struct error *error)
{
    struct str asked = STR_INIT;
    struct remotes remotes = {.last = STR_INIT};
    settings_text(settings, "assay.remote", &asked);
    remotes.asked = str_slice(&asked);
    settings_each(settings, "remote.", take_remote, &remotes);
    repo->partial = repo->partial || remotes.promises; /* git clone --filter writes this alone */
    if (asked.size > 0 && remotes.found) {
        str_append(&repo->remote, remotes.asked);
    } else if (asked.size == 0 && remotes.found_origin) {
        str_append_text(&repo->remote, "origin");
    } else if (asked.size == 0 && remotes.others == 0) {
        str_append(&repo->remote, str_slice(&remotes.last));
    }
    int result = 0;
    if (asked.size > 0 && !remotes.found) {
        result = error_set(error, ERROR_INPUT,
                           "assay.remote is `%s`, which is no remote of %s; see `git remote -v`, then "
                           "`git config assay.remote NAME`",
                           asked.data, repo->folder.data);
    } else if (repo->remote.size == 0 && remotes.others > 0) { /* as without one, local branches would be the truth */
        result = error_set(error, ERROR_INPUT,
                           "%s has several remotes and none is called origin; see `git remote -v`, then "
                           "`git config assay.remote NAME`",
                           repo->folder.data);
    }
    str_clear(&asked);
    str_clear(&remotes.last);
    return result;
}

static void read_head(struct repo *repo)
{
    git_reference *head = NULL;
    if (git_reference_lookup(&head, repo->handle, "HEAD") == 0 && git_reference_symbolic_target(head)) {
        str_append_text(&repo->head, git_reference_symbolic_target(head));
    }
    git_reference_free(head);
}

static int fill_in(struct repo *repo, struct error *error)
{
    const char *work = git_repository_workdir(repo->handle);
    append_folder(&repo->git_folder, git_repository_path(repo->handle));
    append_folder(&repo->common_folder, git_repository_commondir(repo->handle));
    append_folder(&repo->folder, work ? work : git_repository_path(repo->handle));
    read_head(repo);
    struct settings *settings = NULL;
    int result = repo_open_settings(repo, SETTINGS_ALL, &settings, error);
    if (result == 0) {
        struct str value = STR_INIT;
        repo->partial = settings_text(settings, "extensions.partialclone", &value);
        str_clear(&value);
        result = choose_remote(repo, settings, error);
    }
    settings_close(settings);
    return result == 0 ? read_shallow(repo, error) : result;
}

int repo_open(const char *folder, struct repo **repo, struct error *error)
{
    *repo = NULL;
    library_start();
    const char *start = folder ? folder : ".";
    git_repository *handle = NULL;
    const int code = git_repository_open_ext(&handle, start, 0, NULL);
    if (code < 0) {
        return fail_to_open(start, code, error);
    }
    struct repo *opened = memory_new(sizeof *opened);
    opened->handle = handle;
    str_init(&opened->folder);
    str_init(&opened->git_folder);
    str_init(&opened->common_folder);
    str_init(&opened->head);
    str_init(&opened->remote);
    if (fill_in(opened, error) != 0) {
        repo_close(opened);
        return -1;
    }
    *repo = opened;
    return 0;
}

void repo_close(struct repo *repo)
{
    if (!repo) {
        return;
    }
    table_free(repo->cut);
    str_clear(&repo->folder);
    str_clear(&repo->git_folder);
    str_clear(&repo->common_folder);
    str_clear(&repo->head);
    str_clear(&repo->remote);
    git_repository_free(repo->handle);
    memory_free(repo);
}

const char *repo_folder(const struct repo *repo)
{
    return repo->folder.data;
}

const char *repo_git_folder(const struct repo *repo)
{
    return repo->git_folder.data;
}

const char *repo_common_folder(const struct repo *repo)
{
    return repo->common_folder.data;
}

bool repo_is_bare(const struct repo *repo)
{
    return git_repository_is_bare(repo->handle) == 1;
}

bool repo_is_shallow(const struct repo *repo)
{
    return repo->cut != NULL;
}

bool repo_is_partial(const struct repo *repo)
{
    return repo->partial;
}

bool repo_is_cut(const struct repo *repo, const struct oid *commit)
{
    return repo->cut && table_has(repo->cut, oid_slice(commit));
}

bool repo_has_commits(const struct repo *repo)
{
    git_reference_iterator *iterator = NULL;
    const char *name = NULL;
    const bool any =
        git_reference_iterator_new(&iterator, repo->handle) == 0 && git_reference_next_name(&name, iterator) == 0;
    git_reference_iterator_free(iterator);
    return any;
}

struct slice repo_head(const struct repo *repo)
{
    return str_slice(&repo->head);
}

const char *repo_remote(const struct repo *repo)
{
    return repo->remote.size > 0 ? repo->remote.data : NULL;
}

struct git_repository *repo_handle(const struct repo *repo)
{
    return repo->handle;
}
