#include "harness/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/scene.h"

/* Each row changes a scene that passes, and says by what it is blocked then (REASON_NONE: it still passes) and why the
 * record that it returns is ignored (NULL or REASON_NONE: it is not). */
struct row {
    const char *name;
    const struct record *(*change)(struct scene *scene, struct scene_signed s);
    enum reason blocked, ignored;
};

#define ROW(name) static const struct record *name(struct scene *scene, struct scene_signed s)
#define UNUSED    (void)scene, (void)s

static void automatic_flag(struct scene *scene)
{
    const struct gate_case *item = &scene->cases[SCENE_HIGH][1];
    scene->flags[0] = (struct flag){
        .prompt = item->prompt, .case_id = item->case_id, .output = item->output, .name = SLICE("rouge_l")};
    scene->modules[SCENE_HIGH].flags = scene->flags;
    scene->modules[SCENE_HIGH].flag_count = 1;
}
ROW(nothing_changed)
{
    UNUSED;
    return s.owner;
}
ROW(a_signature_is_bad)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_BAD;
    return s.legal;
}
ROW(a_signature_is_gone)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_NONE;
    return s.legal;
}
ROW(a_key_is_unknown)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_UNKNOWN;
    return s.legal;
}
ROW(a_key_is_somebody_elses)
{
    scene_source(scene, s.legal)->principal = SLICE("lou@x");
    return s.legal;
}
ROW(a_key_expired)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_EXPIRED;
    return s.legal;
}
ROW(a_key_is_retired)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_RETIRED;
    return s.legal;
}
ROW(a_key_is_compromised)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_COMPROMISED;
    return s.legal;
}
ROW(a_namespace_is_another)
{
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_NAMESPACE;
    return s.legal;
}
ROW(bytes_are_no_record)
{
    scene_source(scene, s.legal)->decoded = RECORD_MALFORMED;
    scene_source(scene, s.legal)->record = NULL;
    return s.legal;
}
ROW(a_schema_is_unknown)
{
    scene_source(scene, s.legal)->decoded = RECORD_UNKNOWN_SCHEMA;
    scene_source(scene, s.legal)->record = NULL;
    return NULL;
}
ROW(an_unknown_schema_is_badly_signed)
{
    struct record *extra = scene_add(scene, "lou@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    UNUSED;
    *scene_source(scene, extra) = (struct gate_record){
        .name = extra->name, .decoded = RECORD_UNKNOWN_SCHEMA, .signature = GATE_SIGNATURE_BAD, .filed_here = true};
    return extra;
}
ROW(an_unknown_schema_lies_elsewhere)
{
    struct record *extra = scene_add(scene, "lou@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    UNUSED;
    *scene_source(scene, extra) = (struct gate_record){.name = extra->name,
                                                       .decoded = RECORD_UNKNOWN_SCHEMA,
                                                       .signature = GATE_SIGNATURE_GOOD,
                                                       .principal = SLICE("lou@x")};
    return extra;
}
ROW(a_role_is_not_held)
{
    s.legal->reviewer.principal = SLICE("bob@x");
    scene_source(scene, s.legal)->principal = SLICE("bob@x");
    return s.legal;
}
ROW(a_role_does_not_exist)
{
    UNUSED;
    s.legal->reviewer.role = SLICE("emperor");
    return s.legal;
}
ROW(the_author_approves)
{
    scene->authors[scene->input.author_count++] = SLICE("lena@x");
    return s.legal;
}
ROW(the_author_may_approve)
{
    scene->authors[scene->input.author_count++] = SLICE("lena@x");
    scene->policy.self_approval = true;
    return s.legal;
}
ROW(it_is_for_another_repository)
{
    UNUSED;
    s.legal->repository = SLICE("acme/clone");
    return s.legal;
}
ROW(it_is_for_another_target)
{
    UNUSED;
    s.legal->target = SLICE("release");
    return s.legal;
}
ROW(it_is_for_another_change)
{
    UNUSED;
    s.legal->change = SLICE("prompt/other");
    return s.legal;
}
ROW(the_module_changed)
{
    UNUSED;
    s.legal->module.digest.bytes[9] ^= 1;
    return s.legal;
}
ROW(the_module_left)
{
    struct record *extra = scene_add(scene, "lou@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    UNUSED;
    extra->module.path = SLICE("modules/elsewhere");
    return extra;
}
ROW(the_outputs_changed)
{
    UNUSED;
    s.legal->evidence.digest.bytes[9] ^= 1;
    return s.legal;
}
ROW(the_rubric_changed)
{
    UNUSED;
    s.legal->rubric.bytes[9] ^= 1;
    return s.legal;
}
ROW(the_meaning_changed)
{
    UNUSED;
    s.legal->meaning = SLICE("I looked at it.");
    return s.legal;
}
ROW(it_is_sealed_already)
{
    scene_source(scene, s.legal)->sealed = true;
    return s.legal;
}
ROW(the_target_had_it_and_replaced_it)
{
    scene_source(scene, s.legal)->replaced = SLICE("main had it");
    return s.legal;
}
ROW(a_spoilt_copy_is_replaced)
{
    struct record *copy = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    struct gate_record *source = scene_source(scene, copy);
    *copy = *s.legal;
    source->name = copy->name;
    source->signature = GATE_SIGNATURE_BAD;
    source->replaced = SLICE("main had it");
    return s.legal;
}
ROW(a_spoilt_copy_is_sealed)
{
    struct record *copy = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    struct gate_record *source = scene_source(scene, copy);
    *copy = *s.legal;
    source->name = copy->name;
    source->sealed = true;
    source->signature = GATE_SIGNATURE_BAD;
    return s.legal;
}
ROW(not_all_cases_were_seen)
{
    UNUSED;
    s.legal->evidence.seen = 1;
    return s.legal;
}
ROW(it_saw_fewer_cases_than_there_are)
{
    UNUSED;
    s.legal->evidence.seen = s.legal->evidence.cases = 1;
    return s.legal;
}
ROW(an_owner_did_not_score)
{
    UNUSED;
    s.owner->score_count = 0;
    return s.owner;
}
ROW(a_second_approval_is_not_needed)
{
    UNUSED;
    return scene_add(scene, "lou@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
}
ROW(one_person_cannot_take_two_seats)
{
    s.owner->reviewer.principal = SLICE("ines@x");
    scene_source(scene, s.owner)->principal = SLICE("ines@x");
    return NULL;
}
ROW(a_person_moves_to_the_other_seat)
{
    /* lou may own or sign; with bob as owner and lou for legal, all is filled without lena and ana. */
    scene_source(scene, s.legal)->signature = GATE_SIGNATURE_BAD;
    scene_add(scene, "lou@x", "content-owner", SCENE_HIGH, VERDICT_APPROVE);
    scene_add(scene, "lou@x", "legal", SCENE_HIGH, VERDICT_APPROVE);
    return s.legal;
}
ROW(a_newer_abstention_replaces)
{
    struct record *newer = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_ABSTAIN);
    scene_follow(scene, newer, s.legal);
    return s.legal;
}
ROW(a_fork_takes_the_stricter)
{
    scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_ABSTAIN);
    return s.legal;
}
ROW(an_approval_is_withdrawn)
{
    struct record *newer = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_WITHDRAW);
    scene_follow(scene, newer, s.legal);
    return s.legal;
}
ROW(somebody_requests_changes)
{
    UNUSED;
    scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    return NULL;
}
ROW(a_rejection_of_old_content_holds)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    UNUSED;
    rejection->module.digest.bytes[9] ^= 1;
    rejection->rubric.bytes[9] ^= 1;
    return rejection;
}
ROW(a_rejection_of_a_module_that_left_holds)
{
    UNUSED;
    scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES)->module.path = SLICE("elsewhere");
    return NULL;
}
ROW(a_rejection_by_an_expired_key_holds)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    UNUSED;
    scene_source(scene, rejection)->signature = GATE_SIGNATURE_EXPIRED;
    return rejection;
}
ROW(a_rejection_by_a_lost_role_holds)
{
    UNUSED;
    return scene_add(scene, "gone@x", "legal", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
}
ROW(a_rejection_by_a_compromised_key_is_void)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    UNUSED;
    scene_source(scene, rejection)->signature = GATE_SIGNATURE_COMPROMISED;
    return rejection;
}
ROW(an_expired_key_ends_no_rejection)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *withdrawal = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    scene_follow(scene, withdrawal, rejection);
    scene_supersede(scene, withdrawal, rejection);
    scene_source(scene, withdrawal)->signature = GATE_SIGNATURE_EXPIRED;
    return withdrawal;
}
static struct record *rejection_elsewhere(struct scene *scene)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    rejection->change = SLICE("prompt/same-under-another-name");
    scene_source(scene, rejection)->filed_here = false;
    return rejection;
}
ROW(a_rejection_of_the_same_content_elsewhere_holds)
{
    UNUSED;
    rejection_elsewhere(scene);
    return NULL;
}
ROW(a_rejection_of_other_content_elsewhere_does_not)
{
    struct record *rejection = rejection_elsewhere(scene);
    UNUSED;
    rejection->module.digest.bytes[9] ^= 1;
    return rejection;
}
ROW(a_rejection_elsewhere_is_withdrawn_there)
{
    struct record *rejection = rejection_elsewhere(scene);
    struct record *withdrawal = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    withdrawal->change = rejection->change;
    scene_source(scene, withdrawal)->filed_here = false;
    scene_follow(scene, withdrawal, rejection);
    return rejection;
}
ROW(two_rejections_are_withdrawn_one_after_the_other)
{
    struct record *one = rejection_elsewhere(scene), *other = rejection_elsewhere(scene);
    struct record *first = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    struct record *second = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    other->change = SLICE("prompt/third");
    scene_supersede(scene, first, one);
    scene_supersede(scene, second, other);
    scene_follow(scene, second, first);
    return one;
}
ROW(a_rejection_is_withdrawn)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *withdrawal = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    scene_follow(scene, withdrawal, rejection);
    return rejection;
}
ROW(a_withdrawal_without_a_link_ends_nothing)
{
    UNUSED;
    scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    return NULL;
}
ROW(a_rejection_is_superseded_by_its_signer)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *approval = scene_add(scene, "bob@x", "content-owner", SCENE_LOW, VERDICT_APPROVE);
    UNUSED;
    scene_supersede(scene, approval, rejection);
    return rejection;
}
ROW(nobody_else_supersedes_a_rejection)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    s.owner->comment = SLICE("I know better");
    scene_supersede(scene, s.owner, rejection);
    scene_follow(scene, s.owner_low, s.owner);
    return NULL;
}
static struct record *overridden(struct scene *scene, struct record **rejection)
{
    *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *by = scene_add(scene, "ines@x", "content-owner", SCENE_HIGH, VERDICT_ABSTAIN);
    by->comment = SLICE("settled in the meeting");
    scene_supersede(scene, by, *rejection);
    return by;
}
ROW(a_rejection_is_overridden)
{
    struct record *rejection;
    UNUSED;
    overridden(scene, &rejection);
    return rejection;
}
ROW(an_override_needs_a_comment)
{
    struct record *rejection;
    UNUSED;
    overridden(scene, &rejection)->comment = SLICE("  ");
    return NULL;
}
ROW(an_override_needs_the_role)
{
    struct record *rejection;
    UNUSED;
    overridden(scene, &rejection);
    rejection->reviewer.principal = SLICE("lou@x");
    scene_source(scene, rejection)->principal = SLICE("lou@x");
    rejection->reviewer.role = SLICE("legal");
    return NULL;
}
ROW(an_override_is_never_an_authors)
{
    struct record *rejection;
    UNUSED;
    overridden(scene, &rejection);
    scene->policy.self_approval = true;
    scene->authors[scene->input.author_count++] = SLICE("ines@x");
    return NULL;
}
/* Ines says it where the rejection was given, or in a third change: it ends for every change that it holds up. */
ROW(an_override_ends_a_rejection_elsewhere)
{
    struct record *rejection, *by = overridden(scene, &rejection);
    UNUSED;
    rejection->change = by->change = SLICE("prompt/same-under-another-name");
    scene_source(scene, rejection)->filed_here = scene_source(scene, by)->filed_here = false;
    return NULL;
}
ROW(an_override_written_elsewhere_ends_a_rejection_here)
{
    struct record *rejection, *by = overridden(scene, &rejection);
    UNUSED;
    by->change = SLICE("prompt/same-under-another-name");
    scene_source(scene, by)->filed_here = false;
    return rejection;
}
ROW(an_override_written_elsewhere_is_never_an_authors)
{
    an_override_written_elsewhere_ends_a_rejection_here(scene, s);
    scene->authors[scene->input.author_count++] = SLICE("ines@x");
    return NULL;
}
ROW(an_override_is_withdrawn)
{
    struct record *rejection, *by = overridden(scene, &rejection);
    UNUSED;
    scene_follow(scene, scene_add(scene, "ines@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW), by);
    return by;
}
/* A record of another repository or target by the same person is no link of the chain, whatever it names. */
ROW(a_withdrawal_of_another_repository_ends_nothing)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *withdrawal = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    scene_follow(scene, withdrawal, rejection);
    scene_supersede(scene, withdrawal, rejection);
    withdrawal->repository = SLICE("acme/elsewhere");
    return withdrawal;
}
ROW(a_withdrawal_of_another_target_ends_nothing)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *withdrawal = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_WITHDRAW);
    UNUSED;
    scene_follow(scene, withdrawal, rejection);
    withdrawal->target = SLICE("elsewhere");
    return withdrawal;
}
static void lose_link(struct scene *scene, struct record *record)
{
    struct record lost = {.name = {{99}}, .seq = 1};
    scene_follow(scene, record, &lost);
}
ROW(a_link_is_missing)
{
    lose_link(scene, s.legal);
    return NULL;
}
ROW(a_link_lost_its_signature)
{
    scene_follow(scene, s.owner_low, s.owner);
    scene_source(scene, s.owner)->signature = GATE_SIGNATURE_NONE;
    return s.owner;
}
ROW(a_link_is_another_persons)
{
    scene_follow(scene, s.legal, s.owner);
    return NULL;
}
static void lose_link_and_accept(struct scene *scene, struct record *record)
{
    static char name[DIGEST_TEXT_SIZE + 1];
    static struct policy_accepted accepted;
    lose_link(scene, record);
    digest_format(&record->name, name);
    accepted = (struct policy_accepted){.commit_or_record = slice_of(name), .reason = SLICE("lost with a laptop")};
    scene->policy.accepted = &accepted;
    scene->policy.accepted_count = 1;
}
ROW(a_number_does_not_follow)
{
    UNUSED;
    s.legal->seq = 7;
    return NULL;
}
ROW(a_link_is_of_another_repository)
{
    scene_follow(scene, s.owner_low, s.owner);
    s.owner->repository = SLICE("acme/elsewhere");
    return s.owner;
}
ROW(a_missing_link_is_accepted)
{
    lose_link_and_accept(scene, s.legal);
    return NULL;
}
ROW(scores_behind_a_missing_link_count_for_nothing)
{
    lose_link(scene, s.owner);
    return NULL;
}
ROW(scores_behind_an_accepted_link_count)
{
    lose_link_and_accept(scene, s.owner);
    return NULL;
}
ROW(triage_behind_a_missing_link_settles_nothing)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_ACCEPTED);
    lose_link(scene, s.designer);
    return NULL;
}
ROW(triage_behind_an_accepted_link_settles)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_ACCEPTED);
    lose_link_and_accept(scene, s.designer);
    return NULL;
}
ROW(a_link_of_another_change_is_missing)
{
    struct record *foreign = rejection_elsewhere(scene), lost = {.name = {{99}}, .seq = 1};
    UNUSED;
    foreign->verdict = VERDICT_APPROVE;
    scene_follow(scene, foreign, &lost);
    return foreign;
}
ROW(outputs_are_stale)
{
    scene->cases[SCENE_LOW][0].state = GATE_CASE_STALE;
    return s.owner_low;
}
ROW(outputs_are_missing)
{
    scene->cases[SCENE_LOW][0].state = GATE_CASE_MISSING;
    return s.owner_low;
}
ROW(the_outputs_file_is_missing)
{
    scene->cases[SCENE_LOW][0].state = GATE_CASE_NO_FILE;
    scene->cases[SCENE_LOW][1].state = GATE_CASE_NO_FILE;
    return s.owner_low;
}
ROW(a_failed_case_needs_no_score)
{
    scene->cases[SCENE_LOW][0].state = GATE_CASE_FAILED;
    return s.owner_low;
}
ROW(a_case_is_not_scored)
{
    UNUSED;
    s.owner->score_count = 1;
    return s.owner;
}
ROW(a_criterion_is_not_scored)
{
    UNUSED;
    s.owner->scores[1].scores[1] = -1;
    return s.owner;
}
ROW(another_owner_scores_the_rest)
{
    struct record *other = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_ABSTAIN);
    s.owner->score_count = 1;
    other->scores++;
    other->score_count = 1;
    return other;
}
ROW(a_score_is_for_another_output)
{
    UNUSED;
    s.owner->scores[1].output.bytes[9] ^= 1;
    return s.owner;
}
ROW(two_scorers_are_needed)
{
    scene->policy.overlap = 2;
    return s.owner;
}
ROW(a_score_is_below_the_minimum)
{
    UNUSED;
    s.owner->scores[0].scores[0] = 2;
    s.owner->scores[0].comment = SLICE("unclear");
    return s.owner;
}
ROW(the_lowest_of_two_scores_counts)
{
    struct record *other = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_ABSTAIN);
    UNUSED;
    other->scores[0].scores[0] = 1;
    other->scores[0].comment = SLICE("wrong");
    return other;
}
ROW(a_low_score_is_settled)
{
    a_score_is_below_the_minimum(scene, s);
    scene_triage(scene, s.designer, SCENE_HIGH, 0, "below-minimum", TRIAGE_ACCEPTED);
    return s.owner;
}
ROW(a_low_score_is_settled_by_its_criterion)
{
    a_score_is_below_the_minimum(scene, s);
    scene_triage(scene, s.designer, SCENE_HIGH, 0, "clarity", TRIAGE_ACCEPTED);
    return s.owner;
}
ROW(a_low_score_is_settled_by_the_flag_beside_it)
{
    a_score_is_below_the_minimum(scene, s);
    scene_flag(scene, s.owner, SCENE_HIGH, 0, "unclear");
    scene_triage(scene, s.designer, SCENE_HIGH, 0, "unclear", TRIAGE_ACCEPTED);
    return s.owner;
}
ROW(a_low_score_with_one_of_two_flags_settled)
{
    a_low_score_is_settled_by_the_flag_beside_it(scene, s);
    scene_flag(scene, s.owner, SCENE_HIGH, 0, "off-brand");
    return s.owner;
}
ROW(another_flag_settles_no_low_score)
{
    a_score_is_below_the_minimum(scene, s);
    scene_triage(scene, s.designer, SCENE_HIGH, 0, "rouge_l", TRIAGE_ACCEPTED);
    return s.owner;
}
ROW(a_low_score_without_its_comment)
{
    UNUSED;
    s.owner->scores[0].scores[1] = 2; /* at the minimum of tone, and a comment is required at 2 */
    return s.owner;
}
ROW(a_low_score_with_its_comment)
{
    a_low_score_without_its_comment(scene, s);
    s.owner->scores[0].comment = SLICE("stiff");
    return s.owner;
}
ROW(the_mean_is_too_low)
{
    UNUSED;
    for (int c = 0; c < SCENE_CASES; c++)
        s.owner->scores[c].scores[0] = s.owner->scores[c].scores[1] = 3;
    return s.owner;
}
ROW(the_mean_is_just_enough)
{
    UNUSED;
    for (int c = 0; c < SCENE_CASES; c++) {
        s.owner->scores[c].scores[0] = 3;
        s.owner->scores[c].scores[1] = 4;
    }
    return s.owner;
}
ROW(an_automatic_flag_is_open)
{
    automatic_flag(scene);
    return s.designer;
}
ROW(an_automatic_flag_is_settled)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_DISMISSED);
    return s.designer;
}
ROW(a_flag_is_to_be_fixed)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_FIX_REQUIRED);
    return s.designer;
}
ROW(a_flag_was_settled_for_another_output)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_ACCEPTED);
    s.designer->triage[0].output.bytes[9] ^= 1;
    return s.designer;
}
ROW(only_triagers_settle)
{
    automatic_flag(scene);
    scene_triage(scene, s.owner, SCENE_HIGH, 1, "rouge_l", TRIAGE_ACCEPTED);
    return s.owner;
}
ROW(an_author_settles_nothing)
{
    automatic_flag(scene);
    scene_triage(scene, s.designer, SCENE_HIGH, 1, "rouge_l", TRIAGE_ACCEPTED);
    scene->authors[scene->input.author_count++] = SLICE("ines@x");
    return s.designer;
}
ROW(a_persons_flag_is_open)
{
    scene_flag(scene, s.legal, SCENE_HIGH, 0, "off-brand");
    return s.legal;
}
ROW(a_persons_flag_is_settled)
{
    scene_flag(scene, s.legal, SCENE_HIGH, 0, "off-brand");
    scene_triage(scene, s.designer, SCENE_HIGH, 0, "off-brand", TRIAGE_ACCEPTED);
    return s.legal;
}
ROW(a_persons_flag_is_moot)
{
    scene_flag(scene, s.legal, SCENE_HIGH, 0, "off-brand");
    s.legal->flags[0].output.bytes[9] ^= 1;
    return s.legal;
}
ROW(an_unknown_author_warns)
{
    scene->unknown_authors[scene->input.unknown_author_count++] = SLICE("who@example.com");
    return s.owner;
}
ROW(an_unknown_author_blocks)
{
    an_unknown_author_warns(scene, s);
    scene->policy.block_unknown_authors = true;
    return s.owner;
}
ROW(there_is_no_policy)
{
    UNUSED;
    scene->input.policy = NULL;
    return NULL;
}
ROW(the_caller_found_a_conflict)
{
    scene->problems[scene->input.problem_count++] = (struct gate_problem){.reason = REASON_MERGE_CONFLICT};
    return s.owner;
}
ROW(the_caller_found_a_rewound_log)
{
    scene->problems[scene->input.problem_count++] = (struct gate_problem){.reason = REASON_LOG_REWOUND};
    return s.owner;
}
ROW(the_caller_found_records_removed)
{
    scene->problems[scene->input.problem_count++] = (struct gate_problem){.reason = REASON_RECORDS_REMOVED};
    return s.owner;
}
ROW(the_caller_found_a_bad_manifest)
{
    scene->problems[0] = (struct gate_problem){.reason = REASON_BAD_MANIFEST};
    scene->modules[SCENE_LOW].problems = scene->problems;
    scene->modules[SCENE_LOW].problem_count = 1;
    return s.owner;
}
ROW(the_caller_found_a_bad_policy)
{
    scene->problems[0] = (struct gate_problem){.reason = REASON_BAD_POLICY};
    scene->modules[SCENE_LOW].problems = scene->problems;
    scene->modules[SCENE_LOW].problem_count = 1;
    return s.owner;
}

