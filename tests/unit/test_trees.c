#include "harness/test.h"

#include "assay/git/tree_cursor.h"
#include "assay/git/tree_edit.h"
#include "assay/git/trees.h"
#include "harness/fixture.h"

struct world {
    struct fixture *f;
    struct repo *repo;
    struct error error;
};

static void open_world(void **state, struct world *world)
{
    *world = (struct world){.f = *state, .error = ERROR_INIT};
    fixture_git(world->f, NULL, "init", "-q", "--bare", "-b", "main", "r.git", NULL);
    assert_success(repo_open(fixture_path(world->f, "r.git"), &world->repo, &world->error), world->error);
}

static struct oid blob_of(struct world *world, struct slice bytes)
{
    struct oid oid;
    assert_int_equal(fixture_run_with_input(world->f, "r.git", bytes, "git", "hash-object", "-w", "--stdin", NULL), 0);
    assert_true(oid_parse(slice_trim(str_slice(&world->f->result.output)), &oid));
    return oid;
}

/* A tree as it stands, however wrong: entries of "mode name", all with the same oid. */
static struct oid raw_tree(struct world *world, const char *const *entries, const struct oid *const *oids)
{
    struct str bytes = STR_INIT;
    struct oid tree;
    for (size_t i = 0; entries[i]; i++) {
        str_append_text(&bytes, entries[i]);
        str_push(&bytes, '\0');
        str_append(&bytes, oid_slice(oids[i]));
    }
    assert_int_equal(fixture_run_with_input(world->f, "r.git", str_slice(&bytes), "git", "hash-object", "-t", "tree",
                                            "-w", "--stdin", "--literally", NULL),
                     0);
    assert_true(oid_parse(slice_trim(str_slice(&world->f->result.output)), &tree));
    str_clear(&bytes);
    return tree;
}

static struct oid good_tree(struct world *world)
{
    const struct fixture_file files[] = {
        {"README.md", SLICE("r")},
        {"a/b/manifest.yaml", SLICE("m")},
        {"a/b/x", SLICE("x")},
        {"a.txt", SLICE("t")},
        {"a/c", SLICE("c")},
        {"z/manifest.yaml", SLICE("n")},
        {"manifest.yaml.old", SLICE("")},
    };
    struct oid commit;
    const char *hex = fixture_commit(
        world->f, "r.git", &(struct fixture_commit){.branch = "main", .from = "", .files = files, .file_count = 7});
    assert_true(oid_parse(slice_of(hex), &commit));
    return commit;
}

static void join(const struct tree_list *list, struct str *out)
{
    for (size_t i = 0; i < list->count; i++) {
        str_append(out, list->entries[i].path);
        str_push(out, ' ');
    }
}

static void finds_lists_and_reads(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid root = good_tree(&world);
    struct tree_entry entry;
    struct tree_list list;
    struct str text = STR_INIT;
    assert_success(trees_find(world.repo, &root, SLICE("a/b/x"), &entry, &world.error), world.error);
    assert_int_equal(entry.kind, TREE_FILE);
    assert_success(trees_find(world.repo, &root, SLICE("a/b"), &entry, &world.error), world.error);
    assert_int_equal(entry.kind, TREE_FOLDER);
    const char *const absent[] = {"a/b/y", "a/b/x/y", "a/../a/b/x", "/a/b", "a//b", "a/b/", "A/b/x", "./a"};
    for (size_t i = 0; i < 8; i++) {
        assert_success(trees_find(world.repo, &root, slice_of(absent[i]), &entry, &world.error), world.error);
        assert_int_equal(entry.kind, TREE_NONE);
    }
    trees_list_init(&list);
    assert_success(trees_list(world.repo, &root, SLICE(""), &list, &world.error), world.error);
    join(&list, &text);
    assert_slice(str_slice(&text), "README.md a.txt a/b/manifest.yaml a/b/x a/c manifest.yaml.old z/manifest.yaml ");
    trees_list_clear(&list);
    str_reset(&text);
    assert_success(trees_holders(world.repo, &root, SLICE("manifest.yaml"), &list, &world.error), world.error);
    join(&list, &text);
    assert_slice(str_slice(&text), "a/b z ");
    trees_list_clear(&list);
    assert_success(trees_list(world.repo, &root, SLICE("a/b/x"), &list, &world.error), world.error);
    assert_int_equal(list.count, 0);
    str_reset(&text);
    assert_success(trees_read(world.repo, &root, SLICE("a/b/x"), 1, &text, &world.error), world.error);
    assert_slice(str_slice(&text), "x");
    assert_failure(trees_read(world.repo, &root, SLICE("a/b"), 9, &text, &world.error), world.error, ERROR_INPUT,
                   "a/b is a folder");
    assert_failure(trees_read(world.repo, &root, SLICE("no"), 9, &text, &world.error), world.error, ERROR_INPUT,
                   "no does not exist");
    assert_failure(trees_read(world.repo, &root, SLICE("../no"), 9, &text, &world.error), world.error, ERROR_INPUT,
                   "`..`");
    str_clear(&text);
    repo_close(world.repo);
}

