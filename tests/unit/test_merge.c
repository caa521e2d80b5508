#include "harness/test.h"

#include <stdio.h>

#include "assay/git/merge.h"
#include "harness/fixture.h"

struct world {
    struct fixture *f;
    struct repo *repo;
    struct merge merge;
    struct error error;
};

static void open_world(void **state, struct world *world)
{
    *world = (struct world){.f = *state, .error = ERROR_INIT};
    fixture_git(world->f, NULL, "init", "-q", "--bare", "-b", "main", "r.git", NULL);
    assert_success(repo_open(fixture_path(world->f, "r.git"), &world->repo, &world->error), world->error);
    merge_init(&world->merge);
}

static void close_world(struct world *world)
{
    merge_clear(&world->merge);
    repo_close(world->repo);
}

/* A commit whose whole content is "path=text path=text …". */
static struct oid content(struct world *world, const char *branch, const char *words)
{
    struct fixture_file files[64];
    size_t count = 0;
    struct slice rest = slice_of(words), word, path;
    while (slice_cut(&rest, ' ', &word)) {
        struct slice text = word;
        if (word.size > 0 && slice_cut(&text, '=', &path)) {
            files[count++] = (struct fixture_file){fixture_text(world->f, "%.*s", SLICE_ARG(path)), text};
        }
    }
    struct oid commit;
    assert_true(
        oid_parse(slice_of(fixture_commit(
                      world->f, "r.git",
                      &(struct fixture_commit){.branch = branch, .from = "", .files = files, .file_count = count})),
                  &commit));
    return commit;
}

static void compute(struct world *world, const char *base, const char *target, const char *candidate)
{
    const struct oid commits[] = {content(world, "base", base), content(world, "target", target),
                                  content(world, "candidate", candidate)};
    merge_clear(&world->merge);
    assert_success(merge_compute(world->repo, &commits[1], &commits[2], commits, 1, &world->merge, &world->error),
                   world->error);
}

static void append_result(struct world *world, struct str *out)
{
    struct tree_list list;
    trees_list_init(&list);
    assert_success(merge_list(&world->merge, SLICE(""), &list, &world->error), world->error);
    for (size_t i = 0; i < list.count; i++) {
        struct tree_entry entry;
        assert_success(merge_find(&world->merge, list.entries[i].path, &entry, &world->error), world->error);
        assert_true(oid_equal(&entry.oid, &list.entries[i].oid));
        str_append(out, list.entries[i].path);
        str_push(out, '=');
        assert_success(merge_read(&world->merge, list.entries[i].path, 1000, out, &world->error), world->error);
        str_push(out, ' ');
    }
    trees_list_clear(&list);
}

static void whole_files_win_or_conflict(void **state)
{
    static const struct {
        const char *base, *target, *candidate, *result, *conflicts;
    } cases[] = {
        {"a=1 b=1", "a=1 b=1", "a=2 b=1", "a=2 b=1 ", ""},
        {"a=1 b=1", "a=1 b=2", "a=2 b=1", "a=2 b=2 ", ""},
        {"a=1", "a=2", "a=2", "a=2 ", ""},                         /* the same change on both sides */
        {"a=1", "a=2", "a=3", "a=2 ", "a "},                       /* different ones */
        {"a=1 b=1", "b=1", "a=2 b=1", "b=1 ", "a "},               /* deleted and modified */
        {"a=1 b=1", "a=2 b=1", "b=1", "a=2 b=1 ", "a "},           /* modified and deleted */
        {"a=1 b=1", "a=1 b=1", "b=1", "b=1 ", ""},                 /* deleted */
        {"b=1", "b=1 x/y=1", "b=1 x/z=2", "b=1 x/y=1 x/z=2 ", ""}, /* added beside each other */
        {"b=1", "b=1 x=1", "b=1 x=2", "b=1 x=1 ", "x "},           /* added twice */
        {"b=1", "b=1 x=1", "b=1 x=1", "b=1 x=1 ", ""},
        {"x/a=1 x/b=1", "x/a=2 x/b=1", "x/a=1 x/b=2", "x/a=2 x/b=2 ", ""},
        {"x/a=1", "x/a=1 k=1", "x/a/b=1", "k=1 x/a/b=1 ", ""}, /* a file becomes a folder */
        {"x/a=1", "x/a=2", "x/a/b=1", "x/a=2 x/a/b=1 ", "x/a "},
        {"x=1 k=1", "x/y=1 k=1", "x=1 k=2", "k=2 x/y=1 ", ""},
        {"k=1", "k=1 x=1", "k=1 x/y=1", "k=1 x=1 x/y=1 ", "x "}, /* a file and a folder of one name */
        {"k=1", "k=1 x/y=1", "k=1 x=1", "k=1 x=1 x/y=1 ", "x "},
        {"x/y=1 x/z=1", "x/y=1", "x=2", "x=2 ", ""},               /* the folder is gone on both sides */
        {"x/y=1 x/z=1", "x/y=1 x/n=1", "x=2", "x=2 x/n=1 ", "x "}, /* but something new is in it */
        {"", "", "", "", ""},
    };
    struct world world;
    open_world(state, &world);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str text = STR_INIT;
        compute(&world, cases[i].base, cases[i].target, cases[i].candidate);
        append_result(&world, &text);
        if (!slice_is(str_slice(&text), cases[i].result)) {
            fail_msg("case %zu: %s, expected %s", i, text.data, cases[i].result);
        }
        str_reset(&text);
        for (size_t k = 0; k < world.merge.conflict_count; k++) {
            str_append(&text, world.merge.conflicts[k]);
            str_push(&text, ' ');
        }
        if (!slice_is(str_slice(&text), cases[i].conflicts)) {
            fail_msg("case %zu: conflicts %s, expected %s", i, text.data, cases[i].conflicts);
        }
        str_clear(&text);
    }
    close_world(&world);
}

