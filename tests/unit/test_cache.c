/* Where the modules of a target are, when the cache goes from one target to another: as a walk of the whole finds them. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/review/cache.h"
#include "harness/content.h"

enum { COMMITS = 24 };

static int by_path(const void *a, const void *b)
{
    return slice_compare(((const struct tree_entry *)a)->path, ((const struct tree_entry *)b)->path);
}

static void join(const struct tree_list *list, struct str *out)
{
    struct tree_entry *entries = malloc((list->count + 1) * sizeof *entries);
    char hex[OID_HEX_SIZE + 1];
    for (size_t i = 0; i < list->count; i++)
        entries[i] = list->entries[i];
    qsort(entries, list->count, sizeof *entries, by_path);
    for (size_t i = 0; i < list->count; i++) {
        oid_format(&entries[i].oid, hex);
        str_appendf(out, "%.*s %s %d\n", SLICE_ARG(entries[i].path), hex, (int)entries[i].kind);
    }
    free(entries);
}

static uint32_t roll(uint32_t *random, uint32_t sides)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 16) % sides;
}

/* Commits that add, change and remove manifests, some of them where a file or a folder of that name was. */
static void make_history(struct fixture *f, struct oid *commits)
{
    static const char *const paths[] = {"a/manifest.yaml",
                                        "a/b/manifest.yaml",
                                        "manifest.yaml",
                                        "c/manifest.yaml",
                                        "c/xmanifest.yaml",
                                        "c/d/e/manifest.yaml",
                                        "z",
                                        "z/manifest.yaml",
                                        "q/manifest.yaml/manifest.yaml"};
    uint32_t random = 7;
    bool there[9] = {false};
    for (size_t i = 0; i < COMMITS; i++) {
        struct fixture_file files[9];
        size_t count = 0, first = roll(&random, 7);
        for (size_t k = first; k < first + 3; k++) {
            const bool other = (k == 6 && there[7]) || (k == 7 && there[6]);
            if (other)
                continue;
            there[k] = !there[k] || roll(&random, 3) == 0;
            files[count++] = (struct fixture_file){
                paths[k], there[k] ? slice_of(fixture_text(f, "name: n%u\n", roll(&random, 1000))) : (struct slice){0}};
        }
        const char *hex = fixture_commit(
            f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "main", .files = files, .file_count = count});
        assert_true(oid_parse(slice_of(hex), &commits[i]));
    }
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", "origin", NULL);
}

static void test_holders_follow_the_target(void **state)
{
    struct fixture *f = *state;
    struct oid commits[COMMITS];
    struct workspace *workspace;
    struct error error = ERROR_INIT;
    uint32_t random = 5;
    size_t most = 0;
    content_make(f, 1);
    make_history(f, commits);
    assert_success(workspace_open(fixture_path(f, CONTENT_CLONE), &workspace, &error), error);
    struct cache *cache = cache_new(workspace);
    for (size_t i = 0; i < 2 * (size_t)COMMITS; i++) { /* one after the other, then to and fro */
        const struct tree_list *holders;
        struct tree_list whole;
        struct str followed = STR_INIT, walked = STR_INIT;
        const struct oid *commit = &commits[i < COMMITS ? COMMITS - 1 - i : roll(&random, COMMITS)];
        assert_success(workspace_look_back(workspace, commit, &error), error);
        assert_success(cache_holders(cache, &holders, &error), error);
        trees_list_init(&whole);
        assert_success(trees_holders(workspace->repo, commit, SLICE("manifest.yaml"), &whole, &error), error);
        most = whole.count > most ? whole.count : most;
        join(holders, &followed);
        join(&whole, &walked);
        assert_slice(str_slice(&followed), walked.data);
        trees_list_clear(&whole);
        str_clear(&walked);
        str_clear(&followed);
    }
    assert_in_range(most, 5, 20);
    cache_free(cache);
    workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_holders_follow_the_target, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