static const struct row rows[] = {
    {"nothing_changed", nothing_changed, REASON_NONE, REASON_NONE},
    {"a_signature_is_bad", a_signature_is_bad, REASON_MISSING_SIGN_OFF, REASON_BAD_SIGNATURE},
    {"a_signature_is_gone", a_signature_is_gone, REASON_MISSING_SIGN_OFF, REASON_NO_SIGNATURE},
    {"a_key_is_unknown", a_key_is_unknown, REASON_MISSING_SIGN_OFF, REASON_UNKNOWN_SIGNER},
    {"a_key_is_somebody_elses", a_key_is_somebody_elses, REASON_MISSING_SIGN_OFF, REASON_UNKNOWN_SIGNER},
    {"a_key_expired", a_key_expired, REASON_MISSING_SIGN_OFF, REASON_EXPIRED_KEY},
    {"a_key_is_retired", a_key_is_retired, REASON_MISSING_SIGN_OFF, REASON_REVOKED_KEY},
    {"a_key_is_compromised", a_key_is_compromised, REASON_MISSING_SIGN_OFF, REASON_REVOKED_KEY},
    {"a_namespace_is_another", a_namespace_is_another, REASON_MISSING_SIGN_OFF, REASON_WRONG_NAMESPACE},
    {"bytes_are_no_record", bytes_are_no_record, REASON_MISSING_SIGN_OFF, REASON_MALFORMED},
    {"a_schema_is_unknown", a_schema_is_unknown, REASON_UNKNOWN_SCHEMA, REASON_NONE},
    {"an_unknown_schema_is_badly_signed", an_unknown_schema_is_badly_signed, REASON_NONE, REASON_BAD_SIGNATURE},
    {"an_unknown_schema_lies_elsewhere", an_unknown_schema_lies_elsewhere, REASON_NONE, REASON_NONE},
    {"a_role_is_not_held", a_role_is_not_held, REASON_MISSING_SIGN_OFF, REASON_ROLE_NOT_HELD},
    {"a_role_does_not_exist", a_role_does_not_exist, REASON_MISSING_SIGN_OFF, REASON_ROLE_NOT_HELD},
    {"the_author_approves", the_author_approves, REASON_MISSING_SIGN_OFF, REASON_SELF_APPROVAL},
    {"the_author_may_approve", the_author_may_approve, REASON_NONE, REASON_NONE},
    {"it_is_for_another_repository", it_is_for_another_repository, REASON_MISSING_SIGN_OFF, REASON_OTHER_REPOSITORY},
    {"it_is_for_another_target", it_is_for_another_target, REASON_MISSING_SIGN_OFF, REASON_OTHER_TARGET},
    {"it_is_for_another_change", it_is_for_another_change, REASON_MISSING_SIGN_OFF, REASON_OTHER_CHANGE},
    {"the_module_changed", the_module_changed, REASON_STALE_MODULE, REASON_STALE_MODULE},
    {"the_module_left", the_module_left, REASON_NONE, REASON_STALE_MODULE},
    {"the_outputs_changed", the_outputs_changed, REASON_STALE_EVIDENCE, REASON_STALE_EVIDENCE},
    {"the_rubric_changed", the_rubric_changed, REASON_STALE_RUBRIC, REASON_STALE_RUBRIC},
    {"the_meaning_changed", the_meaning_changed, REASON_STALE_RUBRIC, REASON_STALE_RUBRIC},
    {"it_is_sealed_already", it_is_sealed_already, REASON_MISSING_SIGN_OFF, REASON_SPENT},
    {"the_target_had_it_and_replaced_it", the_target_had_it_and_replaced_it, REASON_MISSING_SIGN_OFF, REASON_SPENT},
    {"a_spoilt_copy_is_replaced", a_spoilt_copy_is_replaced, REASON_NONE, REASON_NONE},
    {"a_spoilt_copy_is_sealed", a_spoilt_copy_is_sealed, REASON_NONE, REASON_NONE},
    {"not_all_cases_were_seen", not_all_cases_were_seen, REASON_MISSING_SIGN_OFF, REASON_NOT_ALL_SEEN},
    {"it_saw_fewer_cases_than_there_are", it_saw_fewer_cases_than_there_are, REASON_MISSING_SIGN_OFF,
     REASON_NOT_ALL_SEEN},
    {"an_owner_did_not_score", an_owner_did_not_score, REASON_MISSING_SIGN_OFF, REASON_NOT_ALL_SEEN},
    {"a_second_approval_is_not_needed", a_second_approval_is_not_needed, REASON_NONE, REASON_NO_SEAT},
    {"one_person_cannot_take_two_seats", one_person_cannot_take_two_seats, REASON_MISSING_SIGN_OFF, REASON_NONE},
    {"a_person_moves_to_the_other_seat", a_person_moves_to_the_other_seat, REASON_NONE, REASON_BAD_SIGNATURE},
    {"a_newer_abstention_replaces", a_newer_abstention_replaces, REASON_MISSING_SIGN_OFF, REASON_SUPERSEDED},
    {"a_fork_takes_the_stricter", a_fork_takes_the_stricter, REASON_MISSING_SIGN_OFF, REASON_SUPERSEDED},
    {"an_approval_is_withdrawn", an_approval_is_withdrawn, REASON_MISSING_SIGN_OFF, REASON_SUPERSEDED},
    {"somebody_requests_changes", somebody_requests_changes, REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_of_old_content_holds", a_rejection_of_old_content_holds, REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_of_a_module_that_left_holds", a_rejection_of_a_module_that_left_holds, REASON_REQUEST_CHANGES,
     REASON_NONE},
    {"a_rejection_by_an_expired_key_holds", a_rejection_by_an_expired_key_holds, REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_by_a_lost_role_holds", a_rejection_by_a_lost_role_holds, REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_by_a_compromised_key_is_void", a_rejection_by_a_compromised_key_is_void, REASON_NONE,
     REASON_REVOKED_KEY},
    {"an_expired_key_ends_no_rejection", an_expired_key_ends_no_rejection, REASON_REQUEST_CHANGES, REASON_EXPIRED_KEY},
    {"a_rejection_of_the_same_content_elsewhere_holds", a_rejection_of_the_same_content_elsewhere_holds,
     REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_of_other_content_elsewhere_does_not", a_rejection_of_other_content_elsewhere_does_not, REASON_NONE,
     REASON_NONE},
    {"a_rejection_elsewhere_is_withdrawn_there", a_rejection_elsewhere_is_withdrawn_there, REASON_NONE, REASON_NONE},
    {"two_rejections_are_withdrawn_one_after_the_other", two_rejections_are_withdrawn_one_after_the_other, REASON_NONE,
     REASON_NONE},
    {"a_rejection_is_withdrawn", a_rejection_is_withdrawn, REASON_NONE, REASON_SUPERSEDED},
    {"a_withdrawal_without_a_link_ends_nothing", a_withdrawal_without_a_link_ends_nothing, REASON_REQUEST_CHANGES,
     REASON_NONE},
    {"a_rejection_is_superseded_by_its_signer", a_rejection_is_superseded_by_its_signer, REASON_NONE,
     REASON_SUPERSEDED},
    {"nobody_else_supersedes_a_rejection", nobody_else_supersedes_a_rejection, REASON_REQUEST_CHANGES, REASON_NONE},
    {"a_rejection_is_overridden", a_rejection_is_overridden, REASON_NONE, REASON_SUPERSEDED},
    {"an_override_needs_a_comment", an_override_needs_a_comment, REASON_REQUEST_CHANGES, REASON_NONE},
    {"an_override_needs_the_role", an_override_needs_the_role, REASON_REQUEST_CHANGES, REASON_NONE},
    {"an_override_is_never_an_authors", an_override_is_never_an_authors, REASON_REQUEST_CHANGES, REASON_NONE},
    {"an_override_ends_a_rejection_elsewhere", an_override_ends_a_rejection_elsewhere, REASON_NONE, REASON_NONE},
    {"an_override_written_elsewhere_ends_a_rejection_here", an_override_written_elsewhere_ends_a_rejection_here,
     REASON_NONE, REASON_SUPERSEDED},
    {"an_override_written_elsewhere_is_never_an_authors", an_override_written_elsewhere_is_never_an_authors,
     REASON_REQUEST_CHANGES, REASON_NONE},
    {"an_override_is_withdrawn", an_override_is_withdrawn, REASON_REQUEST_CHANGES, REASON_SUPERSEDED},
    {"a_withdrawal_of_another_repository_ends_nothing", a_withdrawal_of_another_repository_ends_nothing,
     REASON_REQUEST_CHANGES, REASON_OTHER_REPOSITORY},
    {"a_withdrawal_of_another_target_ends_nothing", a_withdrawal_of_another_target_ends_nothing, REASON_REQUEST_CHANGES,
     REASON_OTHER_TARGET},
    {"a_number_does_not_follow", a_number_does_not_follow, REASON_CHAIN_GAP, REASON_NONE},
    {"a_link_is_of_another_repository", a_link_is_of_another_repository, REASON_CHAIN_GAP, REASON_OTHER_REPOSITORY},
    {"a_link_is_missing", a_link_is_missing, REASON_CHAIN_GAP, REASON_NONE},
    {"a_missing_link_is_accepted", a_missing_link_is_accepted, REASON_NONE, REASON_NONE},
    {"scores_behind_a_missing_link_count_for_nothing", scores_behind_a_missing_link_count_for_nothing,
     REASON_UNSCORED_CASES, REASON_NONE},
    {"scores_behind_an_accepted_link_count", scores_behind_an_accepted_link_count, REASON_NONE, REASON_NONE},
    {"triage_behind_a_missing_link_settles_nothing", triage_behind_a_missing_link_settles_nothing, REASON_OPEN_FLAG,
     REASON_NONE},
    {"triage_behind_an_accepted_link_settles", triage_behind_an_accepted_link_settles, REASON_NONE, REASON_NONE},
    {"a_link_lost_its_signature", a_link_lost_its_signature, REASON_CHAIN_GAP, REASON_NO_SIGNATURE},
    {"a_link_is_another_persons", a_link_is_another_persons, REASON_CHAIN_GAP, REASON_NONE},
    {"a_link_of_another_change_is_missing", a_link_of_another_change_is_missing, REASON_NONE, REASON_NONE},
    {"outputs_are_stale", outputs_are_stale, REASON_STALE_OUTPUTS, REASON_NONE},
    {"outputs_are_missing", outputs_are_missing, REASON_MISSING_OUTPUTS, REASON_NONE},
    {"the_outputs_file_is_missing", the_outputs_file_is_missing, REASON_MISSING_EVIDENCE, REASON_NONE},
    {"a_failed_case_needs_no_score", a_failed_case_needs_no_score, REASON_NONE, REASON_NONE},
    {"a_case_is_not_scored", a_case_is_not_scored, REASON_UNSCORED_CASES, REASON_NONE},
    {"a_criterion_is_not_scored", a_criterion_is_not_scored, REASON_UNSCORED_CASES, REASON_NONE},
    {"another_owner_scores_the_rest", another_owner_scores_the_rest, REASON_NONE, REASON_NONE},
    {"a_score_is_for_another_output", a_score_is_for_another_output, REASON_UNSCORED_CASES, REASON_NONE},
    {"two_scorers_are_needed", two_scorers_are_needed, REASON_UNSCORED_CASES, REASON_NONE},
    {"a_score_is_below_the_minimum", a_score_is_below_the_minimum, REASON_BELOW_MINIMUM, REASON_NONE},
    {"the_lowest_of_two_scores_counts", the_lowest_of_two_scores_counts, REASON_BELOW_MINIMUM, REASON_NONE},
    {"a_low_score_is_settled", a_low_score_is_settled, REASON_NONE, REASON_NONE},
    {"a_low_score_is_settled_by_its_criterion", a_low_score_is_settled_by_its_criterion, REASON_NONE, REASON_NONE},
    {"a_low_score_is_settled_by_the_flag_beside_it", a_low_score_is_settled_by_the_flag_beside_it, REASON_NONE,
     REASON_NONE},
    {"a_low_score_with_one_of_two_flags_settled", a_low_score_with_one_of_two_flags_settled, REASON_BELOW_MINIMUM,
     REASON_NONE},
    {"another_flag_settles_no_low_score", another_flag_settles_no_low_score, REASON_BELOW_MINIMUM, REASON_NONE},
    {"a_low_score_without_its_comment", a_low_score_without_its_comment, REASON_UNSCORED_CASES, REASON_NONE},
    {"a_low_score_with_its_comment", a_low_score_with_its_comment, REASON_NONE, REASON_NONE},
    {"the_mean_is_too_low", the_mean_is_too_low, REASON_BELOW_MEAN, REASON_NONE},
    {"the_mean_is_just_enough", the_mean_is_just_enough, REASON_NONE, REASON_NONE},
    {"an_automatic_flag_is_open", an_automatic_flag_is_open, REASON_OPEN_FLAG, REASON_NONE},
    {"an_automatic_flag_is_settled", an_automatic_flag_is_settled, REASON_NONE, REASON_NONE},
    {"a_flag_is_to_be_fixed", a_flag_is_to_be_fixed, REASON_OPEN_FLAG, REASON_NONE},
    {"a_flag_was_settled_for_another_output", a_flag_was_settled_for_another_output, REASON_OPEN_FLAG, REASON_NONE},
    {"only_triagers_settle", only_triagers_settle, REASON_OPEN_FLAG, REASON_NONE},
    {"an_author_settles_nothing", an_author_settles_nothing, REASON_OPEN_FLAG, REASON_SELF_APPROVAL},
    {"a_persons_flag_is_open", a_persons_flag_is_open, REASON_OPEN_FLAG, REASON_NONE},
    {"a_persons_flag_is_settled", a_persons_flag_is_settled, REASON_NONE, REASON_NONE},
    {"a_persons_flag_is_moot", a_persons_flag_is_moot, REASON_NONE, REASON_NONE},
    {"an_unknown_author_warns", an_unknown_author_warns, REASON_NONE, REASON_NONE},
    {"an_unknown_author_blocks", an_unknown_author_blocks, REASON_UNKNOWN_AUTHOR, REASON_NONE},
    {"there_is_no_policy", there_is_no_policy, REASON_NO_POLICY, REASON_NONE},
    {"the_caller_found_a_conflict", the_caller_found_a_conflict, REASON_MERGE_CONFLICT, REASON_NONE},
    {"the_caller_found_a_rewound_log", the_caller_found_a_rewound_log, REASON_LOG_REWOUND, REASON_NONE},
    {"the_caller_found_records_removed", the_caller_found_records_removed, REASON_RECORDS_REMOVED, REASON_NONE},
    {"the_caller_found_a_bad_manifest", the_caller_found_a_bad_manifest, REASON_BAD_MANIFEST, REASON_NONE},
    {"the_caller_found_a_bad_policy", the_caller_found_a_bad_policy, REASON_BAD_POLICY, REASON_NONE},
};

