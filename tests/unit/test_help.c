/* Help, manual page, completions, the command line: all from the command table and the key table. */
#include "assay/commands/all.h"
#include "assay/commands/keys_manual.h"
#include "harness/answer.h"
#include "harness/fixture.h"
#include "harness/test.h"

static void test_every_command_is_explained(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, NULL, "help", NULL), 0);
    const char *overview = fixture_text(f, "%s", f->result.output.data);
    assert_int_equal(fixture_assay(f, NULL, "help", "--man", NULL), 0);
    const char *page = fixture_text(f, "%s", f->result.output.data);
    for (const struct command *const *command = all_commands; *command; command++) {
        assert_non_null(strstr(overview, (*command)->name));
        assert_non_null(strstr(page, fixture_text(f, ".SS assay %s", (*command)->name)));
        assert_int_equal(fixture_assay(f, NULL, (*command)->name, "--help", NULL), 0);
        assert_non_null(strstr(f->result.output.data, (*command)->summary));
    }
}

static void test_commands_are_well_formed(void **state)
{
    (void)state;
    for (const struct command *const *command = all_commands; *command; command++) {
        assert_non_null((*command)->run);
        assert_true((*command)->words_min <= (*command)->words_max);
        size_t count = 0;
        for (const struct command_option *option = (*command)->options; option && option->name; option++, count++) {
            assert_true((option->value == NULL) == (option->kind == OPTION_FLAG));
        }
        assert_true(count <= COMMAND_OPTIONS_MAX);
        assert_true((*command)->summary[0] >= 'A' && (*command)->summary[0] <= 'Z');
    }
}

static void test_every_key_is_in_the_manual(void **state)
{
    struct fixture *f = *state;
    struct str keys = STR_INIT;
    keys_manual_page(&keys);
    assert_int_equal(fixture_assay(f, NULL, "help", "--man", NULL), 0);
    assert_non_null(strstr(f->result.output.data, keys.data));
    assert_non_null(strstr(keys.data, "next-unscored"));
    assert_non_null(strstr(keys.data, "sign-yes"));
    str_clear(&keys);
}

/* What a shell is to run can be copied from the page: no line is joined, no byte is another one. */
static void test_commands_in_the_manual_are_literal(void **state)
{
    struct fixture *f = *state;
    size_t found = 0;
    assert_int_equal(fixture_run(f, NULL, "sh", "-c", "\"$0\" help --man > assay.1", ASSAY_BINARY, NULL), 0);
    const char *page = fixture_text(f, "%.*s", SLICE_ARG(fixture_read(f, "assay.1")));
    assert_non_null(
        strstr(page, ".nf\ngit cat\\-file tag TAG | sed \\-n \\(aq/\\(ha{/,/\\(ha}/p\\(aq > bundle.json\n"));
    if (fixture_run(f, NULL, "sh", "-c", "command -v groff >/dev/null && groff -man -Kutf8 -Tutf8 -P-cbou assay.1",
                    NULL) != 0)
        return;
    page = fixture_text(f, "%s", f->result.output.data);
    for (const struct command *const *command = all_commands; *command; command++) {
        struct slice rest = slice_of((*command)->details), line;
        while (slice_cut_line(&rest, &line)) {
            if (!slice_starts_with(line, SLICE(COMMAND_LITERAL)))
                continue;
            found++;
            if (!strstr(page, fixture_text(f, "%.*s\n", SLICE_ARG(slice_trim(line)))))
                fail_msg("not on the page as it is: %.*s", SLICE_ARG(line));
        }
    }
    assert_true(found > 5);
}

static void test_errors_are_documents_where_one_was_asked_for(void **state)
{
    struct fixture *f = *state;
    struct document document;
    assert_int_equal(fixture_assay(f, NULL, "queue", "--json", NULL), 4);
    answer_parse(f, "schema/error.schema.json", &document);
    assert_int_equal(value_get(document.root, "exit")->integer, 4);
    document_clear(&document);
    assert_int_equal(fixture_assay(f, NULL, "queue", "--json", "--needs", NULL), 2);
    answer_parse(f, "schema/error.schema.json", &document);
    assert_slice(value_text(value_get(document.root, "error")), "--needs needs a value: --needs me|ROLE.");
    document_clear(&document);
}

