#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/model/policy.h"

#define TOP "schema: assay.policy/1\nrepository: acme/content\ntarget: main\n"
#define PEOPLE                                                                                                         \
    "people:\n  - {principal: ana@a.b, name: Ana, roles: [owner]}\n"                                                   \
    "  - {principal: lena@a.b, name: Lena, emails: [Lena@Home.b, lena@a.b], roles: [legal, owner]}\n"
#define ROLES                                                                                                          \
    "roles:\n  owner: {title: O, duty: score, meaning: m1}\n  legal: {title: L, duty: sign, meaning: m2}\n"            \
    "  designer: {title: D, duty: triage, meaning: m3}\n"
#define RUBRIC                                                                                                         \
    "rubric:\n  version: 1\n  scale: [1, 5]\n  criteria:\n    - {id: clarity, title: Clarity, levels: {1: \"no\", 5: " \
    "\"yes\"}, minimum: 3}\n"
#define REQUIRE "require:\n  - {when: {}, roles: {owner: 1}}\n"

static struct error error;
static struct policy policy;

static int load(const char *text)
{
    error = ERROR_INIT;
    return policy_load(slice_of(text), SLICE("policies/review.yaml"), &policy, &error);
}

static void defaults(void **state)
{
    (void)state;
    double value;
    assert_success(load(TOP PEOPLE ROLES RUBRIC REQUIRE), error);
    assert_slice(policy.repository, "acme/content");
    assert_slice(policy.log, "assay/log");
    assert_int_equal(policy.overlap, 1);
    assert_false(policy.self_approval || policy.block_unknown_authors || policy_threshold(&policy, "pii", &value));
    assert_int_equal(policy.role_count, 3);
    assert_int_equal(policy.roles[2].duty, DUTY_TRIAGE);
    assert_slice(policy.roles[1].meaning, "m2");
    const struct policy_person *ana = policy_person(&policy, SLICE("ana@a.b"));
    assert_int_equal(ana->email_count, 1);
    assert_slice(ana->emails[0], "ana@a.b");
    assert_true(policy_holds(ana, 0));
    assert_false(policy_holds(ana, 1) || policy_holds(ana, SIZE_MAX));
    assert_slice(policy_person_by_email(&policy, SLICE("LENA@home.B"))->principal, "lena@a.b");
    assert_null(policy_person_by_email(&policy, SLICE("mallory@a.b")));
    assert_int_equal(policy.rubric.criteria[0].minimum, 3);
    assert_slice(policy.rubric.criteria[0].levels[4], "yes");
    assert_int_equal(policy.rubric.criteria[0].levels[1].size, 0);
    assert_int_equal(policy.rubric.comment_required_at, 0);
    assert_int_equal(rubric_find(&policy.rubric, SLICE("clarity")), 0);
    assert_true(rubric_find(&policy.rubric, SLICE("tone")) == SIZE_MAX);
    policy_clear(&policy);
}

static void everything(void **state)
{
    (void)state;
    double value = 0;
    assert_success(load(TOP
                        "log: x/log\n" PEOPLE ROLES RUBRIC "  mean_minimum: 3.5\n  comment_required_at: 2\n" REQUIRE
                        "thresholds: {rouge_l: 0.40, pii: 0}\nflags: {codes: [off-brand, other]}\nself_approval: true\n"
                        "unknown_authors: block\noverride: [lena@a.b]\noverlap: 2\naccepted:\n"
                        " - {commit: 0123456789abcdef0123456789abcdef01234567, reason: before}\n"),
                   error);
    assert_slice(policy.log, "x/log");
    assert_true(policy_threshold(&policy, "pii", &value));
    assert_true(policy_threshold(&policy, "rouge_l", &value));
    assert_true(value > 0.39);
    assert_int_equal(policy.flag_code_count, 2);
    assert_true(policy.self_approval && policy.block_unknown_authors);
    assert_true(policy_may_override(&policy, SLICE("lena@a.b")));
    assert_false(policy_may_override(&policy, SLICE("ana@a.b")));
    assert_int_equal(policy.overlap, 2);
    assert_slice(policy.accepted[0].reason, "before");
    assert_int_equal(policy.rubric.comment_required_at, 2);
    assert_true(policy.rubric.mean_minimum > 3.4);
    policy_clear(&policy);
}

/* python3: hashlib.sha256(json.dumps(rubric, sort_keys=True, separators=(",", ":")).encode()) */
static void rubric_digest_is_of_canonical_json(void **state)
{
    (void)state;
    char digest[DIGEST_TEXT_SIZE + 1];
    struct digest expected;
    assert_success(load(TOP PEOPLE ROLES RUBRIC "  mean_minimum: 3.0\n" REQUIRE), error);
    digest_of(SLICE("{\"criteria\":[{\"id\":\"clarity\",\"levels\":{\"1\":\"no\",\"5\":\"yes\"},\"minimum\":3,"
                    "\"title\":\"Clarity\"}],"
                    "\"mean_minimum\":3.0,\"scale\":[1,5],\"version\":1}"),
              &expected);
    assert_true(digest_equal(&policy.rubric.digest, &expected));
    digest_format(&policy.digest, digest);
    digest_of(SLICE(TOP PEOPLE ROLES RUBRIC "  mean_minimum: 3.0\n" REQUIRE), &expected);
    assert_true(digest_equal(&policy.digest, &expected));
    policy_clear(&policy);
}

