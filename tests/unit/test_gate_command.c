/* From a branch to signed records that the gate accepts: the real binary, three people, one bare origin. */
#include "harness/test.h"

#include "assay/data/json.h"
#include "assay/data/schema.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

static void fits_schema(struct fixture *f, const char *path)
{
    struct error error = ERROR_INIT;
    struct document document;
    assert_success(json_load(str_slice(&f->result.output), SLICE("output"), 1 << 24, 32, &document, &error), error);
    const struct schema *schema = schema_embedded(path, &error);
    assert_non_null(schema);
    assert_success(schema_check(schema, &document, NULL, NULL, &error), error);
    document_clear(&document);
}

static const char *log_path(struct fixture *f, const char *record, const char *end)
{
    return fixture_text(f, "refs/assay/log:r/prompt%%2Fconcise/%s.json%s", record, end);
}

/* The stock tool, on the bytes as git has them. */
static void stock_tools_accept(struct fixture *f, const char *record, const char *principal)
{
    fixture_git(f, C, "cat-file", "blob", log_path(f, record, ".sig"), NULL);
    fixture_write(f, "record.sig", str_slice(&f->result.output));
    fixture_git(f, C, "show", "origin/main:policies/allowed_signers", NULL);
    fixture_write(f, "allowed", str_slice(&f->result.output));
    assert_int_equal(fixture_git(f, C, "cat-file", "blob", log_path(f, record, ""), NULL), 0);
    struct slice bytes = arena_copy(&f->arena, str_slice(&f->result.output));
    assert_string_equal(fixture_sha256(f, bytes), fixture_text(f, "sha256:%s", record));
    assert_int_equal(fixture_run_with_input(f, NULL, bytes, "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I",
                                            principal, "-n", "review.v1@assay", "-s", "record.sig", NULL),
                     0);
}

static void three_people_bring_a_change_through(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    fits_schema(f, "schema/gate.schema.json");
    review_said(f, "\"fresh\": true");
    review_said(f, "content-owner: 1 of 1 missing");
    review_said(f, "\"unscored-cases\"");

    const char *ana = review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    assert_false(review_says(f, "\"unscored-cases\""));
    review_said(f, "legal: 1 of 1 missing");

    const char *lena = review_signed(f, C, "lena", CONCISE, CONTENT_ASSISTANT, "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    fits_schema(f, "schema/gate.schema.json");
    review_said(f, "\"result\": \"pass\"");
    review_said(f, ana);
    review_said(f, lena);
    const char *ines = review_signed(f, C, "ines", CONCISE, "assistant", "learning-designer", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);

    stock_tools_accept(f, ana, "ana@example.com");
    stock_tools_accept(f, lena, "lena@example.com");
    stock_tools_accept(f, ines, "ines@example.com");
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    fits_schema(f, "schema/verify.schema.json");
    review_said(f, "\"good\": 3,");
    assert_int_equal(fixture_assay(f, C, "log", CONCISE, "--json", NULL), 0);
    fits_schema(f, "schema/log.schema.json");
}

static void every_change_at_once(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "gate", "--all", "--json", NULL), 1);
    fits_schema(f, "schema/gate.schema.json");
    review_said(f, "\"change\": \"prompt/model\"");
    review_said(f, "\"change\": \"prompt/verbose\"");
    review_said(f, "\"result\": \"pass\"");
    assert_int_equal(fixture_assay(f, C, "gate", NULL), 2);
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, "--all", NULL), 2);
}

static void a_rejection_holds_until_it_is_withdrawn(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    const char *no = review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "request-changes", "--comment",
                                   "The second case invents a price.", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"request-changes\"");
    review_said(f, no);
    review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "withdraw", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    /* Again, and this time the later approval stands in its place. */
    no = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "request-changes", "--comment", "Not so.", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--supersedes", no, NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void only_the_signer_may_supersede(void **state)
{
    struct fixture *f = *state;
    const char *no =
        review_signed(f, C, "lena", CONCISE, "assistant", "legal", "request-changes", "--comment", "No.", NULL);
    assert_int_equal(review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", "--supersedes",
                                 fixture_text(f, "%.12s", no), "--comment", "I think it is fine.", NULL),
                     3);
    review_complained(f, "only its signer");
    assert_int_equal(
        review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", "--supersedes", "0123456789", NULL),
        2);
    review_complained(f, "no record is named");
}