static void judge_row(void **state)
{
    const struct row *row = *state;
    struct scene scene;

    scene_init(&scene);
    const struct record *record = row->change(&scene, scene_sign_all(&scene));
    const struct gate_verdict *verdict = scene_judge(&scene);
    if (row->blocked == REASON_NONE && !verdict->pass)
        fail_msg("blocked by %s: %.*s", reason_name(verdict->blocks[0].reason), SLICE_ARG(verdict->blocks[0].detail));
    if (row->blocked != REASON_NONE && !scene_blocked_by(&scene, row->blocked))
        fail_msg("not blocked by %s", reason_name(row->blocked));
    if (record && scene_ignored(&scene, record) != row->ignored)
        fail_msg("ignored: %s, expected %s", reason_name(scene_ignored(&scene, record)), reason_name(row->ignored));
    scene_clear(&scene);
}

/* Every reason of the contract is given by some row. */
static void no_reason_is_forgotten(void **state)
{
    bool seen[REASON_COUNT] = {[REASON_NONE] = true, [REASON_TARGET_REPLACED] = true}; /* the latter is audit's */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        seen[rows[i].blocked] = seen[rows[i].ignored] = true;
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        enum reason parsed;
        if (!seen[reason])
            fail_msg("%s is not tried", reason_name((enum reason)reason));
        assert_true(reason_parse(slice_of(reason_name((enum reason)reason)), &parsed) && (int)parsed == reason);
        assert_true(reason_words((enum reason)reason)[0] != '\0');
    }
    assert_false(reason_parse(SLICE("looks-fine"), &(enum reason){0}));
}

