/* A large outputs file: plain jansson, our tree, and the loader with schema and digests, in one run. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/env.h"
#include "assay/base/str.h"
#include "assay/data/json.h"
#include "assay/data/schema.h"
#include "assay/model/outputs.h"

enum { CASES = 17000, ROUNDS = 5 };

static void compose(struct str *text)
{
    str_append_text(text, "{\"schema\":\"assay.outputs/1\",\"prompt\":\"p\",\"prompt_hash\":\"sha256:");
    str_append_repeat(text, '0', 64);
    str_append_text(text, "\",\"model\":{\"id\":\"m\"},\"outputs\":[");
    for (int i = 0; i < CASES; i++) {
        str_appendf(text, "%s{\"case\":\"case-%d\",\"text\":\"", i ? "," : "", i);
        for (int line = 0; line < 24; line++)
            str_append_text(
                text, "A course for people who write, with \\\"quotes\\\", lines and a caf\xc3\xa9 in every one.\\n");
        str_append_text(
            text, "\",\"latency_ms\":812,\"tokens\":{\"input\":211,\"output\":95},\"cost_usd\":0.0012,\"error\":null}");
    }
    str_append_text(text, "]}");
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void plain(struct slice bytes)
{
    json_decref(json_loadb(bytes.data, bytes.size, JSON_REJECT_DUPLICATES, NULL));
}

static void tree(struct slice bytes)
{
    struct document document;
    struct error error = ERROR_INIT;
    if (json_load(bytes, SLICE("bench"), OUTPUTS_SIZE_MAX, 32, &document, &error))
        exit(1);
    document_clear(&document);
}

static void loader(struct slice bytes)
{
    struct outputs outputs;
    struct error error = ERROR_INIT;
    if (outputs_load(bytes, SLICE("bench"), &outputs, &error))
        exit(1);
    outputs_clear(&outputs);
}

static struct document shared;

static void check(struct slice bytes)
{
    struct error error = ERROR_INIT;
    (void)bytes;
    if (schema_check(schema_embedded("schema/outputs.schema.json", &error), &shared, NULL, NULL, &error))
        exit(1);
}

static double median_ms(void (*run)(struct slice), struct slice bytes)
{
    int64_t times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = env_monotonic_us();
        run(bytes);
        times[i] = env_monotonic_us() - start;
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    return (double)times[ROUNDS / 2] / 1000;
}

int main(void)
{
    struct str text = STR_INIT;
    struct error error = ERROR_INIT;
    compose(&text);
    struct slice bytes = str_slice(&text);
    if (json_load(bytes, SLICE("bench"), OUTPUTS_SIZE_MAX, 32, &shared, &error))
        return 1;
    double base = median_ms(plain, bytes);
    const struct {
        const char *what;
        void (*run)(struct slice);
    } rows[] = {{"our tree (json_load)", tree}, {"schema alone", check}, {"outputs_load, all of it", loader}};
    printf("outputs file of %.1f MB, %d cases\n  %-28s %8.1f ms\n", (double)bytes.size / 1e6, CASES, "jansson alone",
           base);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double ms = median_ms(rows[i].run, bytes);
        printf("  %-28s %8.1f ms   %.2f of jansson alone\n", rows[i].what, ms, ms / base);
    }
    document_clear(&shared);
    str_clear(&text);
    return 0;
}