static void bases_that_disagree_conflict(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid bases[] = {content(&world, "b1", "a=1 b=1 c=1 d=1"), content(&world, "b2", "a=2 b=1 c=2 d=1")};
    const struct oid target = content(&world, "t", "a=1 b=1 c=3 d=1"), tip = content(&world, "c", "a=2 b=2 c=3 d=1");
    assert_success(merge_compute(world.repo, &target, &tip, bases, 2, &world.merge, &world.error), world.error);
    assert_int_equal(world.merge.conflict_count, 1);
    assert_slice(world.merge.conflicts[0], "a");
    assert_int_equal(world.merge.difference_count, 1);
    assert_slice(world.merge.differences[0].path, "b");
    close_world(&world);
}

static void names_the_modules(void **state)
{
    struct world world;
    open_world(state, &world);
    compute(
        &world,
        "m/one/manifest.yaml=1 m/one/p/x=1 m/two/manifest.yaml=1 m/two/y=1 shared=1 m/old/manifest.yaml=1 m/old/z=1",
        "m/one/manifest.yaml=1 m/one/p/x=1 m/two/manifest.yaml=1 m/two/y=2 shared=1 m/old/manifest.yaml=1 m/old/z=1",
        "m/one/manifest.yaml=1 m/one/p/x=2 m/two/manifest.yaml=1 m/two/y=3 shared=2 m/new/manifest.yaml=1 m/new/z=1 "
        "m/one/in/manifest.yaml=1");
    const struct merge *merge = &world.merge;
    const char *const expected[] = {"m/new", "m/old", "m/one", "m/one/in", "m/two"};
    assert_int_equal(merge->module_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_slice(merge->modules[i].path, expected[i]);
        assert_int_equal(merge->modules[i].outer.data != NULL, i == 3);
    }
    assert_slice(merge->modules[3].outer, "m/one");
    assert_int_equal(merge->modules[0].before.kind, TREE_NONE);
    assert_slice(merge->modules[0].after.path, "m/new/manifest.yaml");
    assert_int_equal(merge->modules[1].after.kind, TREE_NONE);
    assert_int_equal(merge->modules[2].after.kind, TREE_FILE);
    assert_int_equal(merge->conflict_count, 1); /* m/two/y: still the module's */
    const struct merge_difference *difference = merge_difference_at(merge, SLICE("m/one/p/x"));
    assert_non_null(difference);
    assert_false(oid_equal(&difference->before.oid, &difference->after.oid));
    assert_null(merge_difference_at(merge, SLICE("m/one/p")));
    close_world(&world);
}

/* Threat 21: merge=union in the repository's attributes, committed or not, changes nothing. */
static void attributes_do_not_matter(void **state)
{
    struct world world;
    open_world(state, &world);
    fixture_write_text(world.f, "r.git/info/attributes", "* merge=union\n");
    compute(&world, ".gitattributes=*_merge=union a=1", ".gitattributes=*_merge=union a=2",
            ".gitattributes=*_merge=union a=3");
    assert_int_equal(world.merge.conflict_count, 1);
    close_world(&world);
}