static const struct fixture_file *edited(struct fixture *f, const char *path, const char *text)
{
    struct fixture_file *file = arena_alloc(&f->arena, sizeof *file);
    *file = (struct fixture_file){path, slice_of(text)};
    return file;
}

static void commit(struct fixture *f, const char *branch, const char *author, const struct fixture_file *file)
{
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = branch, .author = author, .files = file, .file_count = 1});
}

static void nobody_approves_their_own_change(void **state)
{
    struct fixture *f = *state;
    commit(f, CONCISE, "Ana Ruiz <ana@example.com>", edited(f, CONTENT_ASSISTANT "/NOTES.md", "by ana\n"));
    fixture_git(f, C, "fetch", "-q", NULL);
    assert_int_equal(review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL), 3);
    review_complained(f, "nobody approves their own change");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "abstain", NULL);
    /* A record signed before the others were known to be hers counts for nothing either. */
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "ana@example.com");
    review_said(f, "content-owner: 1 of 1 missing");
}

static void a_commit_makes_sign_offs_stale_and_a_rebase_does_not(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    /* The target moves, and the branch is written anew on top of it: the module is the same. */
    commit(f, "main", NULL, edited(f, "README.md", "# Other words\n"));
    content_become(f, "mallory"); /* whoever rebases is an author then */
    content_clone(f, "author");
    fixture_git(f, "author", "checkout", "-q", CONCISE, NULL);
    assert_int_equal(fixture_git(f, "author", "rebase", "-q", "origin/main", NULL), 0);
    assert_int_equal(fixture_git(f, "author", "push", "-q", "-f", "origin", CONCISE, NULL), 0);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    /* One more commit in the module. */
    commit(f, CONCISE, NULL, edited(f, CONTENT_ASSISTANT "/prompts/answer.tpl", "Answer.\n\n{{instruction}}\n"));
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"stale-module\"");
    review_said(f, "\"stale-outputs\"");
    fixture_git(f, C, "fetch", "-q", NULL);
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 3);
    review_complained(f, "are stale");
}

static void mallory_counts_for_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(review_sign(f, C, "mallory", CONCISE, "assistant", "legal", "approve", NULL), 3);
    review_complained(f, "Your key is not in policies/allowed_signers");
    /* Her own branch lets her in; nothing but the target says who may sign. */
    struct slice signers = fixture_read(f, C "/policies/allowed_signers");
    commit(f, CONCISE, NULL,
           edited(f, "policies/allowed_signers",
                  fixture_text(f, "%.*s%s", SLICE_ARG(signers), content_signer(f, "mallory"))));
    fixture_git(f, C, "fetch", "-q", NULL);
    assert_int_equal(review_sign(f, C, "mallory", CONCISE, "assistant", "legal", "approve", NULL), 3);
    /* A record of lena's, signed by mallory and put into the log by hand. */
    const char *lena = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "abstain", NULL);
    fixture_git(f, C, "cat-file", "blob", log_path(f, lena, ""), NULL);
    struct str forged = STR_INIT;
    const char *verdict = strstr(f->result.output.data, "abstain");
    str_append(&forged, slice_make(f->result.output.data, (size_t)(verdict - f->result.output.data)));
    str_append_text(&forged, "approve");
    str_append_text(&forged, verdict + strlen("abstain"));
    fixture_write(f, "forged.json", str_slice(&forged));
    const char *name = fixture_sha256(f, str_slice(&forged)) + strlen("sha256:");
    str_clear(&forged);
    assert_int_equal(fixture_run(f, NULL, "ssh-keygen", "-q", "-Y", "sign", "-f", "keys/mallory", "-n",
                                 "review.v1@assay", "forged.json", NULL),
                     0);
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", name);
    const struct fixture_file files[] = {{path, fixture_read(f, "forged.json")},
                                         {fixture_text(f, "%s.sig", path), fixture_read(f, "forged.json.sig")}};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "assay/log", .files = files, .file_count = 2});
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"unknown-signer\"");
    review_said(f, "legal: 1 of 1 missing");
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "\nRecords that do not count:\n  ");
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 1);
    review_said(f, "\"bad\": 1");
}