static void refuses_kinds_by_name(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid blob = blob_of(&world, SLICE("target"));
    const char *const entries[] = {"160000 commit", "120000 link", "100664 odd", "100755 run", NULL};
    const struct oid *const oids[] = {&blob, &blob, &blob, &blob};
    const struct oid root = raw_tree(&world, entries, oids);
    const char *const words[] = {"commit is a submodule", "link is a symbolic link", "odd has an odd file mode"};
    struct str text = STR_INIT;
    for (size_t i = 0; i < 3; i++) {
        const struct slice path = slice_part(slice_of(words[i]), 0, slice_find_byte(slice_of(words[i]), ' '));
        assert_failure(trees_read(world.repo, &root, path, 100, &text, &world.error), world.error, ERROR_INPUT,
                       words[i]);
    }
    assert_success(trees_read(world.repo, &root, SLICE("run"), 100, &text, &world.error), world.error);
    str_clear(&text);
    repo_close(world.repo);
}

static void refuses_names(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid blob = blob_of(&world, SLICE("x"));
    const char *const names[] = {"100644 .",      "100644 ..",   "100644 .GIT", "100644 a\nb",
                                 "100644 \x1b[m", "100644 \xff", "100644 git~1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *const entries[] = {names[i], NULL};
        const struct oid *const oids[] = {&blob};
        const struct oid root = raw_tree(&world, entries, oids);
        struct tree_list list;
        struct tree_entry entry;
        trees_list_init(&list);
        assert_success(trees_list(world.repo, &root, SLICE(""), &list, &world.error), world.error);
        assert_int_equal(list.count, 1);
        assert_non_null(trees_refusal(&list.entries[0]));
        assert_success(trees_find(world.repo, &root, list.entries[0].path, &entry, &world.error), world.error);
        assert_int_equal(entry.kind, TREE_NONE);
        trees_list_clear(&list);
    }
    repo_close(world.repo);
}

static void refuses_trees_of_two_meanings(void **state)
{
    struct world world;
    open_world(state, &world);
    const struct oid blob = blob_of(&world, SLICE("x"));
    const char *const one[] = {"100644 x", NULL};
    const struct oid *const same[] = {&blob, &blob, &blob, &blob};
    const struct oid folder = raw_tree(&world, one, same);
    const char *const shapes[][5] = {
        {"100644 a", "100644 a", NULL},    {"100644 b", "100644 a", NULL},
        {"100644 a", "40000 a", NULL},     {"100644 a", "100644 a.txt", "40000 a", NULL},
        {"40000 a", "100644 a.txt", NULL}, /* a/ belongs behind a.txt */
    };
    const char *const words[] = {"names twice `a`", "out of order at `a`", "names twice `a`", "names twice `a`",
                                 "out of order"};
    for (size_t i = 0; i < 5; i++) {
        const struct oid *oids[4];
        for (size_t k = 0; shapes[i][k]; k++) {
            oids[k] = shapes[i][k][0] == '4' ? &folder : &blob;
        }
        const struct oid root = raw_tree(&world, shapes[i], oids);
        struct tree_entry entry;
        assert_failure(trees_find(world.repo, &root, SLICE("a"), &entry, &world.error), world.error, ERROR_INPUT,
                       words[i]);
    }
    const struct slice broken[] = {SLICE("100644 a"), SLICE("100644 a\0short"), SLICE("\0"), SLICE("100644")};
    for (size_t i = 0; i < 4; i++) {
        struct oid root;
        struct tree_entry entry;
        fixture_run_with_input(world.f, "r.git", broken[i], "git", "hash-object", "-t", "tree", "-w", "--stdin",
                               "--literally", NULL);
        assert_true(oid_parse(slice_trim(str_slice(&world.f->result.output)), &root));
        assert_failure(trees_find(world.repo, &root, SLICE("a"), &entry, &world.error), world.error, ERROR_INPUT,
                       "cut off");
    }
    repo_close(world.repo);
}

