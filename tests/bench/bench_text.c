/* Opening a case: word difference, clusters and layout of two prose texts of 200 KB, beside `git diff --word-diff`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/text/align.h"
#include "assay/text/metrics.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

enum { TEXT_SIZE = 200 * 1024, RUNS = 15, WORDS = 6000, COLUMNS = 70 };

static uint32_t state = 1;

static uint32_t next_random(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(state >> 4) * below >> 28);
}

/* Small numbers often, large ones seldom, as words are in prose. */
static uint32_t word_number(void)
{
    double u = next_random(1 << 20) / (double)(1 << 20);
    return (uint32_t)(WORDS * u * u * u * u);
}

static void put_word(struct str *out, uint32_t number)
{
    static const char *const syllables[] = {"the", "ma", "to", "ke", "ri",  "an", "sel", "or",
                                            "pre", "vi", "da", "ne", "con", "lu", "é",   "tion"};
    for (number++; number > 0; number /= ARRAY_COUNT(syllables))
        str_append_text(out, syllables[number % ARRAY_COUNT(syllables)]);
}

/* Prose of about TEXT_SIZE bytes; `differ` of 1000 words are others in the second text. */
static void make_texts(struct str *a, struct str *b, uint32_t differ)
{
    state = 1;
    for (unsigned n = 1; a->size < TEXT_SIZE; n++) {
        uint32_t word = word_number(), chance = next_random(1000);
        const char *after = n % 97 == 0 ? ".\n\n" : n % 13 == 0 ? ". " : n % 7 == 0 ? ", " : " ";
        put_word(a, word);
        str_append_text(a, after);
        if (chance < differ / 4)
            continue;
        put_word(b, chance < differ ? word_number() : word);
        str_append_text(b, after);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

struct texts {
    struct str a, b;
    char *path_a, *path_b;
};

static void open_case(const struct texts *t)
{
    struct diff diff;
    struct wrap left, right;
    struct align align;
    diff_init(&diff);
    wrap_init(&left);
    wrap_init(&right);
    align_init(&align);
    diff_text(&diff, str_slice(&t->a), str_slice(&t->b), NULL);
    wrap_text(&left, str_slice(&t->a), COLUMNS);
    wrap_text(&right, str_slice(&t->b), COLUMNS);
    align_layouts(&align, &diff, &left, &right);
    align_clear(&align);
    wrap_clear(&right);
    wrap_clear(&left);
    diff_clear(&diff);
}

static void difference_only(const struct texts *t)
{
    struct diff diff;
    diff_init(&diff);
    diff_text(&diff, str_slice(&t->a), str_slice(&t->b), NULL);
    diff_clear(&diff);
}

static void layout_only(const struct texts *t)
{
    struct wrap wrap;
    wrap_init(&wrap);
    wrap_text(&wrap, str_slice(&t->a), COLUMNS);
    wrap_clear(&wrap);
}

static void sanitise_only(const struct texts *t)
{
    struct str out = STR_INIT;
    sanitise_append(&out, str_slice(&t->a), SANITISE_TEXT);
    str_clear(&out);
}

static void rouge_only(const struct texts *t)
{
    metrics_rouge_l(str_slice(&t->a), str_slice(&t->b), false);
}

static void git_word_diff(const struct texts *t)
{
    const char *const arguments[] = {"git",        "diff",    "--no-index", "--word-diff",
                                     "--no-color", t->path_a, t->path_b,    NULL};
    struct process process = {.arguments = arguments};
    struct process_result result;
    struct error error = ERROR_INIT;
    process_result_init(&result);
    if (process_run(&process, &result, &error) < 0 || result.exit_code != 1)
        fprintf(stderr, "git diff: %s\n", error.text);
    process_result_clear(&result);
}

static double measure(void (*work)(const struct texts *), const struct texts *t)
{
    double times[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        int64_t start = env_monotonic_us();
        work(t);
        times[i] = (double)(env_monotonic_us() - start) / 1000;
    }
    return median(times, RUNS);
}

static void row(const char *name, double ours, double theirs, const char *must)
{
    if (theirs > 0)
        printf("%s | %.2f ms | %.2f ms | %.2f | %s\n", name, ours, theirs, ours / theirs, must);
    else
        printf("%s | %.2f ms | - | - | %s\n", name, ours, must);
}

static int write_texts(struct texts *t, const char *folder, struct error *error)
{
    struct str a = STR_INIT, b = STR_INIT;
    file_join(&a, folder, "a.txt");
    file_join(&b, folder, "b.txt");
    t->path_a = str_take(&a);
    t->path_b = str_take(&b);
    return file_write(t->path_a, str_slice(&t->a), 0600, error) < 0 ||
                   file_write(t->path_b, str_slice(&t->b), 0600, error) < 0
               ? -1
               : 0;
}

static int measure_pair(const char *folder, const char *name, uint32_t differ, bool parts)
{
    struct texts t = {.a = STR_INIT, .b = STR_INIT};
    struct error error = ERROR_INIT;
    char label[128];
    make_texts(&t.a, &t.b, differ);
    if (write_texts(&t, folder, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    snprintf(label, sizeof label, "text: difference + layout + alignment, 200 KB, %s", name);
    row(label, measure(open_case, &t), measure(git_word_diff, &t), "ratio <= 2");
    if (parts) {
        row("text: word difference alone", measure(difference_only, &t), 0, "-");
        row("text: layout of one side", measure(layout_only, &t), 0, "-");
        row("text: ROUGE-L", measure(rouge_only, &t), 0, "-");
        row("text: sanitise one side", measure(sanitise_only, &t), 0, "-");
    }
    free(t.path_a);
    free(t.path_b);
    str_clear(&t.a);
    str_clear(&t.b);
    return 0;
}

int main(void)
{
    struct str folder = STR_INIT;
    struct error error = ERROR_INIT;
    if (file_make_temporary_folder("assay-bench", &folder, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    bool failed = measure_pair(folder.data, "one word in 20 differs", 50, true) < 0 ||
                  measure_pair(folder.data, "one in 4", 250, false) < 0 ||
                  measure_pair(folder.data, "nearly all", 990, false) < 0;
    file_remove_tree(folder.data, &error);
    str_clear(&folder);
    return failed;
}
