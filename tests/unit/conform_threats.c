/* Threat 11 with the corpus: nasty strings and recordings of real terminal programs as candidate outputs, through
 * `assay show` and the console. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/data/json_encode.h"
#include "harness/attack.h"
#include "harness/corpus.h"
#include "assay/trust/sshwire.h"
#include "harness/screen.h"
#include "harness/stream.h"

#define CONCISE "prompt/concise"

struct texts {
    struct arena arena;
    struct value *golden, *outputs;
    int count;
};

static void add_text(struct texts *texts, struct slice text)
{
    struct arena *arena = &texts->arena;
    struct value *item = value_new_map(arena), *output = value_new_map(arena);
    struct value id = value_of_text(arena_printf(arena, "c%d", ++texts->count));
    value_set(arena, item, "id", id);
    value_set(arena, item, "expected", value_of_text(text));
    value_add(arena, texts->golden, *item);
    value_set(arena, output, "case", id);
    value_set(arena, output, "text", value_of_text(text));
    value_add(arena, texts->outputs, *output);
}

/* Bytes of a recording as JSON can hold them: one code point for a byte. */
static struct slice as_text(struct arena *arena, struct slice bytes)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c >= 0x80)
            str_push(&text, (char)(0xC0 | c >> 6));
        str_push(&text, (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c ? c : ' '));
    }
    struct slice kept = arena_copy(arena, str_slice(&text));
    str_clear(&text);
    return kept;
}

static void add_list(struct texts *texts, const struct value *list, const char *key, bool base64)
{
    for (size_t i = 0; i < value_count(list); i++) {
        struct slice text = value_text(value_get(value_at(list, i), key));
        struct str bytes = STR_INIT;
        if (base64)
            assert_true(sshwire_base64_decode(text, true, &bytes));
        add_text(texts, base64 ? as_text(&texts->arena, str_slice(&bytes)) : text);
        str_clear(&bytes);
    }
}

static void commit(struct fixture *f, struct texts *texts)
{
    struct str golden = STR_INIT, outputs = STR_INIT;
    struct value *file = value_new_map(&texts->arena);
    const char *template_text = "Answer in one sentence.\n\n{{instruction}}\n";
    value_set(&texts->arena, file, "prompt", value_of_text(SLICE("answer")));
    value_set(&texts->arena, file, "cases", *texts->golden);
    json_encode(file, JSON_OUTPUT, &golden);
    file = value_new_map(&texts->arena);
    value_set(&texts->arena, file, "schema", value_of_text(SLICE("assay.outputs/1")));
    value_set(&texts->arena, file, "prompt", value_of_text(SLICE("answer")));
    value_set(&texts->arena, file, "prompt_hash", value_of_text(slice_of(fixture_sha256(f, slice_of(template_text)))));
    struct value *model = value_new_map(&texts->arena);
    value_set(&texts->arena, model, "id", value_of_text(SLICE("model-a")));
    value_set(&texts->arena, file, "model", *model);
    value_set(&texts->arena, file, "outputs", *texts->outputs);
    json_encode(file, JSON_OUTPUT, &outputs);
    attack_commit(f, CONCISE, NULL, CONTENT_ASSISTANT "/tests/golden_answer.json", golden.data);
    attack_commit(f, CONCISE, NULL, CONTENT_ASSISTANT "/tests/outputs/answer.json", outputs.data);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    str_clear(&golden);
    str_clear(&outputs);
}

static void run_both(struct fixture *f, struct texts *texts)
{
    static const char *const commands[][2] = {{"show", CONCISE}, {"gate", CONCISE}, {"queue", NULL}};
    commit(f, texts);
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(fixture_assay(f, ATTACK_JUDGE, commands[i][0], commands[i][1], NULL), 0, 1);
        stream_expect_plain(str_slice(&f->result.output), commands[i][0]);
        stream_expect_plain(str_slice(&f->result.errors), commands[i][0]);
    }
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "show", CONCISE, NULL), 0);
    review_said(f, fixture_text(f, "answer ▸ c%d", texts->count));
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "show", CONCISE, "--json", NULL), 0);
    stream_expect_plain(str_slice(&f->result.output), "show --json");
    struct screen *s =
        screen_start((const char *[]){ASSAY_BINARY, "-C", fixture_path(f, ATTACK_JUDGE), NULL}, NULL, 40, 120);
    assert_non_null(s);
    assert_true(screen_wait_text(s, CONCISE));
    screen_keys(s, "/concise<Enter>");
    screen_wait_quiet(s);
    screen_keys(s, "<Enter>");
    assert_true(screen_wait_text(s, "c1"));
    screen_keys(s, "<Enter>");
    for (int i = 1; i < texts->count; i++) {
        screen_wait_quiet(s);
        screen_keys(s, "J");
    }
    screen_wait_quiet(s);
    assert_true(screen_has(s, fixture_text(f, "case %d of", texts->count)));
    stream_expect_own(screen_stream(s), "the console");
    screen_free(s);
}

static void run_corpus(struct fixture *f, const char *path, const char *const *lists, const char *key, bool base64)
{
    struct str bytes = STR_INIT;
    struct document document;
    struct texts texts = {.arena = ARENA_INIT};
    texts.golden = value_new_list(&texts.arena);
    texts.outputs = value_new_list(&texts.arena);
    corpus_load(path, &bytes, &document);
    for (; *lists; lists++)
        add_list(&texts, value_get(document.root, *lists), key, base64);
    assert_true(texts.count > 50);
    run_both(f, &texts);
    arena_clear(&texts.arena);
    document_clear(&document);
    str_clear(&bytes);
}

static void threat_11_hostile_texts_of_the_corpus(void **state)
{
    run_corpus(*state, "vectors/setE_hostile_text.json", (const char *[]){"cases", NULL}, "text", false);
}

static void threat_11_terminal_recordings_of_the_corpus(void **state)
{
    run_corpus(*state, "vectors/setE_terminal_escapes.json", (const char *[]){"xterm", "alacritty", NULL},
               "input_base64", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threat_11_hostile_texts_of_the_corpus, attack_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(threat_11_terminal_recordings_of_the_corpus, attack_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
