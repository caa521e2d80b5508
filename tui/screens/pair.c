#include "assay/screens/pair.h"

#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/text/sanitise.h"
#include "assay/ui/markup.h"

enum { PAIR_JSON_MAX = 4 << 20, PAIR_JSON_DEPTH = 64 };

void pair_init(struct pair *pair)
{
    *pair = (struct pair){0};
    arena_init(&pair->arena);
    diff_init(&pair->diff);
    for (int side = 0; side < 2; side++) {
        str_init(&pair->texts[side]);
        markdown_init(&pair->rendered[side]);
    }
}

void pair_clear(struct pair *pair)
{
    for (int side = 0; side < 2; side++) {
        str_clear(&pair->texts[side]);
        markdown_clear(&pair->rendered[side]);
    }
    diff_clear(&pair->diff);
    arena_clear(&pair->arena);
}

const char *pair_unit_name(enum pair_unit unit)
{
    static const char *const names[] = {"words", "lines", "sentences", "JSON values", "nothing"};
    return names[unit];
}

/* Keys sorted, one value a line: what differs then is the content. */
static bool lay_out_json(struct slice text, struct str *out)
{
    struct document document;
    struct error ignored = ERROR_INIT;
    if (json_load(text, SLICE("text"), PAIR_JSON_MAX, PAIR_JSON_DEPTH, &document, &ignored) < 0)
        return false;
    json_encode(document.root, JSON_RECORD, out);
    document_clear(&document);
    return true;
}

static void prepare(struct pair *pair, int side, struct slice text, const struct pair_options *options)
{
    struct str json = STR_INIT;
    str_reset(&pair->texts[side]);
    if (options->unit == PAIR_AS_JSON && lay_out_json(text, &json))
        text = str_slice(&json);
    else if (options->unit == PAIR_AS_JSON)
        pair->no_json = true;
    pair->marks[side] = sanitise_append(&pair->texts[side], text, SANITISE_TEXT);
    if (!options->source && options->unit != PAIR_AS_JSON)
        markdown_render(&pair->rendered[side], str_slice(&pair->texts[side]));
    str_clear(&json);
}

void pair_show(struct pair *pair, const struct slice texts[2], const struct slice titles[2],
               const struct pair_options *options, bool keep, struct sides *sides)
{
    static const enum diff_unit units[] = {DIFF_BY_WORD, DIFF_BY_LINE, DIFF_BY_SENTENCE, DIFF_BY_WORD, DIFF_BY_WORD};
    struct diff_options diff = {
        .unit = units[options->unit], .ignore_case = options->ignore, .ignore_space = options->ignore};
    struct sides_text shown[2];
    bool rendered = !options->source && options->unit != PAIR_AS_JSON;
    pair->no_json = false;
    arena_clear(&pair->arena);
    for (int side = 0; side < 2; side++) {
        prepare(pair, side, texts[side], options);
        const struct markdown *markdown = &pair->rendered[side];
        shown[side] = (struct sides_text){.title = titles[side], .text = str_slice(&pair->texts[side])};
        if (rendered)
            shown[side] = (struct sides_text){.title = titles[side],
                                              .text = str_slice(&markdown->text),
                                              .spans = markup_spans(&pair->arena, markdown),
                                              .span_count = markdown->count};
    }
    if (options->unit != PAIR_NOT)
        diff_text(&pair->diff, shown[0].text, shown[1].text, &diff);
    const struct diff *compared = options->unit == PAIR_NOT ? NULL : &pair->diff;
    if (keep)
        sides_change(sides, shown, compared);
    else
        sides_set(sides, shown, compared);
}
