#include "assay/git/write.h"

#include "assay/base/env.h"
#include "assay/git/commits.h"
#include "assay/git/objects.h"
#include "assay/git/program.h"
#include "assay/git/tree_edit.h"

struct identity {
    struct str name, email;
};

/* Without what git does not allow in a name (ident.c): angle brackets, line ends, NUL. */
static void append_clean(struct str *out, struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        const char byte = text.data[i];
        if ((unsigned char)byte >= 0x20 && byte != '<' && byte != '>') {
            str_push(out, byte);
        }
    }
}

static void choose(const struct settings *settings, const char *key, struct slice otherwise, const char *last,
                   struct str *out)
{
    struct str value = STR_INIT;
    settings_text(settings, key, &value);
    append_clean(out, str_slice(&value));
    if (out->size == 0) {
        append_clean(out, otherwise);
    }
    if (out->size == 0) {
        str_append_text(out, last);
    }
    str_clear(&value);
}

static int write_tree(const struct repo *repo, const struct write_request *request, struct oid *tree,
                      struct error *error)
{
    *tree = (struct oid){{0}};
    if (!oid_is_none(&request->parent) && commits_tree(repo, &request->parent, tree, error) != 0) {
        return -1;
    }
    for (size_t i = 0; i < request->file_count; i++) {
        const struct write_file *file = &request->files[i];
        struct oid blob = file->blob, next;
        if (file->bytes.data && objects_write(repo, OBJECT_BLOB, file->bytes, &blob, error) != 0) {
            return -1;
        }
        if (tree_edit_add(repo, tree, file->path, &blob, request->way, &next, error) != 0) {
            return -1;
        }
        *tree = next;
    }
    return 0;
}

static int write_plain(const struct repo *repo, const struct write_request *request, const struct oid *tree,
                       const struct identity *identity, struct oid *commit, struct error *error)
{
    struct str bytes = STR_INIT;
    char hex[OID_HEX_SIZE + 1];
    const long long now = (long long)env_now();
    oid_format(tree, hex);
    str_appendf(&bytes, "tree %s\n", hex);
    if (!oid_is_none(&request->parent)) {
        oid_format(&request->parent, hex);
        str_appendf(&bytes, "parent %s\n", hex);
    }
    str_appendf(&bytes, "author %s <%s> %lld +0000\n", identity->name.data, identity->email.data, now);
    str_appendf(&bytes, "committer %s <%s> %lld +0000\n\n", identity->name.data, identity->email.data, now);
    str_appendf(&bytes, "%s\n", request->message);
    const int result = objects_write(repo, OBJECT_COMMIT, str_slice(&bytes), commit, error);
    str_clear(&bytes);
    return result;
}

static int take_oid(const struct process_result *ran, struct oid *commit, struct error *error)
{
    if (ran->exit_code == 0 && oid_parse(slice_trim(str_slice(&ran->output)), commit)) {
        return 0;
    }
    return error_set(error, ERROR_ENVIRONMENT,
                     "git could not sign the commit, as commit.gpgSign asks for; mend the key or run "
                     "`git config commit.gpgSign false`: %.*s",
                     SLICE_ARG(slice_trim(str_slice(&ran->errors))));
}

/* Signing is git's own business: gpg, ssh or x509, agents, passphrases. */
static int write_signed(const struct repo *repo, const struct write_request *request, const struct oid *tree,
                        const struct identity *identity, struct oid *commit, struct error *error)
{
    static const char *const labels[] = {
        "GIT_AUTHOR_NAME=", "GIT_AUTHOR_EMAIL=", "GIT_COMMITTER_NAME=", "GIT_COMMITTER_EMAIL="};
    char tree_hex[OID_HEX_SIZE + 1], parent_hex[OID_HEX_SIZE + 1];
    struct str variables[4];
    const char *environment[5] = {NULL};
    oid_format(tree, tree_hex);
    oid_format(&request->parent, parent_hex);
    for (size_t i = 0; i < 4; i++) {
        str_init(&variables[i]);
        str_append_text(&variables[i], labels[i]);
        str_append(&variables[i], str_slice(i % 2 == 0 ? &identity->name : &identity->email));
        environment[i] = variables[i].data;
    }
    const bool orphan = oid_is_none(&request->parent);
    const char *const arguments[] = {"commit-tree", "-S", tree_hex, "-F", "-", orphan ? NULL : "-p", parent_hex, NULL};
    const struct program program = {
        .mode = request->mode, .input = slice_of(request->message), .environment = environment};
    struct process_result ran;
    process_result_init(&ran);
    int result = program_git(repo, &program, arguments, &ran, error);
    if (result == 0) {
        result = take_oid(&ran, commit, error);
    }
    process_result_clear(&ran);
    for (size_t i = 0; i < 4; i++) {
        str_clear(&variables[i]);
    }
    return result;
}

static bool is_parents_tree(const struct repo *repo, const struct write_request *request, const struct oid *tree)
{
    struct oid old;
    struct error ignored = ERROR_INIT;
    return !oid_is_none(&request->parent) && commits_tree(repo, &request->parent, &old, &ignored) == 0 &&
           oid_equal(&old, tree);
}

int write_commit(struct repo *repo, const struct write_request *request, struct oid *commit, struct error *error)
{
    struct oid tree;
    struct settings *settings = NULL;
    if (write_tree(repo, request, &tree, error) != 0) {
        return -1;
    }
    if (is_parents_tree(repo, request, &tree)) {
        *commit = request->parent;
        return 0;
    }
    if (repo_open_settings(repo, SETTINGS_ALL, &settings, error) != 0) {
        return -1;
    }
    struct identity identity = {.name = STR_INIT, .email = STR_INIT};
    choose(settings, "user.name", request->author, "assay", &identity.name);
    choose(settings, "user.email", request->email, "assay@localhost", &identity.email);
    const bool sign = settings_flag(settings, "commit.gpgsign", false);
    settings_close(settings);
    const int result = sign ? write_signed(repo, request, &tree, &identity, commit, error)
                            : write_plain(repo, request, &tree, &identity, commit, error);
    str_clear(&identity.name);
    str_clear(&identity.email);
    return result;
}