static void the_branch_does_not_make_the_rules(void **state)
{
    struct fixture *f = *state;
    const char *policy = strstr(content_policy, "require:");
    const char *rest = strstr(policy, "thresholds:");
    commit(f, CONCISE, NULL,
           edited(f, "policies/review.yaml",
                  fixture_text(f, "%.*srequire:\n  - {when: {}, roles: {legal: 0}}\n%s", (int)(policy - content_policy),
                               content_policy, rest)));
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"path\": \"policies\"");
    review_said(f, "content-owner: 1 of 1 missing");
    review_said(f, "learning-designer: 1 of 1 missing"); /* everybody signs a change of the policy */
}

static void text_says_who_is_missing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "prompt/concise → main: blocked");
    review_said(f, "missing by Lena Ortiz");
    review_said(f, "pat@example.com");
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, "--offline", NULL), 1);
    review_said(f, "offline");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "log", "-v", NULL), 0);
    review_said(f, "ssh-keygen -Y verify -f allowed_signers -I 'ana@example.com' -n review.v1@assay");
}

static void a_rejection_says_who_can_end_it(void **state)
{
    struct fixture *f = *state;
    const char *no = review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "request-changes", "--comment",
                                   "Wrong.", NULL);
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "It holds until Ana Ruiz withdraws it or signs anew; nobody else may end it.");
    /* Lena is listed and does not hold the role that rejects; Ines does. */
    const char *from = strstr(content_policy, "override: []");
    const char *policy = fixture_text(f, "%.*soverride: [lena@example.com, ines@example.com]%s",
                                      (int)(from - content_policy), content_policy, from + strlen("override: []"));
    commit(f, "main", NULL, edited(f, "policies/review.yaml", policy));
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, fixture_text(f, "or Ines Roy overrules it, with --supersedes %.12s and a comment.", no));
    /* Nor may an author. */
    commit(f, CONCISE, "Ines Roy <ines@example.com>", edited(f, CONTENT_ASSISTANT "/NOTES.md", "by ines\n"));
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "nobody else may end it");
}

static void what_became_of_a_record_is_told(void **state)
{
    struct fixture *f = *state;
    const char *from = strstr(content_policy, "override: []");
    const char *policy = fixture_text(f, "%.*soverride: [ines@example.com]%s", (int)(from - content_policy),
                                      content_policy, from + strlen("override: []"));
    commit(f, "main", NULL, edited(f, "policies/review.yaml", policy));
    fixture_git(f, C, "fetch", "-q", NULL);
    const char *no = review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "request-changes", "--comment",
                                   "Wrong.", NULL);
    const char *over = review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "abstain", "--supersedes", no,
                                     "--comment", "The price is right.", NULL);
    const char *first = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    const char *gone = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "withdraw", NULL);
    const char *anew = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, fixture_text(f, "  %.12s  Ana Ruiz  superseded: overruled by Ines Roy on 20", no));
    review_said(f, fixture_text(f, " (%.12s): The price is right.\n", over));
    review_said(f, fixture_text(f, "  %.12s  Lena Ortiz  superseded: Lena Ortiz withdrew it on 20", first));
    review_said(f, fixture_text(f, " (%.12s)\n", gone));
    review_said(f, fixture_text(f, "  %.12s  Lena Ortiz  superseded: signed anew on 20", gone));
    review_said(f, fixture_text(f, " (%.12s)\n", anew));
    assert_int_equal(fixture_assay(f, C, "log", CONCISE, NULL), 0);
    review_said(f, fixture_text(f, "\n    overrules %.12s, request-changes by Ana Ruiz\n", no));
    assert_int_equal(fixture_assay(f, C, "log", CONCISE, "--json", NULL), 0);
    fits_schema(f, "schema/log.schema.json");
    review_said(f, fixture_text(f, "\"supersedes\": [\n        \"sha256:%s\"\n", no));
}

