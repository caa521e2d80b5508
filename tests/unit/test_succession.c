/* What a list and the gate's sentence say of a record that stands no more. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/scene.h"

/* Each changes a scene that passes, and returns the record that it is about. */
static struct record *nothing_happens(struct scene *scene, struct scene_signed s)
{
    (void)scene;
    return s.legal;
}

static struct record *lena_withdraws(struct scene *scene, struct scene_signed s)
{
    scene_follow(scene, scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_WITHDRAW), s.legal);
    return s.legal;
}

static struct record *lena_signs_anew(struct scene *scene, struct scene_signed s)
{
    scene_follow(scene, scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_APPROVE), s.legal);
    return s.legal;
}

/* It was withdrawn, whatever she signed later. */
static struct record *lena_withdraws_and_signs_anew(struct scene *scene, struct scene_signed s)
{
    struct record *withdrawal = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_WITHDRAW);
    scene_follow(scene, withdrawal, s.legal);
    scene_follow(scene, scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_APPROVE), withdrawal);
    return s.legal;
}

static struct record *lena_forks_her_chain(struct scene *scene, struct scene_signed s)
{
    scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_ABSTAIN);
    return s.legal;
}

static struct record *ines_overrules_bob(struct scene *scene, struct scene_signed s)
{
    struct record *rejection = scene_add(scene, "bob@x", "content-owner", SCENE_HIGH, VERDICT_REQUEST_CHANGES);
    struct record *by = scene_add(scene, "ines@x", "content-owner", SCENE_HIGH, VERDICT_ABSTAIN);
    (void)s;
    by->comment = SLICE("settled in the meeting");
    scene_supersede(scene, by, rejection);
    return rejection;
}

static const struct row {
    struct record *(*change)(struct scene *scene, struct scene_signed s);
    enum succession succession;
    const char *name, *words; /* words: the sentence holds them */
} rows[] = {
    {nothing_happens, SUCCESSION_NONE, "", NULL},
    {lena_withdraws, SUCCESSION_WITHDRAWN, "withdrawn", " withdrew it on "},
    {lena_signs_anew, SUCCESSION_SIGNED_ANEW, "signed anew", "signed anew on "},
    {lena_withdraws_and_signs_anew, SUCCESSION_WITHDRAWN, "withdrawn", " withdrew it on "},
    {lena_forks_her_chain, SUCCESSION_OUTRANKED, "outranked", "a stricter record of the same signer"},
    {ines_overrules_bob, SUCCESSION_OVERRULED, "overruled", "): settled in the meeting"},
};

static void word_and_sentence_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        const struct record *record = rows[i].change(&scene, scene_sign_all(&scene));
        const struct gate_ignored *ignored = gate_find_ignored(scene_judge(&scene), &record->name);
        assert_int_equal(ignored != NULL, rows[i].words != NULL);
        assert_int_equal(ignored ? ignored->succession : SUCCESSION_NONE, rows[i].succession);
        assert_string_equal(succession_name(rows[i].succession), rows[i].name);
        if (ignored && slice_find(ignored->detail, slice_of(rows[i].words)) == SLICE_NOT_FOUND)
            fail_msg("“%.*s” does not say “%s”", SLICE_ARG(ignored->detail), rows[i].words);
        scene_clear(&scene);
    }
}

/* Stale, unsigned and the like are no succession. */
static void what_is_ignored_for_another_reason_has_none(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const struct record *record = scene_sign_all(&scene).legal;
    scene_source(&scene, record)->signature = GATE_SIGNATURE_BAD;
    const struct gate_ignored *ignored = gate_find_ignored(scene_judge(&scene), &record->name);
    assert_non_null(ignored);
    assert_int_not_equal(ignored->reason, REASON_SUPERSEDED);
    assert_int_equal(ignored->succession, SUCCESSION_NONE);
    scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_and_sentence_agree),
        cmocka_unit_test(what_is_ignored_for_another_reason_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
