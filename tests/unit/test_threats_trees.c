/* Threat 12: trees that are no trees. Each is refused by name, and the other changes go on being listed and judged. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/model/oid.h"
#include "harness/attack.h"
#include "harness/keygen.h"

#define CONCISE "prompt/concise"

static void append_entry(struct fixture *f, const char *folder, struct str *tree, const char *mode, struct slice name,
                         const char *object)
{
    struct oid oid;
    assert_true(oid_parse(slice_of(fixture_git_output(f, folder, "rev-parse", object, NULL)), &oid));
    str_append_text(tree, mode);
    str_push(tree, ' ');
    str_append(tree, name);
    str_push(tree, '\0');
    str_append(tree, oid_slice(&oid));
}

/* The module's own tree with one more entry, before or behind the others. */
static const char *bent_tree(struct fixture *f, const char *folder, bool before, const char *mode, struct slice name,
                             const char *object)
{
    struct str tree = STR_INIT;
    if (before)
        append_entry(f, folder, &tree, mode, name, object);
    assert_int_equal(fixture_git(f, folder, "cat-file", "tree", "main:" CONTENT_ASSISTANT, NULL), 0);
    struct slice own = arena_copy(&f->arena, str_slice(&f->result.output));
    str_append(&tree, own);
    if (!before)
        append_entry(f, folder, &tree, mode, name, object);
    struct slice bytes = keygen_keep(f, &tree);
    fixture_run_with_input(f, folder, bytes, "git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin", NULL);
    return fixture_text(f, "%.40s", f->result.output.data);
}

/* Puts the tree where the module was. */
static const char graft_script[] =
    "set -e; base=main; put() { git ls-tree \"$base:$1\" | sed \"s/ [0-9a-f]*\\t$2\\$/ $3\\t$2/\" | git mktree "
    "--missing; }\n"
    "m=$(put learning-content/modules assistant \"$1\"); l=$(put learning-content modules \"$m\")\n"
    "r=$(put '' learning-content \"$l\"); git update-ref \"refs/heads/$2\" \"$(git commit-tree \"$r\" -p main -m "
    "hostile)\"\n";

static void graft(struct fixture *f, const char *folder, const char *change, const char *tree)
{
    if (fixture_run(f, folder, "sh", "-c", graft_script, "sh", tree, change, NULL) != 0)
        fail_msg("graft: %s", f->result.errors.data);
}

static void threat_12_entries_that_are_no_plain_files(void **state)
{
    static const struct {
        const char *mode, *object;
        const char *name;
        bool before;
        const char *named;
    } entries[] = {
        {"120000", "main:README.md", "zz-link", false, "zz-link"},
        {"160000", "main", "zz-module", false, "zz-module"},
        {"40000", "main^{tree}", "..", true, ".."},
        {"40000", "main^{tree}", ".", true, "assistant"},
        {"40000", "main^{tree}", ".git", true, ".git"},
        {"100644", "main:README.md", ".GIT", true, ".GIT"},
        {"100644", "main:README.md", "manifest.yaml", true, "manifest.yaml"},
        {"120000", "main:README.md", "manifest.yaml", false, "manifest.yaml"},
        {"100644", "main:README.md", "zz\nline", false, "zz"},
        {"100644", "main:README.md", "zz\x1b[7777m", false, "zz"},
        {"100644", "main:README.md", "zz\xff\xfe", false, "zz"},
        {"100644", "main:README.md", "zz/../../x", false, "zz"},
        {"100666", "main:README.md", "zz-mode", false, "zz-mode"},
        {"170000", "main:README.md", "zz-odd", false, "assistant"},
        {"40000", "main:README.md", "zz-no-tree", false, "is a file where a tree is needed"},
        {"100644", "main^{tree}", "zz-no-blob", false, "assistant"},
    };
    struct fixture *f = *state;
    struct str wrong = STR_INIT;
    for (size_t i = 0; i < ARRAY_COUNT(entries); i++)
        graft(f, ATTACK_JUDGE, fixture_text(f, "hostile/tree-%zu", i),
              bent_tree(f, ATTACK_JUDGE, entries[i].before, entries[i].mode, slice_of(entries[i].name),
                        entries[i].object));
    for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
        const char *change = fixture_text(f, "hostile/tree-%zu", i);
        int code = fixture_assay(f, ATTACK_JUDGE, "gate", change, "--json", "--offline", NULL);
        bool told = review_says(f, entries[i].named) || strstr(f->result.errors.data, entries[i].named);
        if ((code != 1 && code != 3) || !told)
            str_appendf(&wrong, "%s %s: exit %d: %s\n%.1500s\n", entries[i].mode, entries[i].named, code,
                        f->result.errors.data, f->result.output.data);
    }
    if (wrong.size > 0)
        fail_msg("%s", wrong.data);
    str_clear(&wrong);
    attack_refused(f, "hostile/tree-0", "zz-link");
}

static void threat_12_a_tree_of_two_thousand_levels(void **state)
{
    struct fixture *f = *state;
    struct str path = STR_INIT;
    str_append_text(&path, CONTENT_ASSISTANT "/");
    for (int i = 0; i < 1900; i++)
        str_append_text(&path, "d/");
    str_append_text(&path, "file");
    fixture_git(f, CONTENT_ORIGIN, "branch", "-f", "hostile/deep-module", "main", NULL);
    attack_commit(f, "hostile/deep-module", NULL, path.data, "x");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    attack_refused(f, "hostile/deep-module", "folders deep");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", "--all", "--json", NULL), 1);
    review_said(f, "\"change\": \"" CONCISE "\"");
    review_said(f, "\"change\": \"hostile/deep-module\"");
    review_said(f, "folders deep");
    str_clear(&path);
}

static void threat_12_the_target_is_hostile_too(void **state)
{
    struct fixture *f = *state;
    graft(f, CONTENT_ORIGIN, "main", bent_tree(f, CONTENT_ORIGIN, false, "120000", SLICE("zz-link"), "main:README.md"));
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    assert_int_equal(attack_limited(f, "queue", NULL), 0);
    review_said(f, "\"change\": \"prompt/model\"");
    int code = attack_limited(f, "gate", CONCISE);
    assert_int_equal(code, 1);
    review_said(f, "zz-link");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_12_entries_that_are_no_plain_files),
        TEST(threat_12_a_tree_of_two_thousand_levels),
        TEST(threat_12_the_target_is_hostile_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