static void what_blocks_says_the_way_out(void **state)
{
    struct fixture *f = *state;
    const char *scores = review_scores(f, 1, "Not clear at all.");
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "content-owner",
                                   "--verdict", "approve", "--scores", scores, NULL),
                     0);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "an entry in --triage whose `flag` is the criterion's id");
    review_said(f, "The author improves the outputs, and they are scored again.");
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "clarity 1 is below 3\n");
    const char *advice = strstr(f->result.output.data, "an entry in --triage"); /* once, for nine scores */
    assert_non_null(advice);
    assert_null(strstr(advice + 1, "an entry in --triage"));
    assert_int_equal(fixture_assay(f, C, "gate", "prompt/model", NULL), 1);
    review_said(f, "and no author, scores them and signs.");
}

static void a_seat_that_nobody_can_take_says_why(void **state)
{
    struct fixture *f = *state;
    commit(f, CONCISE, "Lena Ortiz <lena@example.com>", edited(f, CONTENT_ASSISTANT "/NOTES.md", "by lena\n"));
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "1 missing, and nobody in the policy can give it: Lena Ortiz is an author\n");
}

static void a_withdrawal_is_told_beside_the_seat(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    const char *gone = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "withdraw", NULL);
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, NULL), 1);
    review_said(f, "1 missing by Lena Ortiz (withdrew on 20");
    review_said(f, fixture_text(f, ", %.12s)\n", gone));
}

static void a_rewound_log_is_refused_and_reported(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    const char *first = fixture_commit_of(f, CONTENT_ORIGIN, "assay/log");
    review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "request-changes", "--comment", "No.", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    content_clone(f, "late");
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", first, NULL);
    /* Who saw the log as it was refuses the new one. */
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"log-rewound\"");
    review_said(f, "\"fresh\": false");
    /* A clone from before never fetched the log by itself, yet has it: it knows as well. */
    assert_int_equal(review_gate(f, "late", CONCISE), 1);
    review_said(f, "\"log-rewound\"");
    assert_int_equal(fixture_assay(f, "late", "verify", NULL), 1);
    review_complained(f, "lost commits");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "lost commits");
}

/* The log is put back to where it was before lena signed; ana's next record names what she saw of it. */
static void a_record_remembers_the_log(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    const char *first = fixture_commit_of(f, CONTENT_ORIGIN, "assay/log");
    review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "request-changes", "--comment", "No.", NULL);
    const char *lena = review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    /* The rejection is cut out: lena's record is put on top of the first commit. */
    fixture_git(f, C, "cat-file", "blob", log_path(f, lena, ""), NULL);
    struct slice record = arena_copy(&f->arena, str_slice(&f->result.output));
    fixture_git(f, C, "cat-file", "blob", log_path(f, lena, ".sig"), NULL);
    struct slice signature = arena_copy(&f->arena, str_slice(&f->result.output));
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", lena);
    const struct fixture_file files[] = {{path, record}, {fixture_text(f, "%s.sig", path), signature}};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "cut", .from = first, .files = files, .file_count = 2});
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "refs/heads/cut", NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/cut", NULL);
    content_clone(f, "later");
    assert_int_equal(review_gate(f, "later", CONCISE), 1);
    review_said(f, "\"log-rewound\"");
    review_said(f, lena);
    review_said(f, "\"fresh\": true");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(three_people_bring_a_change_through),
        TEST(every_change_at_once),
        TEST(a_rejection_holds_until_it_is_withdrawn),
        TEST(only_the_signer_may_supersede),
        TEST(nobody_approves_their_own_change),
        TEST(a_commit_makes_sign_offs_stale_and_a_rebase_does_not),
        TEST(mallory_counts_for_nothing),
        TEST(the_branch_does_not_make_the_rules),
        TEST(text_says_who_is_missing),
        TEST(a_rejection_says_who_can_end_it),
        TEST(what_became_of_a_record_is_told),
        TEST(what_blocks_says_the_way_out),
        TEST(a_seat_that_nobody_can_take_says_why),
        TEST(a_withdrawal_is_told_beside_the_seat),
        TEST(a_rewound_log_is_refused_and_reported),
        TEST(a_record_remembers_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