static void the_verdict_tells_who_and_how_many(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    struct scene_signed s = scene_sign_all(&scene);
    const struct gate_verdict *verdict = scene_judge(&scene);
    const struct gate_module_verdict *high = &verdict->modules[SCENE_HIGH];
    assert_int_equal(high->required_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(high->required[i].need, 1);
        assert_int_equal(high->required[i].missing, 0);
        assert_int_equal(high->required[i].have_count, 1);
    }
    assert_slice(high->required[0].have[0].principal, "ana@x");
    assert_true(digest_equal(&high->required[0].have[0].record, &s.owner->name));
    assert_int_equal(verdict->modules[SCENE_LOW].required_count, 1);
    assert_int_equal(high->to_score, 2);
    assert_int_equal(high->scored, 2);
    assert_true(fabs(high->mean - 5) < 1e-12);
    assert_int_equal(verdict->counted_count, 4);
    assert_true(scene_counted(&scene, s.designer));
    scene_clear(&scene);
}

/* What was said of an output that is stale says nothing of the one to come. */
static void scores_of_stale_outputs_count_for_nothing(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    struct scene_signed s = scene_sign_all(&scene);
    scene.cases[SCENE_HIGH][0].state = GATE_CASE_STALE;
    s.owner->scores[0].scores[0] = 1;
    const struct gate_verdict *verdict = scene_judge(&scene);
    assert_true(scene_blocked_by(&scene, REASON_STALE_OUTPUTS));
    assert_false(scene_blocked_by(&scene, REASON_BELOW_MINIMUM));
    assert_int_equal(verdict->modules[SCENE_HIGH].to_score, 1);
    assert_true(fabs(verdict->modules[SCENE_HIGH].mean - 5) < 1e-12);
    scene_clear(&scene);
}

static void nothing_at_all_is_judged(void **state)
{
    struct gate_input input = {.change = SLICE("x")};
    struct gate_verdict verdict;

    (void)state;
    gate_judge(&input, &verdict);
    assert_false(verdict.pass);
    assert_int_equal(verdict.block_count, 1);
    assert_int_equal(verdict.blocks[0].reason, REASON_NO_POLICY);
    gate_clear(&verdict);
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof *rows };
    static struct CMUnitTest tests[ROWS + 4];

    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){
            .name = rows[i].name, .test_func = judge_row, .initial_state = (void *)(uintptr_t)&rows[i]};
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(no_reason_is_forgotten);
    tests[ROWS + 1] = (struct CMUnitTest)cmocka_unit_test(the_verdict_tells_who_and_how_many);
    tests[ROWS + 2] = (struct CMUnitTest)cmocka_unit_test(nothing_at_all_is_judged);
    tests[ROWS + 3] = (struct CMUnitTest)cmocka_unit_test(scores_of_stale_outputs_count_for_nothing);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
