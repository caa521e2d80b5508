#include "assay/screens/case_sides.h"

#include "assay/screens/label.h"

struct slice case_sides_golden(const struct module_case *item)
{
    return item->golden && item->golden->expected_count > 0 ? item->golden->expected[0] : (struct slice){0};
}

struct slice case_sides_output(const struct output *output)
{
    if (!output)
        return (struct slice){0};
    return output->failed.size > 0 ? output->failed : output->text;
}

static void name_output(const struct module_prompt *prompt, const struct output *output, const char *name,
                        bool baseline, struct str *title)
{
    const struct outputs *outputs = baseline ? prompt->baseline : prompt->outputs;
    str_append_text(title, name);
    if (!output) {
        str_append_text(title, "   missing");
        return;
    }
    if (outputs && outputs->model.size > 0) {
        str_append_text(title, "   ");
        sanitise_append(title, outputs->model, SANITISE_LINE);
    }
    if (output->failed.size > 0)
        str_append_text(title, "   failed");
    if (output->latency_ms >= 0)
        str_appendf(title, "   %.0f ms", output->latency_ms);
    if (output->cost_usd >= 0)
        str_appendf(title, "   $%.4f", output->cost_usd);
}

static void name_golden(const struct module_case *item, struct str *title)
{
    str_append_text(title, "Golden");
    if (!item->golden)
        str_append_text(title, "   none: the golden dataset does not have this case");
    else if (item->golden->expected_count > 1)
        str_appendf(title, "   1 of %zu accepted answers", item->golden->expected_count);
}

bool case_sides_candidate_is_a(const struct case_screen *screen)
{
    const struct judgement_case *item = case_state_current(screen);
    struct str text = STR_INIT;
    struct digest digest;
    str_appendf(&text, "%lld\n%.*s\n%.*s", (long long)screen->seed, SLICE_ARG(item->prompt->id),
                SLICE_ARG(item->item->id));
    digest_of(str_slice(&text), &digest);
    str_clear(&text);
    return digest.bytes[0] & 1;
}

static void choose_blind(struct case_screen *screen, struct slice texts[2])
{
    const struct judgement_case *item = case_state_current(screen);
    const struct module_case *place = item->item;
    bool candidate_first = case_sides_candidate_is_a(screen);
    int candidate = candidate_first ? 0 : 1;
    texts[candidate] = case_sides_output(place->candidate);
    texts[!candidate] = case_sides_output(place->baseline);
    if (screen->revealed || item->answer.size > 0) {
        name_output(item->prompt, place->candidate, candidate ? "B was the candidate" : "A was the candidate", false,
                    &screen->titles[candidate]);
        name_output(item->prompt, place->baseline, candidate ? "A was today's" : "B was today's", true,
                    &screen->titles[!candidate]);
    } else {
        str_append_text(&screen->titles[0], "A");
        str_append_text(&screen->titles[1], "B");
    }
}

static void choose(struct case_screen *screen, struct slice texts[2])
{
    const struct judgement_case *item = case_state_current(screen);
    const struct module_case *place = item->item;
    str_reset(&screen->titles[0]);
    str_reset(&screen->titles[1]);
    if (screen->blind) {
        choose_blind(screen, texts);
        return;
    }
    if (screen->showing == CASE_BOTH) {
        texts[0] = case_sides_output(place->baseline);
        name_output(item->prompt, place->baseline, "Today", true, &screen->titles[0]);
    } else {
        texts[0] = case_sides_golden(place);
        name_golden(place, &screen->titles[0]);
    }
    bool baseline = screen->showing == CASE_BASELINE;
    const struct output *output = baseline ? place->baseline : place->candidate;
    texts[1] = case_sides_output(output);
    name_output(item->prompt, output, baseline ? "Today" : "Candidate", baseline, &screen->titles[1]);
}

void case_sides_show(struct case_screen *screen, bool keep)
{
    struct slice texts[2], titles[2];
    choose(screen, texts);
    for (int side = 0; side < 2; side++)
        titles[side] = str_slice(&screen->titles[side]);
    pair_show(&screen->pair, texts, titles, &screen->options, keep, &screen->sides);
    case_state_settle_later(screen);
}
