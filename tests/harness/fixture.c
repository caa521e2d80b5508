#include "harness/fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "harness/test.h"

enum { READ_LIMIT = 256 * 1024 * 1024 };

/* --- its life ------------------------------------------------------------------------------------------------------ */

static void clean_environment(struct fixture *f)
{
    static const char *const removed[] = {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_NAMESPACE",
        "GIT_CEILING_DIRECTORIES",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_ASKPASS",
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_AUTHOR_DATE",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_COMMITTER_DATE",
        "GIT_TRACE",
        "GIT_EDITOR",
        "SSH_AUTH_SOCK",
        "SSH_ASKPASS",
        "DISPLAY",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "EMAIL",
        "COLUMNS",
        "LINES",
        "NO_COLOR",
        "PAGER",
        "GIT_PAGER",
        "LANGUAGE",
        "https_proxy",
        "http_proxy",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
    };
    for (size_t i = 0; i < ARRAY_COUNT(removed); i++)
        unsetenv(removed[i]);
    setenv("HOME", f->home, 1);
    setenv("GIT_CONFIG_GLOBAL", fixture_path(f, "home/.gitconfig"), 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_TERMINAL_PROMPT", "0", 1);
    setenv("SSH_ASKPASS_REQUIRE", "never", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
}

struct fixture *fixture_new(void)
{
    struct error error = ERROR_INIT;
    struct str root = STR_INIT;
    assert_success(file_make_temporary_folder("assay-test", &root, &error), error);
    struct fixture *f = memory_new(sizeof *f);
    f->clock = 1795000000; /* 2026-11-18 */
    process_result_init(&f->result);
    f->root = arena_copy(&f->arena, str_slice(&root)).data;
    str_clear(&root);
    f->home = fixture_path(f, "home");
    f->search_path = fixture_text(f, "%s", getenv("PATH"));
    fixture_write_text(
        f, "home/.gitconfig",
        "[user]\n\tname = Ana Ruiz\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n\ttemplateDir =\n"
        "[commit]\n\tgpgSign = false\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n[maintenance]\n\tauto = false\n"
        "[core]\n\tfsync = none\n[advice]\n\tdetachedHead = false\n");
    clean_environment(f);
    return f;
}

void fixture_free(struct fixture *f)
{
    if (!f)
        return;
    struct error error = ERROR_INIT;
    setenv("PATH", f->search_path, 1);
    if (file_remove_tree(f->root, &error) != 0)
        fprintf(stderr, "%s\n", error.text);
    process_result_clear(&f->result);
    arena_clear(&f->arena);
    memory_free(f);
}

int fixture_setup(void **state)
{
    *state = fixture_new();
    return 0;
}

int fixture_teardown(void **state)
{
    fixture_free(*state);
    *state = NULL;
    return 0;
}

/* --- texts and files ----------------------------------------------------------------------------------------------- */

const char *fixture_text(struct fixture *f, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    assert_true(size >= 0);
    const char *copy = arena_copy(&f->arena, slice_make(text, (size_t)size)).data;
    free(text);
    return copy;
}

const char *fixture_path(struct fixture *f, const char *path)
{
    return !path ? f->root : *path == '/' ? path : fixture_text(f, "%s/%s", f->root, path);
}

void fixture_write(struct fixture *f, const char *path, struct slice bytes)
{
    struct error error = ERROR_INIT;
    const char *whole = fixture_path(f, path);
    const char *folder = fixture_text(f, "%.*s", (int)(strrchr(whole, '/') - whole), whole);
    assert_success(file_make_folders(folder, 0755, &error), error);
    FILE *file = fopen(whole, "wb");
    if (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0)
        fail_msg("%s: %s", whole, strerror(errno));
}

void fixture_write_text(struct fixture *f, const char *path, const char *text)
{
    fixture_write(f, path, slice_of(text));
}

struct slice fixture_read(struct fixture *f, const char *path)
{
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT;
    assert_success(file_read(fixture_path(f, path), READ_LIMIT, &bytes, &error), error);
    struct slice copy = arena_copy(&f->arena, str_slice(&bytes));
    str_clear(&bytes);
    return copy;
}

const char *fixture_sha256(struct fixture *f, struct slice bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    assert_int_equal(EVP_Digest(bytes.data ? bytes.data : "", bytes.size, digest, &size, EVP_sha256(), NULL), 1);
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    for (unsigned i = 0; i < size; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return fixture_text(f, "sha256:%s", hex);
}

/* --- programs ------------------------------------------------------------------------------------------------------ */

enum { ARGUMENTS_MAX = 64 };

static int run(struct fixture *f, const char *folder, struct slice input, const char *const *arguments)
{
    struct process process = {.arguments = arguments,
                              .folder = fixture_path(f, folder),
                              .input = input,
                              .timeout_ms = 120 * 1000,
                              .output_limit = READ_LIMIT};
    struct error error = ERROR_INIT;
    assert_success(process_run(&process, &f->result, &error), error);
    return f->result.exit_code;
}

static int run_list(struct fixture *f, const char *folder, struct slice input, const char *program, va_list list)
{
    const char *arguments[ARGUMENTS_MAX];
    size_t count = 0;
    if (program)
        arguments[count++] = program;
    while ((arguments[count] = va_arg(list, const char *)) != NULL)
        assert_true(++count < ARGUMENTS_MAX);
    return run(f, folder, input, arguments);
}

int fixture_run(struct fixture *f, const char *folder, ...)
{
    va_list list;
    va_start(list, folder);
    int code = run_list(f, folder, slice_of(NULL), NULL, list);
    va_end(list);
    return code;
}

int fixture_run_with_input(struct fixture *f, const char *folder, struct slice input, ...)
{
    va_list list;
    va_start(list, input);
    int code = run_list(f, folder, input, NULL, list);
    va_end(list);
    return code;
}

int fixture_git(struct fixture *f, const char *folder, ...)
{
    va_list list;
    va_start(list, folder);
    int code = run_list(f, folder, slice_of(NULL), "git", list);
    va_end(list);
    return code;
}

int fixture_assay(struct fixture *f, const char *folder, ...)
{
    va_list list;
    va_start(list, folder);
    int code = run_list(f, folder, slice_of(NULL), ASSAY_BINARY, list);
    va_end(list);
    return code;
}

static void expect_success(const struct fixture *f, const char *what)
{
    if (f->result.exit_code != 0)
        fail_msg("%s ended with %d: %s", what, f->result.exit_code, f->result.errors.data);
}

static const char *printed(struct fixture *f)
{
    struct slice output = str_slice(&f->result.output);
    if (slice_ends_with(output, SLICE("\n")))
        output.size--;
    return arena_copy(&f->arena, output).data;
}

const char *fixture_git_output(struct fixture *f, const char *folder, ...)
{
    va_list list;
    va_start(list, folder);
    run_list(f, folder, slice_of(NULL), "git", list);
    va_end(list);
    expect_success(f, "git");
    return printed(f);
}

const char *fixture_commit_of(struct fixture *f, const char *folder, const char *revision)
{
    const char *wanted = fixture_text(f, "%s^{commit}", revision);
    return fixture_git_output(f, folder, "rev-parse", "--verify", "--end-of-options", wanted, NULL);
}

void fixture_keep(struct fixture *f, const char *name)
{
    fixture_run(f, NULL, "sh", "-c",
                "mkdir -p kept/$1 && for one in *; do [ $one = kept ] || cp -a $one kept/$1/ || exit; done", "sh", name,
                NULL);
    expect_success(f, "cp");
}

void fixture_restore(struct fixture *f, const char *name)
{
    fixture_run(f, NULL, "sh", "-c", "for one in *; do [ $one = kept ] || rm -rf $one || exit; done; cp -a kept/$1/. .",
                "sh", name, NULL);
    expect_success(f, "cp");
}

const char *fixture_script(struct fixture *f, const char *path, const char *script)
{
    const char *whole = fixture_path(f, path);
    fixture_write_text(f, path, fixture_text(f, "#!/bin/sh\n%s\n", script));
    assert_int_equal(chmod(whole, 0755), 0);
    return whole;
}

void fixture_replace_program(struct fixture *f, const char *name, const char *script)
{
    fixture_run(f, NULL, "sh", "-c", "PATH=$1; command -v \"$2\"", "sh", f->search_path, name, NULL);
    expect_success(f, name);
    fixture_script(f, fixture_text(f, "bin/%s", name), fixture_text(f, "real='%s'\n%s", printed(f), script));
    setenv("PATH", fixture_text(f, "%s:%s", fixture_path(f, "bin"), f->search_path), 1);
}

void fixture_restore_programs(struct fixture *f)
{
    struct error error = ERROR_INIT;
    setenv("PATH", f->search_path, 1);
    assert_success(file_remove_tree(fixture_path(f, "bin"), &error), error);
}

const char *fixture_key(struct fixture *f, const char *name)
{
    const char *path = fixture_text(f, "%s/keys/%s", f->root, name);
    struct error error = ERROR_INIT;
    assert_success(file_make_folders(fixture_path(f, "keys"), 0700, &error), error);
    fixture_run(f, NULL, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", fixture_text(f, "%s@example.com", name),
                "-f", path, NULL);
    expect_success(f, "ssh-keygen");
    return path;
}

/* --- commits, in the language of git fast-import ------------------------------------------------------------------- */

static void put_data(struct str *stream, struct slice bytes)
{
    str_appendf(stream, "data %zu\n", bytes.size);
    str_append(stream, bytes);
    str_push(stream, '\n');
}

static void put_file(struct str *stream, const struct fixture_file *file)
{
    if (!file->bytes.data) {
        str_appendf(stream, "D %s\n", file->path);
        return;
    }
    str_appendf(stream, "M 100644 inline %s\n", file->path);
    put_data(stream, file->bytes);
}

const char *fixture_commit(struct fixture *f, const char *repository, const struct fixture_commit *commit)
{
    struct str stream = STR_INIT;
    bool whole_name = slice_starts_with(slice_of(commit->branch), SLICE("refs/"));
    const char *ref = whole_name ? commit->branch : fixture_text(f, "refs/heads/%s", commit->branch);
    str_appendf(&stream, "commit %s\nmark :1\ncommitter %s %jd +0000\n", ref,
                commit->author ? commit->author : "Pat Author <pat@example.com>", (intmax_t)f->clock);
    f->clock += 60;
    put_data(&stream, slice_of(commit->message ? commit->message : fixture_text(f, "content: %s\n", commit->branch)));
    if (!commit->from)
        str_appendf(&stream, "from %s^0\n", ref);
    else if (*commit->from)
        str_appendf(&stream, "from %s\n", fixture_commit_of(f, repository, commit->from));
    for (size_t i = 0; i < commit->file_count; i++)
        put_file(&stream, &commit->files[i]);
    str_append_text(&stream, "\nget-mark :1\ndone\n");
    fixture_run_with_input(f, repository, str_slice(&stream), "git", "fast-import", "--quiet", "--done", "--force",
                           "--cat-blob-fd=1", NULL);
    str_clear(&stream);
    expect_success(f, "git fast-import");
    return printed(f);
}
