/* Content that was approved, merged without a seal and replaced, and is brought again under the same name: its old
 * sign-offs lie in the log alone, and are spent all the same. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/attack.h"

#define CONCISE   "prompt/concise"
#define ASSISTANT "assistant"

/* So many commits on main that are about something else. */
#define GO_ON(count)                                                                                                   \
    "from='from refs/heads/main^0'; for i in $(seq " count                                                             \
    "); do printf 'commit refs/heads/main\\ncommitter M <m@example.com> 1700000000 +0000\\n"                           \
    "data 0\\n%s\\nM 644 inline NOTES\\ndata 4\\n%4d\\n' \"$from\" $i; from=; done "                                   \
    "| git fast-import --quiet; git reset -q --hard"
#define REPLACE "git checkout -q \"$base\" -- " CONTENT_ASSISTANT "; git commit -qm replaced"

struct reuse {
    struct fixture *f;
    const char *base, *content, *ana, *lena; /* main before, the branch that was approved, the approvals */
};

static void approve(struct fixture *f, const char **ana, const char **lena)
{
    *ana = review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    *lena = review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, CONCISE, "pass");
}

/* The content and its approvals are made once and copied for each test. */
static int make_world(void **state)
{
    static struct reuse world;
    void *f;
    attack_setup(&f);
    world = (struct reuse){.f = f};
    world.base = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    world.content = fixture_commit_of(f, CONTENT_ORIGIN, CONCISE);
    approve(f, &world.ana, &world.lena);
    fixture_keep(f, "approved");
    *state = &world;
    return 0;
}

static int remove_world(void **state)
{
    struct reuse *world = *state;
    fixture_free(world->f);
    return 0;
}

static struct reuse begin_reuse(void **state)
{
    const struct reuse *world = *state;
    fixture_restore(world->f, "approved");
    return *world;
}

static void on_main(const struct reuse *reuse, const char *commands)
{
    attack_push_main(reuse->f,
                     fixture_text(reuse->f, "base=%s; content=%s; %s", reuse->base, reuse->content, commands));
}

/* The old content, on top of the new target, under the old name; `more` adds to the commit. */
static void push_again(const struct reuse *reuse, const char *more)
{
    struct fixture *f = reuse->f;
    const char *script = fixture_text(f,
                                      "set -e; git checkout -q -B again main; git checkout -q %s -- " CONTENT_ASSISTANT
                                      "; %s; git add -A; git commit -qm again; git push -q -f origin again:" CONCISE,
                                      reuse->content, more);
    if (fixture_run(f, "maintainer", "sh", "-c", script, NULL) != 0)
        fail_msg("%s: %s", script, f->result.errors.data);
}

static void assert_spent(const struct reuse *reuse)
{
    attack_gate(reuse->f, CONCISE, "blocked");
    assert_blocks(reuse->f, "missing-sign-off");
    assert_ignored(reuse->f, reuse->ana, "spent");
    assert_ignored(reuse->f, reuse->lena, "spent");
}

/* What was approved is spent, and new sign-offs count. */
static void reuse_after(void **state, const char *merge)
{
    struct reuse reuse = begin_reuse(state);
    on_main(&reuse, merge);
    on_main(&reuse, REPLACE);
    push_again(&reuse, ":");
    assert_spent(&reuse);
    review_said(reuse.f, "main had this content since it was signed, and replaced it in the commit ");
    approve(reuse.f, &reuse.ana, &reuse.lena);
}

static void threat_20_merged_without_a_seal(void **state)
{
    reuse_after(state, "git merge -q --no-ff -m merge $content");
}

static void threat_20_squashed_without_a_seal(void **state)
{
    reuse_after(state, "git merge -q --squash $content; git commit -qm squashed");
}

static void threat_20_rebased_without_a_seal(void **state)
{
    reuse_after(state, "echo . >NOTES; git add NOTES; git commit -qm notes; git checkout -q -b rebased $content; "
                       "git rebase -q main; git checkout -q main; git merge -q --ff-only rebased");
}

/* The commits are on the target as they were made: their dates are older than the approvals. */
static void threat_20_fast_forwarded_without_a_seal(void **state)
{
    reuse_after(state, "git merge -q --ff-only $content");
}

/* A stray file among the outputs or another mode makes another tree, and the digests that were signed stay. */
static void threat_20_the_same_digests_in_another_tree(void **state)
{
    static const char *const bends[] = {
        "echo x >" CONTENT_ASSISTANT "/tests/outputs/stray.txt",
        "chmod +x " CONTENT_ASSISTANT "/manifest.yaml",
    };
    struct reuse reuse = begin_reuse(state);
    on_main(&reuse, "git merge -q --no-ff -m merge $content");
    on_main(&reuse, REPLACE);
    for (size_t i = 0; i < ARRAY_COUNT(bends); i++) {
        push_again(&reuse, bends[i]);
        assert_spent(&reuse);
    }
}

/* No date saves it: whoever replaced the content may claim that this was before the approvals. */
static void threat_20_replaced_at_a_date_of_the_past(void **state)
{
    struct reuse reuse = begin_reuse(state);
    on_main(&reuse, "git merge -q --ff-only $content");
    on_main(&reuse, "export GIT_COMMITTER_DATE=2001-01-01T00:00:00Z GIT_AUTHOR_DATE=2001-01-01T00:00:00Z; " REPLACE);
    push_again(&reuse, ":");
    assert_spent(&reuse);
}

/* The branch as it was, after a squash that was taken back: a sign-off says by its merge base that it came after that, so
 * the branch has to have it. */
