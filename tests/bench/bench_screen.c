/* From a key to a quiet screen, in the real program in a terminal: a case of 200 KB a side, and the memory of it. */
#include "harness/sitting.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/env.h"
#include "harness/test.h"

enum { PRESSES = 120, TEXT_BYTES = 200 * 1024, OPENINGS = 11 };

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Markdown prose of TEXT_BYTES, every fifth sentence worded differently on the other side; as JSON text. */
static const char *make_text(struct fixture *f, bool other)
{
    static const char *const sentences[] = {
        "Email automation sends the right message to each customer at the right moment. ",
        "It watches what a customer does, and answers with one of a few prepared letters. ",
        "用户留存率是在一段时间后仍然使用产品的用户比例。",
        "The first **1,000** letters a month are free.\\n\\n",
        "- Welcome series for new customers\\n- Reminder for a cart that was left\\n\\n",
    };
    struct str text = STR_INIT;
    for (size_t i = 0; text.size < TEXT_BYTES; i++) {
        if (i % 5 == 1 && other)
            str_append_text(&text, "It fires off letters whenever somebody clicks. ");
        else
            str_append_text(&text, sentences[i % 5]);
        if (i % 3 == 0)
            str_appendf(&text, "Paragraph %zu. ", i);
    }
    const char *kept = arena_copy(&f->arena, str_slice(&text)).data;
    str_clear(&text);
    return kept;
}

static void make_large(struct fixture *f)
{
    const char *golden = fixture_text(f, "[{\"id\": \"c1\", \"vars\": {\"instruction\": \"x\"}, \"expected\": \"%s\"}]",
                                      make_text(f, false));
    const char *outputs =
        fixture_text(f,
                     "{\"schema\": \"assay.outputs/1\", \"prompt\": \"answer\", \"prompt_hash\": \"%s\","
                     "\"model\": {\"id\": \"model-a\"}, \"outputs\": [{\"case\": \"c1\", \"text\": \"%s\"}]}",
                     fixture_sha256(f, slice_of(CONTENT_TEMPLATE)), make_text(f, true));
    const struct fixture_file files[] = {
        {CONTENT_ASSISTANT "/tests/golden_answer.json", slice_of(golden)},
        {CONTENT_ASSISTANT "/tests/outputs/answer.json", slice_of(outputs)},
    };
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "prompt/large", .from = "main", .files = files, .file_count = 2});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
}

static bool report(const char *name, double value, const char *unit, double most)
{
    bool met = value <= most;
    printf("%s | %.2f %s | - | - | at most %.0f %s%s\n", name, value, unit, most, unit, met ? "" : "  MISSED");
    return met;
}

static bool measure(struct screen *screen, const char *name, const char *const *keys, size_t key_count)
{
    double times[PRESSES];
    char title[120];
    size_t count = 0;
    for (size_t i = 0; i < PRESSES; i++) {
        double took = screen_latency(screen, keys[i % key_count]);
        if (took >= 0)
            times[count++] = took;
    }
    if (count == 0)
        return false;
    qsort(times, count, sizeof *times, by_value);
    snprintf(title, sizeof title, "key to quiet, 200 KB case, %s, median", name);
    bool met = report(title, times[count / 2], "ms", 5);
    snprintf(title, sizeof title, "key to quiet, 200 KB case, %s, p99", name);
    return report(title, times[count * 99 / 100], "ms", 16) && met;
}

static bool measure_opening(struct screen *screen)
{
    double times[OPENINGS];
    for (size_t i = 0; i < OPENINGS; i++) {
        screen_wait_quiet(screen);
        int64_t began = env_monotonic_us();
        screen_keys(screen, "<Enter>");
        sitting_expect(screen, "case 1 of 1");
        times[i] = (double)(env_monotonic_us() - began) / 1000;
        screen_keys(screen, "q");
        sitting_expect(screen, "Gate");
    }
    qsort(times, OPENINGS, sizeof *times, by_value);
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "case 1 of 1");
    screen_wait_quiet(screen);
    return report("200 KB case opened, median", times[OPENINGS / 2], "ms", 20);
}

int main(void)
{
    static const char *const scroll[] = {"j", "<C-d>", "k", "<C-u>", "j"};
    static const char *const jump[] = {"]", "]", "]", "["};
    static const char *const score[] = {"4", "3", "5", "<Tab>"};
    struct fixture *f = fixture_new();
    content_make(f, 2);
    make_large(f);
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 40, 140);
    sitting_open_change(screen, "prompt/large");
    bool met = report("first byte of the console", screen_first_byte(screen), "ms", 15);
    sitting_expect(screen, "in step");
    met = measure_opening(screen) && met;
    met = measure(screen, "scrolling", scroll, 5) && met;
    met = measure(screen, "next difference", jump, 4) && met;
    met = measure(screen, "scoring", score, 4) && met;
    met = report("resident memory", (double)screen_resident_kib(screen) / 1024, "MB", 40) && met;
    sitting_quit(screen);
    fixture_free(f);
    return met ? 0 : 1;
}
