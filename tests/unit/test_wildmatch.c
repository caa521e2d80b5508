#include "harness/test.h"

#include <stdio.h>

#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/model/wildmatch.h"

static const char *const paths[] = {
    "a",           "a/b",     "a/b/c", "a/finance-x/m.yaml", "finance-1/x", "x/finance-/y/z",
    "finance-2",   "a/[b]/c", "a/*/c", "ab/c.tpl",           "abc/d/e.tpl", "a/b.json",
    "a/.hidden/f", "a b/c",   "A/B",   "x/a/b/c/d/e",        "a-]/z",       "learning-content/modules/m/prompts/p.tpl"};
static const char *const patterns[] = {"**/finance-*/**",
                                       "a",
                                       "a/",
                                       "a/b",
                                       "*",
                                       "**",
                                       "a/*",
                                       "a/**",
                                       "**/c",
                                       "a/**/c",
                                       "**/*.tpl",
                                       "*.tpl",
                                       "?/b",
                                       "[ab]/b",
                                       "[!b]/b",
                                       "[^a-b]/*",
                                       "a/\\*/c",
                                       "a/[[]b]/c",
                                       "a/?b]/c",
                                       "*/c*",
                                       "a*/**/e*",
                                       "ab**/c.tpl",
                                       "**c",
                                       "a/**b",
                                       "a/b*",
                                       "[A-Z]/B",
                                       "[[:upper:]]/[[:alpha:]]",
                                       "a-[]]/z",
                                       "[a-/b",
                                       "a[/]b",
                                       "**/a/**/d/*",
                                       "learning-content/modules/*/prompts",
                                       "learning-content/modules/m",
                                       "learning-content/*/m/**",
                                       "a/b/c/",
                                       "**/**/c",
                                       "a/***/c"};

static void run_git(const char *folder, const char *const *arguments, struct slice input, struct process_result *result)
{
    struct error error = ERROR_INIT;
    const char *const environment[] = {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", NULL};
    struct process git = {.arguments = arguments, .environment = environment, .folder = folder, .input = input};
    process_result_init(result);
    assert_success(process_run(&git, result, &error), error);
    if (result->exit_code)
        fail_msg("git: %s", result->errors.data);
}

/* "a" and "a/b" cannot be in one index: which of three a path is in. */
static int index_of(size_t path)
{
    int index = 0;
    for (size_t i = 0; i < path; i++) {
        size_t size = strlen(paths[i]);
        if (!strncmp(paths[i], paths[path], size) && paths[path][size] == '/' && index_of(i) >= index)
            index = index_of(i) + 1;
    }
    return index;
}

/* git itself is the oracle: what `git ls-files :(glob)PATTERN` lists is what matches. */
static void as_git_matches(void **state)
{
    (void)state;
    struct str folder = STR_INIT;
    struct error error = ERROR_INIT;
    struct process_result result;
    size_t compared = 0;
    assert_success(file_make_temporary_folder("wildmatch", &folder, &error), error);
    run_git(folder.data, (const char *const[]){"git", "init", "-q", NULL}, SLICE(""), &result);
    process_result_clear(&result);
    for (int index = 0; index < 3; index++) {
        struct str input = STR_INIT;
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
            if (index_of(i) == index)
                str_appendf(&input, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\n", paths[i]);
        run_git(folder.data, (const char *const[]){"git", "read-tree", "--empty", NULL}, SLICE(""), &result);
        process_result_clear(&result);
        run_git(folder.data, (const char *const[]){"git", "update-index", "--add", "--index-info", NULL},
                str_slice(&input), &result);
        process_result_clear(&result);
        str_clear(&input);
        for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
            char pathspec[200];
            snprintf(pathspec, sizeof pathspec, ":(glob)%s", patterns[p]);
            run_git(folder.data, (const char *const[]){"git", "ls-files", "--", pathspec, NULL}, SLICE(""), &result);
            for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                struct str line = STR_INIT;
                str_appendf(&line, "\n%s\n", paths[i]);
                str_insert(&result.output, 0, SLICE("\n"));
                bool listed = strstr(result.output.data, line.data) != NULL;
                bool matched = wildmatch_path(slice_of(patterns[p]), slice_of(paths[i]));
                if (index_of(i) == index && listed != matched)
                    fail_msg("%s against %s: git says %d", patterns[p], paths[i], listed);
                compared += index_of(i) == index;
                str_clear(&line);
            }
            process_result_clear(&result);
        }
    }
    assert_int_equal(compared, sizeof paths / sizeof *paths * (sizeof patterns / sizeof *patterns));
    assert_success(file_remove_tree(folder.data, &error), error);
    str_clear(&folder);
}

static void a_search_without_end_counts_as_a_match(void **state)
{
    (void)state;
    struct str path = STR_INIT, pattern = STR_INIT;
    str_append_repeat(&path, 'a', 300);
    for (int i = 0; i < 40; i++)
        str_append_text(&pattern, "*a");
    str_append_text(&pattern, "b");
    assert_true(wildmatch_path(str_slice(&pattern), str_slice(&path)));
    str_clear(&path);
    str_clear(&pattern);
    assert_false(wildmatch_path(SLICE("*b"), SLICE("aaa")));
    assert_false(wildmatch_path(SLICE(""), SLICE("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_git_matches),
                                       cmocka_unit_test(a_search_without_end_counts_as_a_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