static void refused_by_name_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {TOP, "needs the key"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "requires: []\n", "review.yaml:18: requires is no key that is known here"},
        {"schema: assay.policy/2\n", "schema must be assay.policy/1"},
        {TOP PEOPLE "  - {principal: x, name: X, roles: [boss]}\n" ROLES RUBRIC REQUIRE,
         "review.yaml:7: boss is no role"},
        {TOP PEOPLE "  - {principal: ana@a.b, name: X, roles: []}\n" ROLES RUBRIC REQUIRE,
         "review.yaml:7: the principal ana@a.b is there twice"},
        {TOP PEOPLE "  - {principal: x, name: X, emails: [LENA@home.b], roles: []}\n" ROLES RUBRIC REQUIRE,
         "review.yaml:7: LENA@home.b is an address of lena@a.b too"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "  - {when: {}, roles: {boss: 1}}\n", "review.yaml:18: boss is no role"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "  - {when: {colour: red}, roles: {owner: 1}}\n",
         "review.yaml:18: require[1].when.colour is no key"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "override: [x]\n", "review.yaml:18: override: x is no principal"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "log: main\n", "review.yaml:18: log: the log cannot be the target"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "log: a..b\n", "log: a..b is no valid name of a branch"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "overlap: 0\n", "overlap must be at least 1"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "thresholds: {pii: none}\n", "thresholds.pii must be a number"},
        {TOP PEOPLE ROLES RUBRIC "require: []\n", "require must have at least 1 items"},
        {TOP PEOPLE ROLES RUBRIC "    - {id: clarity}\n" REQUIRE, "the criterion clarity is there twice"},
        {TOP PEOPLE ROLES RUBRIC "    - {id: b, levels: {6: x}}\n" REQUIRE,
         "review.yaml:16: criterion b: the level 6 is not on the scale 1 to 5"},
        {TOP PEOPLE ROLES RUBRIC "    - {id: b, minimum: 6}\n" REQUIRE, "minimum must be on the scale, 1 to 5"},
        {TOP PEOPLE ROLES RUBRIC "  mean_minimum: 5.5\n" REQUIRE, "mean_minimum is above the scale"},
        {TOP PEOPLE ROLES RUBRIC "  comment_required_at: -1\n" REQUIRE, "comment_required_at must be on the scale"},
        {TOP PEOPLE ROLES "rubric: {version: 1, scale: [5, 1], criteria: [{id: a}]}\n" REQUIRE,
         "scale: the first number"},
        {TOP PEOPLE ROLES "rubric: {version: 1, scale: [0, 10], criteria: [{id: a}]}\n" REQUIRE,
         "rubric.scale[1] must be at most 9"},
        {TOP PEOPLE "roles: {Boss: {title: a, duty: sign, meaning: b}}\n" RUBRIC REQUIRE, "roles.Boss must be a role"},
        {TOP PEOPLE ROLES RUBRIC REQUIRE "accepted: [{reason: x}]\n", "accepted[0] needs the key commit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_failure(load(cases[i].text), error, ERROR_INPUT, cases[i].part);
}

static void rules_and_within_or_among(void **state)
{
    (void)state;
    unsigned char need[POLICY_ROLES_MAX];
    assert_success(load(TOP PEOPLE ROLES RUBRIC REQUIRE
                        "  - {when: {risk: [medium, high]}, roles: {designer: 1}}\n"
                        "  - {when: {sensitivity: pii, risk: high}, roles: {legal: 1}}\n"
                        "  - {when: {path: [\"**/finance-*/**\", docs]}, roles: {legal: 2, owner: 1}}\n"),
                   error);
    const struct slice tags[] = {SLICE("x"), SLICE("pii")},
                       paths[] = {SLICE("m/a/manifest.yaml"), SLICE("m/finance-1/p/x.tpl")};
    const struct {
        struct policy_subject subject;
        unsigned char owner, legal, designer;
    } cases[] = {
        {{.risk = RISK_LOW}, 1, 0, 0},
        {{.risk = RISK_MEDIUM}, 1, 0, 1},
        {{.risk = RISK_MEDIUM, .sensitivities = tags, .sensitivity_count = 2}, 1, 0, 1},
        {{.risk = RISK_HIGH, .sensitivities = tags, .sensitivity_count = 2}, 1, 1, 1},
        {{.risk = RISK_HIGH, .sensitivities = tags, .sensitivity_count = 1}, 1, 0, 1},
        {{.risk = RISK_LOW, .paths = paths, .path_count = 1}, 1, 0, 0},
        {{.risk = RISK_HIGH, .sensitivities = tags, .sensitivity_count = 2, .paths = paths, .path_count = 2}, 1, 2, 1},
        {{.is_policy = true, .risk = RISK_LOW}, 1, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(need, 9, sizeof need);
        policy_require(&policy, &cases[i].subject, need);
        assert_int_equal(need[0], cases[i].owner);
        assert_int_equal(need[1], cases[i].legal);
        assert_int_equal(need[2], cases[i].designer);
        assert_int_equal(need[POLICY_ROLES_MAX - 1], 0);
    }
    policy_clear(&policy);
    assert_success(load(TOP PEOPLE ROLES "  policy: {title: P, duty: sign, meaning: m}\n" RUBRIC REQUIRE), error);
    policy_require(&policy, &cases[7].subject, need);
    assert_int_equal(need[0] + need[1] + need[2], 0);
    assert_int_equal(need[3], 1);
    policy_clear(&policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults), cmocka_unit_test(everything), cmocka_unit_test(rubric_digest_is_of_canonical_json),
        cmocka_unit_test(refused_by_name_and_line), cmocka_unit_test(rules_and_within_or_among)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
