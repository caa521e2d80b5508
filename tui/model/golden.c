#include "assay/model/golden.h"

#include <stdlib.h>

#include "assay/data/json.h"
#include "assay/model/shape.h"

enum { GOLDEN_DEPTH_MAX = 32 };

/* The three names under which an answer is known; two of them at once would leave open which one holds. */
static int take_expected(struct document *document, const struct value *value, struct golden_case *golden_case,
                         struct error *error)
{
    static const char *const names[] = {"expected", "golden", "ideal"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct value *answer = value_get(value, names[i]);
        if (!answer || answer->kind == VALUE_NULL)
            continue;
        if (found)
            return document_error(document, answer, error, "case %.*s has both %s and %s; keep one",
                                  SLICE_ARG(golden_case->id), found, names[i]);
        found = names[i];
        golden_case->expected = shape_texts(&document->arena, answer, &golden_case->expected_count);
    }
    return 0;
}

static const struct value *map_or_null(const struct value *value)
{
    return value_is_map(value) ? value : NULL;
}

static int take_case(struct document *document, const struct value *value, struct golden_case *golden_case,
                     struct error *error)
{
    golden_case->id = value_text(value_get(value, "id"));
    golden_case->vars = map_or_null(value_get(value, "vars"));
    golden_case->tags = shape_texts(&document->arena, value_get(value, "tags"), &golden_case->tag_count);
    golden_case->notes = value_text(value_get(value, "notes"));
    golden_case->thresholds = map_or_null(value_get(value, "thresholds"));
    return take_expected(document, value, golden_case, error);
}

static int compare_cases(const void *a, const void *b)
{
    const struct golden_case *const *x = a, *const *y = b;
    return slice_compare((*x)->id, (*y)->id);
}

static void sort_cases(struct arena *arena, struct golden *golden)
{
    golden->by_case = arena_alloc_array(arena, golden->count, sizeof *golden->by_case);
    for (size_t i = 0; i < golden->count; i++)
        golden->by_case[i] = &golden->cases[i];
    qsort(golden->by_case, golden->count, sizeof *golden->by_case, compare_cases);
}

static int take(struct document *document, struct golden *golden, struct error *error)
{
    if (shape_check(document, "schema/golden.schema.json", NULL, NULL, error))
        return -1;
    const struct value *list = document->root;
    if (value_is_map(list)) {
        golden->prompt = value_text(value_get(list, "prompt"));
        list = value_get(list, "cases");
    }
    if (shape_unique(document, list, "id", "case", error))
        return -1;
    golden->count = value_count(list);
    golden->cases = arena_alloc_array(&document->arena, golden->count, sizeof *golden->cases);
    for (size_t i = 0; i < golden->count; i++)
        if (take_case(document, value_at(list, i), &golden->cases[i], error))
            return -1;
    sort_cases(&document->arena, golden);
    return 0;
}

/* JSON Lines when the first line is a whole object and more than white space follows it. */
static bool is_lines(struct slice bytes)
{
    struct slice rest = slice_trim(bytes), first;
    if (!slice_cut_line(&rest, &first))
        return false;
    first = slice_trim(first);
    return slice_starts_with(first, SLICE("{")) && slice_ends_with(first, SLICE("}")) &&
           slice_starts_with(slice_trim(rest), SLICE("{"));
}

/* A single line that is a case, not an object with cases, is a JSON Lines file of one. */
static void wrap_single_case(struct document *document)
{
    if (!value_get(document->root, "id") || value_get(document->root, "cases"))
        return;
    struct value *list = value_new_list(&document->arena);
    value_add(&document->arena, list, *document->root);
    document->root = list;
    document->source = (struct slice){0};
}

int golden_load(struct slice bytes, struct slice name, struct golden *golden, struct error *error)
{
    struct golden loaded = {0};
    struct document document;
    int (*read)(struct slice, struct slice, size_t, size_t, struct document *, struct error *) =
        is_lines(bytes) ? json_load_lines : json_load;
    if (read(bytes, name, GOLDEN_SIZE_MAX, GOLDEN_DEPTH_MAX, &document, error))
        return -1;
    wrap_single_case(&document);
    if (take(&document, &loaded, error)) {
        document_clear(&document);
        return -1;
    }
    document.source = (struct slice){0};
    *golden = loaded;
    golden->document = document;
    return 0;
}

void golden_clear(struct golden *golden)
{
    document_clear(&golden->document);
    *golden = (struct golden){0};
}

const struct golden_case *golden_find(const struct golden *golden, struct slice id)
{
    struct golden_case wanted = {.id = id};
    const struct golden_case *key = &wanted;
    const struct golden_case **found =
        golden->count ? bsearch(&key, golden->by_case, golden->count, sizeof key, compare_cases) : NULL;
    return found ? *found : NULL;
}
