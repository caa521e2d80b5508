/* What the store costs: one score saved so that it survives power loss, beside writing the same draft as a file (new
 * file, sync, rename, sync of the folder); opening; the last queue of 2,000 rows. Prints
 * `name | ours | theirs | ratio | must`. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/store/drafts.h"
#include "assay/store/index.h"

enum { SCORES = 500, OPENINGS = 51, ROWS = 2000, ROW_SIZE = 300 };

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static double median_ms(int64_t *us, size_t count)
{
    qsort(us, count, sizeof *us, compare);
    return (double)us[count / 2] / 1000;
}

static void bench_score(const char *folder)
{
    static int64_t ours[SCORES], theirs[SCORES];
    struct error error = ERROR_INIT;
    struct drafts *drafts;
    struct str path = STR_INIT, text = STR_INIT;
    int64_t draft;
    char name[32];

    assert_success(drafts_open(folder, &drafts, NULL, &error), error);
    assert_success(drafts_begin(drafts, SLICE("prompt/a"), SLICE("modules/a"), SLICE("ana"), &draft, &error), error);
    file_join(&path, folder, "draft.json");
    for (int i = 0; i < SCORES; i++) {
        snprintf(name, sizeof name, "case-%d", i / 3);
        struct drafts_entry entry = {.kind = DRAFTS_SCORE,
                                     .prompt = SLICE("explain"),
                                     .case_id = slice_of(name),
                                     .output = {{(unsigned char)i}},
                                     .name = SLICE("clarity"),
                                     .value = i % 5};
        int64_t start = env_monotonic_us();
        assert_success(drafts_apply(drafts, draft, &entry, 1, true, &error), error);
        ours[i] = env_monotonic_us() - start;
        str_appendf(&text, "{\"case\": \"%s\", \"clarity\": %d}\n", name, i % 5);
        start = env_monotonic_us();
        assert_success(file_write(path.data, str_slice(&text), 0600, &error), error);
        theirs[i] = env_monotonic_us() - start;
    }
    double mine = median_ms(ours, SCORES), other = median_ms(theirs, SCORES);
    printf("one score saved, synced | %.3f ms | %.3f ms (file) | %.1f | 1 ms\n", mine, other, other / mine);
    drafts_close(drafts);
    str_clear(&path);
    str_clear(&text);
}

static void bench_open(const char *folder)
{
    static int64_t index_us[OPENINGS], drafts_us[OPENINGS];
    struct error error = ERROR_INIT;

    for (int i = 0; i < OPENINGS; i++) {
        struct drafts *drafts;
        int64_t start = env_monotonic_us();
        index_close(index_open(folder, NULL));
        index_us[i] = env_monotonic_us() - start;
        start = env_monotonic_us();
        assert_success(drafts_open(folder, &drafts, NULL, &error), error);
        drafts_us[i] = env_monotonic_us() - start;
        drafts_close(drafts);
    }
    printf("index opened and closed | %.3f ms | - | - | 5 ms\n", median_ms(index_us, OPENINGS));
    printf("drafts opened and checked | %.3f ms | - | - | 10 ms\n", median_ms(drafts_us, OPENINGS));
}

static bool add_size(void *context, struct slice bytes)
{
    *(size_t *)context += bytes.size;
    return true;
}

static void bench_snapshot(const char *folder)
{
    static struct slice rows[ROWS];
    static char bytes[ROW_SIZE];
    static int64_t read_us[OPENINGS];
    struct index *index = index_open(folder, NULL);

    for (size_t i = 0; i < ROWS; i++)
        rows[i] = slice_make(bytes, sizeof bytes);
    int64_t start = env_monotonic_us();
    index_save_snapshot(index, SLICE("main"), rows, ROWS);
    double saved = (double)(env_monotonic_us() - start) / 1000;
    index_close(index);
    for (int i = 0; i < OPENINGS; i++) {
        size_t size = 0;
        start = env_monotonic_us();
        index = index_open(folder, NULL);
        assert_int_equal(index_snapshot(index, SLICE("main"), add_size, &size), ROWS);
        assert_int_equal(size, ROWS * ROW_SIZE);
        read_us[i] = env_monotonic_us() - start;
        index_close(index);
    }
    printf("queue of 2,000 rows saved | %.3f ms | - | - | 50 ms\n", saved);
    printf("queue of 2,000 rows, opened and read | %.3f ms | - | - | 15 ms\n", median_ms(read_us, OPENINGS));
}

int main(void)
{
    struct error error = ERROR_INIT;
    struct str folder = STR_INIT;

    if (file_make_temporary_folder("assay-bench", &folder, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    bench_score(folder.data);
    bench_open(folder.data);
    bench_snapshot(folder.data);
    file_remove_tree(folder.data, &error);
    str_clear(&folder);
    return 0;
}