static void threat_20_a_squash_that_was_taken_back(void **state)
{
    struct reuse reuse = begin_reuse(state);
    struct fixture *f = reuse.f;
    on_main(&reuse, "git merge -q --squash $content; git commit -qm squashed");
    on_main(&reuse, "git revert --no-edit HEAD >/dev/null");
    assert_spent(&reuse);
    fixture_run(f, "maintainer", "sh", "-c",
                "git checkout -q -b update origin/" CONCISE " && git merge -q -m update main && git push -q origin "
                "update:" CONCISE,
                NULL);
    assert_spent(&reuse);
    approve(f, &reuse.ana, &reuse.lena);
}

/* What is learnt is kept beside the tip that was read: further tips and a lost index change nothing. */
static void threat_20_long_ago(void **state)
{
    struct reuse reuse = begin_reuse(state);
    on_main(&reuse, "git merge -q --no-ff -m merge $content");
    on_main(&reuse, REPLACE "; " GO_ON("100"));
    push_again(&reuse, ":");
    assert_spent(&reuse);
    assert_spent(&reuse);
    on_main(&reuse, GO_ON("20"));
    assert_spent(&reuse);
    fixture_run(reuse.f, ATTACK_JUDGE, "rm", "-rf", ".git/assay", NULL);
    assert_spent(&reuse);
}

/* The policies are approved like a module: a signer who was let in and removed does not come back. */
static void threat_20_policies_without_a_seal(void **state)
{
    struct fixture *f = begin_reuse(state).f;
    const char *change = "prompt/signers";
    const char *script = "git checkout -q -b signers main; echo '# more' >>policies/allowed_signers; "
                         "git commit -qam signers; git push -q origin signers:prompt/signers; git checkout -q main";
    attack_push_main(f, script);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    const char *lena = review_signed(f, ATTACK_JUDGE, "lena", change, "policies", "legal", "approve", NULL);
    attack_gate(f, change, "blocked"); /* more roles have to sign, which is beside the point */
    assert_true(attack_counts(f, lena));
    attack_push_main(f, "git merge -q --no-ff -m merge origin/prompt/signers");
    attack_push_main(f, "git checkout -q HEAD^1 -- policies; git commit -qm replaced; git checkout -q -b again; "
                        "git checkout -q HEAD~1 -- policies; git commit -qm again; "
                        "git push -q -f origin again:prompt/signers; git checkout -q main");
    attack_gate(f, change, "blocked");
    assert_ignored(f, lena, "spent");
}

/* A rejection is never spent. */
static void threat_20_a_rejection_outlives_the_merge(void **state)
{
    struct reuse reuse = begin_reuse(state);
    const char *no = review_signed(reuse.f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner",
                                   "request-changes", "--comment", "No.", NULL);
    on_main(&reuse, "git merge -q --no-ff -m merge $content");
    on_main(&reuse, REPLACE);
    push_again(&reuse, ":");
    assert_spent(&reuse);
    assert_blocks(reuse.f, "request-changes");
    assert_true(attack_counts(reuse.f, no));
}

/* The target goes on, also in this module before the branch was made, and never had what the branch brings. */
static void threat_20_a_first_merge_is_not_touched(void **state)
{
    struct reuse reuse = begin_reuse(state);
    struct fixture *f = reuse.f;
    on_main(&reuse, GO_ON("80"));
    attack_gate(f, CONCISE, "pass");
    on_main(&reuse, "git merge -q --no-ff -m other origin/prompt/model");
    attack_gate(f, CONCISE, "pass");
    assert_true(attack_counts(f, reuse.ana));
    /* Rebased, as usual before a merge: the sign-offs stay. */
    fixture_run(f, "maintainer", "sh", "-c",
                "git checkout -q -b again origin/" CONCISE
                " && git rebase -q main && git push -q -f origin again:" CONCISE,
                NULL);
    attack_gate(f, CONCISE, "pass");
    assert_true(attack_counts(f, reuse.ana) && attack_counts(f, reuse.lena));
}

/* With a file more it was another content, and nobody was asked about this one yet. */
static void threat_20_content_with_one_file_more_is_another(void **state)
{
    struct reuse reuse = begin_reuse(state);
    on_main(&reuse,
            "git merge -q --squash $content; echo x >" CONTENT_ASSISTANT "/EXTRA.md; git add -A; git commit -qm more");
    on_main(&reuse, "git rm -q " CONTENT_ASSISTANT "/EXTRA.md; " REPLACE);
    push_again(&reuse, ":");
    attack_gate(reuse.f, CONCISE, "pass");
    assert_true(attack_counts(reuse.f, reuse.ana) && attack_counts(reuse.f, reuse.lena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threat_20_merged_without_a_seal),
        cmocka_unit_test(threat_20_squashed_without_a_seal),
        cmocka_unit_test(threat_20_rebased_without_a_seal),
        cmocka_unit_test(threat_20_fast_forwarded_without_a_seal),
        cmocka_unit_test(threat_20_the_same_digests_in_another_tree),
        cmocka_unit_test(threat_20_replaced_at_a_date_of_the_past),
        cmocka_unit_test(threat_20_a_squash_that_was_taken_back),
        cmocka_unit_test(threat_20_long_ago),
        cmocka_unit_test(threat_20_policies_without_a_seal),
        cmocka_unit_test(threat_20_a_rejection_outlives_the_merge),
        cmocka_unit_test(threat_20_content_with_one_file_more_is_another),
        cmocka_unit_test(threat_20_a_first_merge_is_not_touched),
    };
    return cmocka_run_group_tests(tests, make_world, remove_world);
}
