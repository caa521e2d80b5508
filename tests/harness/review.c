#include "harness/review.h"

#include "harness/test.h"

int review_setup(void **state)
{
    if (fixture_setup(state) != 0)
        return -1;
    content_make(*state, REVIEW_CASES);
    return 0;
}

const char *review_scores(struct fixture *f, int score, const char *comment)
{
    struct str json = STR_INIT;
    const char *path = fixture_text(f, "scores-%d.json", score);
    for (int i = 0; i < REVIEW_CASES; i++)
        str_appendf(&json,
                    "%s{\"prompt\": \"answer\", \"case\": \"c%d\", \"scores\": {\"clarity\": %d, \"correctness\": %d, "
                    "\"tone\": %d}, \"comment\": \"%s\"}",
                    i ? ",\n" : "[", i + 1, score, score, score, comment);
    str_append_text(&json, "]\n");
    fixture_write(f, path, str_slice(&json));
    str_clear(&json);
    return fixture_path(f, path);
}

enum { ARGUMENTS_MAX = 32 };

static int sign(struct fixture *f, const char *clone, const char *person, const char *const *fixed, va_list more)
{
    const char *arguments[ARGUMENTS_MAX + 1] = {ASSAY_BINARY, "sign"};
    struct error error = ERROR_INIT;
    size_t count = 2;
    for (; *fixed; fixed++)
        arguments[count++] = *fixed;
    for (const char *word; (word = va_arg(more, const char *)) != NULL && count < ARGUMENTS_MAX;)
        arguments[count++] = word;
    content_become(f, person);
    const struct process process = {.arguments = arguments, .folder = fixture_path(f, clone), .timeout_ms = 120 * 1000};
    assert_success(process_run(&process, &f->result, &error), error);
    return f->result.exit_code;
}

static int sign_as(struct fixture *f, const char *clone, const char *person, const char *change, const char *module,
                   const char *role, const char *verdict, va_list more)
{
    bool scores = strcmp(role, "content-owner") == 0 && strcmp(verdict, "approve") == 0;
    const char *const fixed[] = {change,
                                 "--module",
                                 module,
                                 "--role",
                                 role,
                                 "--verdict",
                                 verdict,
                                 "--json",
                                 scores ? "--scores" : NULL,
                                 scores ? review_scores(f, 4, "") : NULL,
                                 NULL};
    return sign(f, clone, person, fixed, more);
}

int review_sign(struct fixture *f, const char *clone, const char *person, const char *change, const char *module,
                const char *role, const char *verdict, ...)
{
    va_list more;
    va_start(more, verdict);
    int code = sign_as(f, clone, person, change, module, role, verdict, more);
    va_end(more);
    return code;
}

const char *review_signed(struct fixture *f, const char *clone, const char *person, const char *change,
                          const char *module, const char *role, const char *verdict, ...)
{
    va_list more;
    va_start(more, verdict);
    int code = sign_as(f, clone, person, change, module, role, verdict, more);
    va_end(more);
    if (code != 0)
        fail_msg("%s could not sign: %s", person, f->result.errors.data);
    const char *name = strstr(f->result.output.data, "\"record\": \"sha256:");
    assert_non_null(name);
    return fixture_text(f, "%.64s", name + strlen("\"record\": \"sha256:"));
}

int review_gate(struct fixture *f, const char *clone, const char *change)
{
    return fixture_assay(f, clone, "gate", change, "--json", NULL);
}

bool review_says(const struct fixture *f, const char *part)
{
    return strstr(f->result.output.data, part) != NULL;
}

void review_said(struct fixture *f, const char *part)
{
    if (!review_says(f, part))
        fail_msg("standard output has no “%s”:\n%s\n%s", part, f->result.output.data, f->result.errors.data);
}

void review_complained(struct fixture *f, const char *part)
{
    if (!strstr(f->result.errors.data, part))
        fail_msg("standard error has no “%s”:\n%s", part, f->result.errors.data);
}