static void writes_no_object(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid commits[] = {content(&world, "base", "a=1 b/c=1"), content(&world, "target", "a=2 b/c=1"),
                                  content(&world, "candidate", "a=1 b/c=2")};
    const char *before = fixture_git_output(world.f, "r.git", "count-objects", "-v", NULL);
    assert_success(merge_compute(world.repo, &commits[1], &commits[2], commits, 1, &world.merge, &world.error),
                   world.error);
    assert_string_equal(before, fixture_git_output(world.f, "r.git", "count-objects", "-v", NULL));
    close_world(&world);
}

static void random_content(uint32_t *random, const char *from, struct str *out)
{
    static const char *const paths[] = {"a", "a.b", "d/e", "d/e/f", "d/g", "h/i/j", "h/i/k", "z"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char label[32];
        const int size = snprintf(label, sizeof label, " %s=", paths[i]);
        const size_t old = slice_find(slice_of(from), slice_make(label, (size_t)size));
        *random = *random * 1664525 + 1013904223;
        const unsigned roll = (*random >> 16) % 10;
        const bool blocked = i == 3 && slice_find(str_slice(out), SLICE(" d/e=")) != SLICE_NOT_FOUND;
        if (!blocked && old != SLICE_NOT_FOUND && roll < 6) {
            str_append(out, slice_part(slice_of(from), old, (size_t)size + 2));
        } else if (!blocked && roll >= 6 && roll < 9) {
            /* no text twice, so that git sees no rename */
            str_appendf(out, "%s%c%u", label, (int)('A' + i), (*random >> 8) % 4);
        }
    }
}

/* Where git merges cleanly the result is git's; where it does not, there is a conflict. The texts are one line each, so
 * git never merges inside a file. */
static void agrees_with_git_on_random_trees(void **state)
{
    enum { ROUNDS = 30 };
    struct world world;
    open_world(state, &world);
    fixture_git(world.f, NULL, "config", "--global", "merge.renames", "false", NULL);
    uint32_t random = 4711;
    for (int round = 0; round < ROUNDS; round++) {
        struct str base = STR_INIT, target = STR_INIT, candidate = STR_INIT, text = STR_INIT, listed = STR_INIT;
        random_content(&random, "", &base);
        random_content(&random, base.data, &target);
        random_content(&random, base.data, &candidate);
        compute(&world, base.data, target.data, candidate.data);
        const char *const names[] = {"base", "target", "candidate"};
        const char *trees[3];
        for (int i = 0; i < 3; i++) {
            trees[i] =
                fixture_git_output(world.f, "r.git", "rev-parse", fixture_text(world.f, "%s^{tree}", names[i]), NULL);
        }
        const char *root = fixture_git_output(world.f, "r.git", "commit-tree", "-m", "b", trees[0], NULL);
        const char *ours = fixture_git_output(world.f, "r.git", "commit-tree", "-p", root, "-m", "t", trees[1], NULL);
        const char *theirs = fixture_git_output(world.f, "r.git", "commit-tree", "-p", root, "-m", "c", trees[2], NULL);
        const int code = fixture_git(world.f, "r.git", "merge-tree", "--write-tree", "--name-only", ours, theirs, NULL);
        assert_in_range(code, 0, 1);
        if ((code == 1) != (world.merge.conflict_count > 0)) {
            fail_msg("base%s\ntarget%s\ncandidate%s\ngit says %d, conflicts %zu", base.data, target.data,
                     candidate.data, code, world.merge.conflict_count);
        }
        if (code == 0) {
            struct tree_list list;
            const char *tree = fixture_text(world.f, "%.40s", world.f->result.output.data);
            fixture_git(world.f, "r.git", "ls-tree", "-r", "--format=%(path) %(objectname)", tree, NULL);
            str_append(&text, str_slice(&world.f->result.output));
            trees_list_init(&list);
            assert_success(merge_list(&world.merge, SLICE(""), &list, &world.error), world.error);
            for (size_t i = 0; i < list.count; i++) {
                char hex[OID_HEX_SIZE + 1];
                oid_format(&list.entries[i].oid, hex);
                str_appendf(&listed, "%.*s %s\n", SLICE_ARG(list.entries[i].path), hex);
            }
            assert_string_equal(listed.data, text.data);
            trees_list_clear(&list);
        }
        str_clear(&base);
        str_clear(&target);
        str_clear(&candidate);
        str_clear(&text);
        str_clear(&listed);
    }
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_files_win_or_conflict, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(bases_that_disagree_conflict, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(names_the_modules, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(attributes_do_not_matter, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(writes_no_object, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(agrees_with_git_on_random_trees, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