static void never_inflates_a_bomb(void **state)
{
    enum { BOMB = 128 << 20 };
    struct world world;
    open_world(state, &world);
    fixture_run(world.f, "r.git", "sh", "-c",
                "head -c 134217728 /dev/zero | git -c core.bigFileThreshold=1m -c core.looseCompression=1 hash-object "
                "-w --stdin",
                NULL);
    struct oid blob;
    assert_true(oid_parse(slice_trim(str_slice(&world.f->result.output)), &blob));
    enum object_kind kind;
    size_t size = 0;
    struct str text = STR_INIT;
    assert_success(objects_header(world.repo, &blob, &kind, &size, &world.error), world.error);
    assert_int_equal(size, BOMB);
    assert_failure(objects_read_blob(world.repo, &blob, 64 << 20, &text, &world.error), world.error, ERROR_INPUT,
                   "has 134217728 bytes, more than the 67108864");
    assert_int_equal(text.size, 0);
    repo_close(world.repo);
}

static void ends_at_a_depth(void **state)
{
    struct world world;
    open_world(state, &world);
    struct oid tree = blob_of(&world, SLICE("x"));
    const char *const leaf[] = {"100644 x", NULL}, *const folder[] = {"40000 d", NULL};
    for (int i = 0; i < TREES_DEPTH_MAX + 2; i++) {
        const struct oid *const oids[] = {&tree};
        tree = raw_tree(&world, i == 0 ? leaf : folder, oids);
    }
    struct tree_list list;
    trees_list_init(&list);
    assert_failure(trees_list(world.repo, &tree, SLICE(""), &list, &world.error), world.error, ERROR_INPUT, "deep");
    trees_list_clear(&list);
    repo_close(world.repo);
}

static void adds_as_git_does(void **state)
{
    static const char *const paths[] = {"b", "a/x", "a.txt", "a/y/z", "a-", "c/d", "b0", "a/x"};
    struct world world;
    open_world(state, &world);
    struct oid tree = {{0}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct oid blob = blob_of(&world, slice_of(paths[i]));
        struct oid next;
        char hex[OID_HEX_SIZE + 1];
        assert_success(tree_edit_add(world.repo, &tree, slice_of(paths[i]), &blob, TREE_EDIT_KEEP, &next, &world.error),
                       world.error);
        tree = next;
        oid_format(&blob, hex);
        fixture_git(world.f, "r.git", "update-index", "--add", "--cacheinfo",
                    fixture_text(world.f, "100644,%s,%s", hex, paths[i]), NULL);
        oid_format(&tree, hex);
        assert_string_equal(hex, fixture_git_output(world.f, "r.git", "write-tree", NULL));
    }
    const struct oid blob = blob_of(&world, SLICE("x"));
    struct oid next;
    assert_failure(tree_edit_add(world.repo, &tree, SLICE("b/x"), &blob, TREE_EDIT_KEEP, &next, &world.error),
                   world.error, ERROR_INPUT, "in its way");
    assert_failure(tree_edit_add(world.repo, &tree, SLICE("a"), &blob, TREE_EDIT_KEEP, &next, &world.error),
                   world.error, ERROR_INPUT, "in its way");
    assert_failure(tree_edit_add(world.repo, &tree, SLICE("a/../x"), &blob, TREE_EDIT_KEEP, &next, &world.error),
                   world.error, ERROR_INPUT, "cannot be written");
    repo_close(world.repo);
}

