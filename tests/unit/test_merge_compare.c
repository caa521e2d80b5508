/* The differences of two trees as git diff-tree tells them: random trees with files, folders, links and submodules that
 * take each other's names, and what only our reader refuses left out. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/git/merge.h"
#include "harness/fixture.h"

enum { LEVELS = 3, TREES = 60, NAMES = 14, PAIRS = 240 };

struct leaf {
    unsigned mode, object; /* mode: place in modes; object: a blob, a commit, or a tree of the level below */
};

static const char *const names[NAMES] = {"a", "a-",   "a.b",  "a.txt", "a0",   "aa", "b",
                                         "c", "c.d-", "c0.d", "c.d",   "c.d0", "x",  "manifest.yaml"};
static const struct {
    const char *octal, *type;
    enum tree_kind kind;
} modes[] = {{"100644", "blob", TREE_FILE},
             {"100755", "blob", TREE_EXECUTABLE},
             {"120000", "blob", TREE_SYMLINK},
             {"160000", "commit", TREE_SUBMODULE},
             {"40000", "tree", TREE_FOLDER}};
enum { ABSENT = ARRAY_COUNT(modes), FOLDER = ARRAY_COUNT(modes) - 1 };

static unsigned roll(uint32_t *random, unsigned sides)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 16) % sides;
}

static struct leaf random_leaf(uint32_t *random, int level)
{
    const unsigned mode = roll(random, ABSENT + 4);
    struct leaf leaf = {mode > ABSENT ? FOLDER : mode, roll(random, 4)};
    if (leaf.mode == FOLDER && level == 0)
        leaf.mode = ABSENT;
    if (leaf.mode == FOLDER)
        leaf.object = roll(random, 12) ? roll(random, TREES) : 0;
    return leaf;
}

/* Each tree is the one before it with a few entries changed, so most of two neighbours is common. */
static void append_trees(uint32_t *random, int level, const struct oid *below, struct str *out)
{
    struct leaf leaves[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        leaves[i] = random_leaf(random, level);
    for (size_t tree = 0; tree < TREES; tree++) {
        for (unsigned changes = roll(random, 4); changes > 0; changes--)
            leaves[roll(random, NAMES)] = random_leaf(random, level);
        for (size_t i = 0; i < NAMES; i++) {
            char hex[OID_HEX_SIZE + 1];
            struct oid oid = {{(unsigned char)(leaves[i].object + 1)}};
            if (leaves[i].mode == ABSENT)
                continue;
            oid_format(leaves[i].mode == FOLDER ? &below[leaves[i].object] : &oid, hex);
            str_appendf(out, "%s %s %s\t%s\n", modes[leaves[i].mode].octal, modes[leaves[i].mode].type, hex, names[i]);
        }
        str_push(out, '\n');
    }
}

static void make_trees(struct fixture *f, uint32_t *random, struct oid trees[LEVELS][TREES])
{
    for (int level = 0; level < LEVELS; level++) {
        struct str text = STR_INIT;
        append_trees(random, level, level > 0 ? trees[level - 1] : NULL, &text);
        assert_int_equal(
            fixture_run_with_input(f, "r.git", str_slice(&text), "git", "mktree", "--missing", "--batch", NULL), 0);
        struct slice rest = str_slice(&f->result.output), line;
        for (size_t i = 0; i < TREES; i++)
            assert_true(slice_cut_line(&rest, &line) && oid_parse(line, &trees[level][i]));
        str_clear(&text);
    }
}

static void append_side(struct str *out, const struct tree_entry *entry)
{
    char hex[OID_HEX_SIZE + 1];
    const char *mode = "000000";
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++)
        if (modes[i].kind == entry->kind)
            mode = modes[i].octal;
    oid_format(&entry->oid, hex);
    str_appendf(out, " %s %s", mode, entry->kind == TREE_NONE ? "0000000000000000000000000000000000000000" : hex);
}

static void append_ours(const struct repo *repo, const struct oid *before, const struct oid *after, struct str *out)
{
    struct merge merge;
    struct error error = ERROR_INIT;
    merge_init(&merge);
    assert_success(merge_compare(repo, before, after, &merge, &error), error);
    assert_int_equal(merge.conflict_count, 0);
    for (size_t i = 0; i < merge.difference_count; i++) {
        str_append(out, merge.differences[i].path);
        append_side(out, &merge.differences[i].before);
        append_side(out, &merge.differences[i].after);
        str_push(out, '\n');
    }
    merge_clear(&merge);
}

/* ":100644 100755 OLD NEW M<TAB>PATH", as ours is written. */
static void append_theirs(struct slice line, struct str *out)
{
    struct slice rest = slice_from(line, 1), word[5];
    for (size_t i = 0; i < ARRAY_COUNT(word); i++)
        assert_true(slice_cut(&rest, i == 4 ? '\t' : ' ', &word[i]));
    str_appendf(out, "%.*s %.*s %.*s %.*s %.*s\n", SLICE_ARG(rest), SLICE_ARG(word[0]), SLICE_ARG(word[2]),
                SLICE_ARG(word[1]), SLICE_ARG(word[3]));
}

static void finds_what_git_finds(void **state)
{
    struct fixture *f = *state;
    struct oid trees[LEVELS][TREES];
    struct repo *repo;
    struct error error = ERROR_INIT;
    struct str pairs = STR_INIT, ours = STR_INIT, theirs = STR_INIT;
    uint32_t random = 20261121;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "r.git", NULL);
    make_trees(f, &random, trees);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    for (size_t i = 0; i < PAIRS; i++) {
        const struct oid *level = trees[LEVELS - 1 - i % 2];
        const unsigned at = roll(&random, TREES), other = i % 8 ? (at + 1) % TREES : roll(&random, TREES);
        char before[OID_HEX_SIZE + 1], after[OID_HEX_SIZE + 1];
        oid_format(&level[at], before);
        oid_format(&level[other], after);
        str_appendf(&pairs, "%s %s\n", before, after);
        str_appendf(&ours, "%s %s\n", before, after);
        append_ours(repo, &level[at], &level[other], &ours);
    }
    assert_int_equal(fixture_run_with_input(f, "r.git", str_slice(&pairs), "git", "diff-tree", "--stdin", "-r",
                                            "--no-renames", "--no-abbrev", NULL),
                     0);
    struct slice rest = str_slice(&f->result.output), line;
    while (slice_cut_line(&rest, &line))
        if (line.size > 0 && line.data[0] == ':')
            append_theirs(line, &theirs);
        else
            str_appendf(&theirs, "%.*s\n", SLICE_ARG(line));
    assert_true(theirs.size > 2 * pairs.size);
    assert_string_equal(ours.data, theirs.data);
    repo_close(repo);
    str_clear(&pairs);
    str_clear(&ours);
    str_clear(&theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_git_finds, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
