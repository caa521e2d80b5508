/* What must hold for any policy, people and records. GATE_ROUNDS sets how many are tried (2,000). */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/str.h"
#include "assay/model/relevance.h"
#include "harness/scene.h"

static uint64_t seed;

static unsigned pick(unsigned below)
{
    /* xorshift64*: the same everywhere, so that a seed that failed can be tried again. */
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (unsigned)((seed * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool chance(unsigned percent)
{
    return pick(100) < percent;
}

static const char *const persons[] = {"ana@x", "bob@x", "lena@x", "lou@x", "ines@x", "gone@x"};
static const char *const roles[] = {"content-owner", "legal", "learning-designer"};

static void random_policy(struct scene *scene)
{
    for (size_t i = 0; i < scene->policy.rule_count; i++)
        for (size_t r = 0; r < scene->policy.role_count; r++)
            if (chance(30))
                scene->policy.rules[i].need[r] = (unsigned char)pick(3);
    for (size_t i = 0; i < scene->policy.person_count; i++)
        if (chance(50))
            scene->policy.people[i].roles = pick(8);
    scene->policy.self_approval = chance(20);
    scene->policy.overlap = chance(15) ? 2 : 1;
    scene->policy.block_unknown_authors = chance(10);
    for (size_t i = 0; i < ARRAY_COUNT(persons); i++)
        if (chance(8))
            scene->authors[scene->input.author_count++] = slice_of(persons[i]);
}

static void random_evidence(struct scene *scene)
{
    for (size_t m = 0; m < SCENE_MODULES; m++)
        for (size_t c = 0; c < SCENE_CASES; c++)
            if (chance(3))
                scene->cases[m][c].state = (enum gate_case_state)pick(5);
    if (chance(15)) {
        const struct gate_case *item = &scene->cases[SCENE_HIGH][pick(SCENE_CASES)];
        scene->flags[0] = (struct flag){
            .prompt = item->prompt, .case_id = item->case_id, .output = item->output, .name = SLICE("rouge_l")};
        scene->modules[SCENE_HIGH].flags = scene->flags;
        scene->modules[SCENE_HIGH].flag_count = 1;
    }
    if (chance(2))
        scene->problems[scene->input.problem_count++] = (struct gate_problem){.reason = REASON_LOG_REWOUND};
}

static void random_content(struct scene *scene, struct record *record, enum scene_module module)
{
    for (size_t s = 0; s < record->score_count; s++)
        for (size_t c = 0; c < 2; c++)
            if (chance(10))
                record->scores[s].scores[c] = (signed char)((int)pick(7) - 1);
    if (chance(10) && record->score_count)
        record->score_count = pick(SCENE_CASES + 1);
    if (chance(10))
        record->comment = SLICE("a reason");
    if (chance(8))
        scene_flag(scene, record, module, pick(SCENE_CASES), "unclear");
    for (int i = 0; i < 2; i++)
        if (chance(25))
            scene_triage(scene, record, module, pick(SCENE_CASES), chance(50) ? "rouge_l" : "unclear",
                         (enum triage_decision)pick(3));
}

static void random_staleness(struct scene *scene, struct record *record)
{
    if (chance(5))
        record->module.digest.bytes[9] ^= 1;
    if (chance(5))
        record->evidence.digest.bytes[9] ^= 1;
    if (chance(3))
        record->rubric.bytes[9] ^= 1;
    if (chance(2))
        record->meaning = SLICE("whatever");
    if (chance(3))
        record->evidence.seen--;
    if (chance(3))
        record->repository = SLICE("elsewhere");
    if (chance(3))
        record->target = SLICE("elsewhere");
    if (chance(8))
        record->change = SLICE("prompt/other");
    struct gate_record *source = scene_source(scene, record);
    source->sealed = chance(3);
    source->replaced = chance(3) ? SLICE("the target had it") : (struct slice){.data = NULL};
    source->filed_here = slice_equal(record->change, scene->input.change) || chance(20);
}

static void random_links(struct scene *scene, struct record *record)
{
    for (struct record *before = scene->records; before < record; before++) {
        bool own = slice_equal(before->reviewer.principal, record->reviewer.principal);
        if (own && slice_equal(before->change, record->change) ? chance(60) : chance(1))
            scene_follow(scene, record, before);
        if (chance(own ? 10 : 4))
            scene_supersede(scene, record, before);
    }
    if (chance(1))
        scene_follow(scene, record, &(struct record){.name = {{77, (unsigned char)pick(200)}}});
}

static enum verdict random_verdict(void)
{
    static const enum verdict verdicts[] = {VERDICT_APPROVE, VERDICT_APPROVE,  VERDICT_APPROVE,
                                            VERDICT_APPROVE, VERDICT_ABSTAIN,  VERDICT_REQUEST_CHANGES,
                                            VERDICT_APPROVE, VERDICT_WITHDRAW, VERDICT_APPROVE};
    return verdicts[pick(ARRAY_COUNT(verdicts))];
}

static struct record *random_record(struct scene *scene)
{
    enum scene_module module = (enum scene_module)pick(SCENE_MODULES);
    struct record *record = scene_add(scene, persons[pick(ARRAY_COUNT(persons))], roles[pick(ARRAY_COUNT(roles))],
                                      module, random_verdict());

    random_content(scene, record, module);
    random_staleness(scene, record);
    random_links(scene, record);
    if (chance(8))
        scene_source(scene, record)->signature = (enum gate_signature)pick(GATE_SIGNATURE_NONE + 1);
    return record;
}

/* Half of the scenes begin signed by all, so that many pass. */
static void random_scene(struct scene *scene)
{
    scene_init(scene);
    if (chance(70))
        random_policy(scene);
    random_evidence(scene);
    if (chance(60))
        scene_sign_all(scene);
    for (unsigned count = pick(8); count; count--)
        random_record(scene);
}

/* The verdict in words; without what is ignored if asked so. */
static void fingerprint(struct scene *scene, bool ignored, struct str *out)
{
    const struct gate_verdict *verdict = scene_judge(scene);
    char hex[65];

    str_reset(out);
    for (size_t i = 0; i < verdict->block_count; i++) {
        const struct gate_block *block = &verdict->blocks[i];
        struct slice path = block->module == GATE_CHANGE ? SLICE("*") : scene->input.modules[block->module].path;
        digest_format_hex(&block->record, hex);
        str_appendf(out, "%.*s %s %.*s %s\n", SLICE_ARG(path), reason_name(block->reason), SLICE_ARG(block->detail),
                    hex);
    }
    for (size_t i = 0; i < verdict->counted_count; i++) {
        digest_format_hex(&verdict->counted[i], hex);
        str_appendf(out, "counted %s\n", hex);
    }
    for (size_t i = 0; ignored && i < verdict->ignored_count; i++) {
        digest_format_hex(&verdict->ignored[i].record, hex);
        str_appendf(out, "ignored %s %s\n", hex, reason_name(verdict->ignored[i].reason));
    }
}

#define SHUFFLE(items, count)                                                                                          \
    for (size_t i_ = (count); i_ > 1; i_--) {                                                                          \
        size_t j_ = pick((unsigned)i_);                                                                                \
        __typeof__(*(items)) swap_ = (items)[i_ - 1];                                                                  \
        (items)[i_ - 1] = (items)[j_];                                                                                 \
        (items)[j_] = swap_;                                                                                           \
    }

static void order_never_matters(struct scene *scene)
{
    struct str before = STR_INIT, after = STR_INIT;

    fingerprint(scene, true, &before);
    SHUFFLE(scene->sources, scene->input.record_count);
    SHUFFLE(scene->modules, scene->input.module_count);
    SHUFFLE(scene->authors, scene->input.author_count);
    fingerprint(scene, true, &after);
    assert_string_equal(after.data, before.data);
    str_clear(&before);
    str_clear(&after);
}

/* A record of anybody's making: perhaps a copy of a real one, perhaps named by real ones. */
static void an_unverifiable_record_changes_nothing(struct scene *scene)
{
    struct str before = STR_INIT, after = STR_INIT;
    size_t known = scene->input.record_count;

    fingerprint(scene, false, &before);
    struct record *forged = random_record(scene);
    struct gate_record *source = scene_source(scene, forged);
    if (known && chance(40)) {
        const struct gate_record *copied = &scene->sources[pick((unsigned)known)];
        source->name = forged->name = copied->name;
        if (copied->record)
            *forged = *copied->record;
    } else if (chance(20)) {
        source->name = forged->name = (struct digest){{77, (unsigned char)pick(200)}};
    }
    source->principal = chance(50) ? (struct slice){.data = NULL} : slice_of(persons[pick(ARRAY_COUNT(persons))]);
    source->signature =
        (enum gate_signature)(GATE_SIGNATURE_UNKNOWN + pick(GATE_SIGNATURE_NONE - GATE_SIGNATURE_UNKNOWN + 1));
    if (chance(10)) {
        source->decoded = chance(50) ? RECORD_MALFORMED : RECORD_UNKNOWN_SCHEMA;
        source->record = NULL;
    }
    source->sealed = chance(30);
    source->replaced = chance(30) ? SLICE("the target had it") : (struct slice){.data = NULL};
    source->filed_here = chance(70);
    fingerprint(scene, false, &after);
    assert_string_equal(after.data, before.data);
    str_clear(&before);
    str_clear(&after);
}

static void a_rejection_never_helps(struct scene *scene)
{
    struct record *rejection = random_record(scene);

    rejection->verdict = VERDICT_REQUEST_CHANGES;
    rejection->change = scene->input.change;
    rejection->repository = scene->policy.repository;
    rejection->target = scene->policy.target;
    scene_source(scene, rejection)->signature = (enum gate_signature)pick(GATE_SIGNATURE_RETIRED + 1);
    if (chance(30)) /* a rejection is never spent */
        scene_source(scene, rejection)->replaced = SLICE("the target had it");
    assert_false(scene_judge(scene)->pass);
    assert_true(scene_blocked_by(scene, REASON_REQUEST_CHANGES));
}

/* Reasons that come from what records say about cases. */
static bool is_about_cases(enum reason reason)
{
    return reason == REASON_BELOW_MINIMUM || reason == REASON_BELOW_MEAN || reason == REASON_UNSCORED_CASES ||
           reason == REASON_OPEN_FLAG;
}

/* A sign-off may speak against its module all the same: by a low score, one without its comment, a flag, a decision. */
static bool speaks_against(const struct scene *scene, const struct record *record)
{
    const struct rubric *rubric = &scene->policy.rubric;
    bool against = record->flag_count > 0;
    for (size_t t = 0; t < record->triage_count; t++)
        against |= record->triage[t].decision == TRIAGE_FIX_REQUIRED;
    for (size_t s = 0; s < record->score_count; s++)
        for (size_t c = 0; c < record->criteria_count; c++) {
            int score = record->scores[s].scores[c];
            const struct rubric_criterion *criterion = &rubric->criteria[rubric_find(rubric, record->criteria[c])];
            against |= score < criterion->minimum || score < rubric->mean_minimum ||
                       (score <= rubric->comment_required_at && record->scores[s].comment.size == 0);
        }
    return against;
}

/* Without it an earlier word of the same person in the same role is the newest again. */
static bool stands_for_an_earlier_one(const struct scene *scene, const struct record *record)
{
    for (size_t i = 0; record->prev_count > 0 && i < scene->input.record_count; i++) {
        const struct record *other = scene->sources[i].record;
        if (other && other != record && slice_equal(other->change, record->change) &&
            slice_equal(other->reviewer.principal, record->reviewer.principal) &&
            slice_equal(other->reviewer.role, record->reviewer.role) &&
            slice_equal(other->module.path, record->module.path))
            return true;
    }
    return false;
}

/* Only what the record itself said about the cases of its module can go with it. */
static void may_have_helped(const struct scene *scene, const struct record *record, const struct gate_block *blocks,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(is_about_cases(blocks[i].reason));
        assert_true(slice_equal(scene->modules[blocks[i].module].path, record->module.path));
    }
    assert_true(speaks_against(scene, record) || stands_for_an_earlier_one(scene, record));
}

static void *keep(struct scene *scene, const void *items, size_t count, size_t size)
{
    void *copy = arena_alloc_array(&scene->arena, count + 1, size);
    if (count)
        memcpy(copy, items, count * size);
    return copy;
}

/* helped: how often a removal did. */
static void removing_a_sign_off_never_helps(struct scene *scene, size_t *helped)
{
    const struct gate_verdict *verdict = scene_judge(scene);
    const bool pass = verdict->pass;
    const size_t count = verdict->counted_count, block_count = verdict->block_count;
    const struct digest *counted = keep(scene, verdict->counted, count, sizeof *counted);
    const struct gate_block *blocks = keep(scene, verdict->blocks, block_count, sizeof *blocks);

    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (!digest_equal(&scene->sources[at].name, &counted[i]))
            at++;
        if (scene->sources[at].record->verdict != VERDICT_APPROVE)
            continue;
        struct gate_record removed = scene->sources[at];
        scene->sources[at] = scene->sources[--scene->input.record_count];
        if (!pass && scene_judge(scene)->pass) {
            may_have_helped(scene, removed.record, blocks, block_count);
            ++*helped;
        }
        scene->sources[scene->input.record_count++] = scene->sources[at];
        scene->sources[at] = removed;
    }
}

/* Where nobody says anything against, each record stands for itself: then no removal may help at all. */
static void removing_a_plain_sign_off_never_helps(void)
{
    struct scene scene;

    scene_init(&scene);
    random_policy(&scene);
    for (unsigned count = 1 + pick(8); count; count--) {
        const char *principal = persons[pick(ARRAY_COUNT(persons))], *role = roles[pick(ARRAY_COUNT(roles))];
        enum scene_module module = (enum scene_module)pick(SCENE_MODULES);
        random_staleness(&scene, scene_add(&scene, principal, role, module, VERDICT_APPROVE));
    }
    bool pass = scene_judge(&scene)->pass;
    for (size_t at = 0; at < scene.input.record_count; at++) {
        struct gate_record removed = scene.sources[at];
        scene.sources[at] = scene.sources[--scene.input.record_count];
        assert_true(pass || !scene_judge(&scene)->pass);
        scene.sources[scene.input.record_count++] = scene.sources[at];
        scene.sources[at] = removed;
    }
    scene_clear(&scene);
}

static const struct gate_record *source_of(const struct scene *scene, const struct digest *name)
{
    for (size_t i = 0; i < scene->input.record_count; i++)
        if (digest_equal(&scene->sources[i].name, name) && scene->sources[i].signature == GATE_SIGNATURE_GOOD)
            return &scene->sources[i];
    fail_msg("a seat is taken by a record that is not there");
    return NULL;
}

static void check_seat(const struct scene *scene, const struct gate_module *module, size_t role,
                       const struct gate_seat *seat)
{
    const struct gate_record *source = source_of(scene, &seat->record);
    const struct record *record = source->record;
    const struct policy_person *person = policy_person(&scene->policy, seat->principal);

    assert_non_null(person);
    assert_true(policy_holds(person, role));
    assert_true(slice_equal(record->reviewer.principal, seat->principal));
    assert_true(slice_equal(source->principal, seat->principal));
    assert_true(slice_equal(record->reviewer.role, scene->policy.roles[role].id));
    assert_int_equal(record->verdict, VERDICT_APPROVE);
    assert_true(slice_equal(record->change, scene->input.change));
    assert_true(slice_equal(record->module.path, module->path));
    assert_true(digest_equal(&record->module.digest, &module->digest));
    assert_true(digest_equal(&record->evidence.digest, &module->evidence));
    assert_int_equal(record->evidence.seen, module->case_count);
    assert_false(source->sealed);
    assert_int_equal(source->replaced.size, 0);
    assert_true(scene->policy.self_approval || !gate_input_is_author(&scene->input, seat->principal));
}

/* Judged by somebody else's plain words: every seat that is said to be filled is, by another person each. */
static void seats_are_what_they_seem(struct scene *scene, size_t *passed)
{
    const struct gate_verdict *verdict = scene_judge(scene);

    *passed += verdict->pass;
    for (size_t m = 0; m < verdict->module_count; m++) {
        struct slice seated[16];
        size_t count = 0;
        unsigned char need[POLICY_ROLES_MAX];
        policy_require(&scene->policy, &scene->modules[m].subject, need);
        for (size_t r = 0; r < verdict->modules[m].required_count; r++) {
            const struct gate_role *role = &verdict->modules[m].required[r];
            assert_int_equal(role->need, need[role->role]);
            assert_int_equal(role->have_count + role->missing, role->need);
            assert_true(!verdict->pass || role->missing == 0);
            need[role->role] = 0;
            for (size_t h = 0; h < role->have_count; h++) {
                check_seat(scene, &scene->modules[m], role->role, &role->have[h]);
                for (size_t i = 0; i < count; i++)
                    assert_false(slice_equal(seated[i], role->have[h].principal));
                seated[count++] = role->have[h].principal;
            }
        }
        for (size_t r = 0; r < POLICY_ROLES_MAX; r++)
            assert_int_equal(need[r], 0);
    }
}

/* --- model/relevance --------------------------------------------------------------------------------------------- */

static struct relevance_header header_of(const struct record *record)
{
    if (!record)
        return (struct relevance_header){.decoded = false};
    return (struct relevance_header){.decoded = true,
                                     .change = record->change,
                                     .principal = record->reviewer.principal,
                                     .path = record->module.path,
                                     .module = record->module.digest,
                                     .verdict = record->verdict,
                                     .supersedes = record->supersedes,
                                     .supersedes_count = record->supersedes_count};
}

/* Other changes of the same people about the same content, with copies in folders where they do not belong. */
static void crowd(struct scene *scene)
{
    static const struct slice changes[] = {{"prompt/other", 12}, {"prompt/third", 12}, {"prompt/fourth", 13}};
    for (unsigned count = 2 + pick(14); count; count--) {
        struct record *record = random_record(scene);
        if (chance(75))
            record->change = changes[pick(ARRAY_COUNT(changes))];
        if (chance(40))
            record->verdict = chance(60) ? VERDICT_REQUEST_CHANGES : VERDICT_WITHDRAW;
        scene_source(scene, record)->filed_here = slice_equal(record->change, scene->input.change) || chance(5);
        for (struct record *before = scene->records; before < record; before++) {
            bool own = slice_equal(before->reviewer.principal, record->reviewer.principal);
            if (own && slice_equal(before->change, record->change) && chance(50))
                scene_follow(scene, record, before);
            if (before->verdict == VERDICT_REQUEST_CHANGES && chance(own ? 25 : 8))
                scene_supersede(scene, record, before);
        }
        if (chance(15)) {
            struct gate_record *copy = &scene->sources[scene->input.record_count];
            if (scene->input.record_count + 1 >= SCENE_RECORDS_MAX)
                return;
            *copy = scene->sources[pick((unsigned)scene->input.record_count)];
            scene->records[scene->input.record_count++] = *copy->record;
            copy->signature = (enum gate_signature)pick(GATE_SIGNATURE_NONE + 1);
            copy->filed_here = chance(50);
        }
    }
}

/* `wrongly`: without what is needed to know that a rejection ended, to see that this would be noticed. */
static size_t keep_relevant(struct scene *scene, bool wrongly)
{
    struct relevance_header headers[SCENE_RECORDS_MAX];
    struct relevance_record records[SCENE_RECORDS_MAX];
    struct digest modules[SCENE_MODULES];
    size_t count = scene->input.record_count, kept = 0;
    for (size_t m = 0; m < SCENE_MODULES; m++)
        modules[m] = scene->modules[m].digest;
    for (size_t i = 0; i < count; i++) {
        const struct gate_record *source = &scene->sources[i];
        headers[i] = header_of(source->record);
        if (wrongly)
            headers[i].supersedes_count = 0;
        records[i] =
            (struct relevance_record){.name = source->name,
                                      .folder = source->filed_here ? scene->input.change : SLICE("prompt/folder"),
                                      .header = &headers[i]};
    }
    relevance_mark(records, count, &(struct relevance_subject){scene->input.change, modules, SCENE_MODULES, NULL, 0});
    for (size_t i = 0; i < count; i++)
        if (records[i].needed)
            scene->sources[kept++] = scene->sources[i];
    scene->input.record_count = kept;
    return count - kept;
}

static void what_is_relevant_is_enough(size_t *dropped, size_t *noticed)
{
    struct scene scene;
    struct str before = STR_INIT, after = STR_INIT;
    struct gate_record all[SCENE_RECORDS_MAX];
    random_scene(&scene);
    crowd(&scene);
    size_t count = scene.input.record_count;
    fingerprint(&scene, true, &before);
    for (size_t i = 0; i < count; i++)
        all[i] = scene.sources[i];
    *dropped += keep_relevant(&scene, false);
    fingerprint(&scene, true, &after);
    assert_string_equal(after.data, before.data);
    for (size_t i = 0; i < count; i++)
        scene.sources[i] = all[i];
    scene.input.record_count = count;
    keep_relevant(&scene, true);
    fingerprint(&scene, true, &after);
    *noticed += strcmp(after.data, before.data) != 0;
    str_clear(&before);
    str_clear(&after);
    scene_clear(&scene);
}

static size_t rounds(void)
{
    const char *asked = getenv("GATE_ROUNDS");
    return asked ? (size_t)strtoul(asked, NULL, 10) : 2000;
}

static size_t round_now; /* to be tried again alone, when one fails */

static int tell_round(void **state)
{
    (void)state;
    if (round_now < rounds())
        print_message("round %zu\n", round_now);
    return 0;
}

static void all_properties(void **state)
{
    size_t passed = 0, dropped = 0, noticed = 0, helped = 0;

    (void)state;
    for (round_now = 0; round_now < rounds(); round_now++) {
        struct scene scene;
        seed = UINT64_C(0x9e3779b97f4a7c15) * (round_now + 1);
        random_scene(&scene);
        seats_are_what_they_seem(&scene, &passed);
        removing_a_sign_off_never_helps(&scene, &helped);
        order_never_matters(&scene);
        scene_clear(&scene);

        random_scene(&scene);
        an_unverifiable_record_changes_nothing(&scene);
        a_rejection_never_helps(&scene);
        scene_clear(&scene);
        removing_a_plain_sign_off_never_helps();
        what_is_relevant_is_enough(&dropped, &noticed);
    }
    /* A generator whose scenes never pass would prove nothing. */
    assert_true(passed * 20 > rounds());
    assert_true(passed * 2 < rounds());
    assert_true(dropped > rounds());
    assert_true(noticed > 0);
    /* The exception is rare, and not so rare that it is never met. */
    assert_true(helped * 100 < rounds());
    assert_true(helped > 0 || rounds() < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(all_properties, tell_round)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