/* The keys at which the trees differ, one after another; how it ended where they cannot be read. */
static void walk(struct world *world, const struct oid *trees, size_t count, bool skip, struct str *out)
{
    struct tree_cursor cursors[3];
    struct tree_key key;
    struct error error = ERROR_INIT;
    size_t skipped = 0;
    int result = 0;
    for (size_t i = 0; i < count; i++)
        result |= tree_cursor_open(&cursors[i], world->repo, &trees[i], &error);
    while (result == 0) {
        if (skip)
            result = tree_cursor_skip_common(cursors, count, SLICE("stop"), &skipped, &error);
        if (result != 0 || !tree_cursor_key(cursors, count, &key))
            break;
        bool at[3], same = true;
        for (size_t i = 0; i < count; i++) {
            at[i] = tree_cursor_is_at(&cursors[i], &key);
            same = same && at[i] && oid_equal(&cursors[i].oid, &cursors[0].oid) && cursors[i].kind == cursors[0].kind;
        }
        if (!same || slice_is(key.name, "stop"))
            str_appendf(out, "%.*s%s ", SLICE_ARG(key.name), key.is_folder ? "/" : "");
        for (size_t i = 0; i < count; i++)
            result |= at[i] ? tree_cursor_step(&cursors[i], &error) : 0;
    }
    if (result != 0) { /* which of two wrong trees is met first may differ, and so what was seen before */
        str_reset(out);
        str_append_text(out, "refused");
    }
    for (size_t i = 0; i < count; i++)
        tree_cursor_close(&cursors[i]);
}

static uint32_t roll(uint32_t *random, uint32_t sides)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 16) % sides;
}

/* Out of entries in git's order; `odd` leaves one where it makes a tree wrong: a file and a folder of one name. */
static struct oid random_tree(struct world *world, uint32_t *random, uint32_t common, bool odd)
{
    static const char *const all[] = {"100644 a",    "100644 a-",    "100644 a.b", "40000 a",     "40000 aa",
                                      "100644 b",    "40000 b-",     "100644 b.",  "100644 bb",   "40000 c",
                                      "100755 stop", "100644 stop.", "100644 x",   "100644 x-y",  "100644 x.",
                                      "40000 x",     "100644 x0",    "100644 yy",  "40000 z.dir", "100644 z0"};
    static const struct oid oids[] = {{{1}}, {{2}}, {{3}}};
    const char *entries[21];
    const struct oid *named[20];
    size_t count = 0;
    for (size_t i = 0; i < 20; i++) {
        const bool clash = strcmp(all[i], "100644 a") == 0 || strcmp(all[i], "100644 x") == 0;
        const uint32_t kept = common * 2654435761u >> (i % 13); /* the same for trees of one round */
        if (roll(random, 8) == 0 || (clash && !odd) || (kept & 3) == 0)
            continue;
        named[count] = &oids[roll(random, 12) == 0 ? 1 : 0];
        entries[count++] = all[i];
    }
    entries[count] = NULL;
    return raw_tree(world, entries, named);
}

static void skipping_what_is_common_changes_nothing(void **state)
{
    enum { ROUNDS = 120 };
    struct world world;
    uint32_t random = 99;
    size_t refused = 0, differing = 0;
    open_world(state, &world);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        struct str stepped = STR_INIT, skipped = STR_INIT;
        struct oid trees[3];
        const size_t count = 2 + round % 2;
        for (size_t i = 0; i < count; i++)
            trees[i] = random_tree(&world, &random, round, i == 1 && round % 3 == 0);
        walk(&world, trees, count, false, &stepped);
        walk(&world, trees, count, true, &skipped);
        assert_slice(str_slice(&skipped), stepped.data);
        refused += slice_is(str_slice(&stepped), "refused");
        differing += stepped.size > 0;
        str_clear(&stepped);
        str_clear(&skipped);
    }
    assert_in_range(refused, 5, ROUNDS / 2);
    assert_in_range(differing, ROUNDS / 2, ROUNDS);
    repo_close(world.repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_lists_and_reads, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refuses_kinds_by_name, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refuses_names, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refuses_trees_of_two_meanings, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(never_inflates_a_bomb, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(ends_at_a_depth, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(adds_as_git_does, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(skipping_what_is_common_changes_nothing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