static void test_completions_are_shell(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, NULL, "completion", "bash", NULL), 0);
    fixture_write(f, "completion.bash", str_slice(&f->result.output));
    assert_int_equal(fixture_run(f, NULL, "bash", "-n", "completion.bash", NULL), 0);
    assert_int_equal(
        fixture_run(f, NULL, "bash", "-c",
                    ". ./completion.bash; COMP_WORDS=(assay qu); COMP_CWORD=1; _assay; echo \"$COMPREPLY\"", NULL),
        0);
    assert_string_equal(f->result.output.data, "queue\n");
    assert_int_equal(fixture_assay(f, NULL, "completion", "zsh", NULL), 0);
    assert_int_equal(fixture_assay(f, NULL, "completion", "fish", NULL), 0);
    assert_int_equal(fixture_assay(f, NULL, "completion", "csh", NULL), 2);
}

static void refuse(struct fixture *f, const char *wanted)
{
    assert_int_equal(f->result.exit_code, 2);
    assert_int_equal(f->result.output.size, 0);
    if (!strstr(f->result.errors.data, wanted))
        fail_msg("“%s” lacks “%s”", f->result.errors.data, wanted);
}

/* The same, as the document that was asked for. */
static void refuse_as_json(struct fixture *f, const char *wanted)
{
    if (!strstr(f->result.output.data, wanted) || !strstr(f->result.output.data, "\"exit\": 2"))
        fail_msg("“%s” lacks “%s”", f->result.output.data, wanted);
    str_reset(&f->result.output);
    refuse(f, wanted);
}

static void test_usage_errors_as_documents(void **state)
{
    struct fixture *f = *state;
    fixture_assay(f, NULL, "quue", "--json", NULL);
    refuse_as_json(f, "There is no command “quue”");
    fixture_assay(f, NULL, "queue", "--colour", "--json", NULL);
    refuse_as_json(f, "no option --colour");
    fixture_assay(f, NULL, "queue", "--json", "--colour", NULL);
    refuse_as_json(f, "no option --colour");
    fixture_assay(f, NULL, "show", "--json", NULL);
    refuse_as_json(f, "usage: assay show CHANGE");
    fixture_assay(f, NULL, "queue", "--colour", "--", "--json", NULL);
    refuse(f, "no option --colour");
}

static void test_usage_errors(void **state)
{
    struct fixture *f = *state;
    fixture_assay(f, NULL, "quue", NULL);
    refuse(f, "There is no command “quue”");
    fixture_assay(f, NULL, "show", NULL);
    refuse(f, "usage: assay show CHANGE");
    fixture_assay(f, NULL, "queue", "extra", NULL);
    refuse(f, "one word too many");
    fixture_assay(f, NULL, "queue", "--colour", NULL);
    refuse(f, "no option --colour");
    fixture_assay(f, NULL, "queue", "--needs", NULL);
    refuse(f, "--needs needs a value");
    fixture_assay(f, NULL, "show", "x", "--width", "many", NULL);
    refuse(f, "whole number");
    fixture_assay(f, NULL, "show", "x", "--width=20", NULL);
    refuse(f, "at least 40");
    assert_int_equal(fixture_assay(f, NULL, "--version", NULL), 0);
    assert_string_equal(f->result.output.data, "assay " ASSAY_VERSION "\n");
}

static void test_output_that_cannot_be_written(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_run(f, NULL, "sh", "-c", "\"$0\" help >/dev/full", ASSAY_BINARY, NULL), 4);
    assert_non_null(strstr(f->result.errors.data, "could not be written"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_command_is_explained, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_commands_are_well_formed),
        cmocka_unit_test_setup_teardown(test_every_key_is_in_the_manual, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_commands_in_the_manual_are_literal, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_errors_are_documents_where_one_was_asked_for, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_completions_are_shell, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_usage_errors, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_usage_errors_as_documents, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_output_that_cannot_be_written, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
