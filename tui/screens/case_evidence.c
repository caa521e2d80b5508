#include "assay/screens/case_evidence.h"

#include <math.h>
#include <stdio.h>

#include "assay/base/array.h"
#include "assay/screens/label.h"
#include "assay/text/metrics.h"

void case_evidence_compute(const struct slice *golden, size_t golden_count, struct slice candidate,
                           struct case_evidence *evidence)
{
    struct personal *personal = personal_new();
    struct personal_finds finds = {0};
    *evidence = (struct case_evidence){.known = true, .rouge_l = NAN, .length = NAN};
    for (size_t i = 0; i < golden_count && candidate.size > 0; i++) {
        double rouge = metrics_rouge_l(golden[i], candidate, false).f;
        if (isnan(evidence->rouge_l) || rouge > evidence->rouge_l)
            evidence->rouge_l = rouge;
        if (i == 0 && golden[i].size > 0)
            evidence->length = metrics_length_ratio(golden[i], candidate);
    }
    personal_scan(personal, candidate, &finds);
    for (size_t i = 0; i < finds.count; i++)
        evidence->personal[finds.items[i].kind]++;
    personal_finds_clear(&finds);
    personal_free(personal);
}

/* --- drawing, item by item ---------------------------------------------------------------------------------------- */

struct pencil {
    struct area line;
    int column;
};

static void put_item(struct pencil *pencil, const char *name, unsigned pen, const char *text)
{
    int width = canvas_width(slice_of(name)) + 1 + canvas_width(slice_of(text));
    if (pencil->column + width > pencil->line.columns - 1)
        return;
    pencil->column = canvas_put(pencil->line, 0, pencil->column, ROLE_DIM, name) + 1;
    pencil->column = canvas_put(pencil->line, 0, pencil->column, pen, text) + 3;
}

/* The golden case's own threshold goes before the policy's. */
static bool threshold_of(const struct dossier *dossier, const struct judgement_case *item, const char *name,
                         double *value)
{
    const struct value *own = item->item->golden ? value_get(item->item->golden->thresholds, name) : NULL;
    if (value_is_number(own)) {
        *value = value_number(own, 0);
        return true;
    }
    return workspace_has_policy(dossier->workspace) && policy_threshold(&dossier->workspace->policy, name, value);
}

/* Beyond its threshold: which way is bad is a matter of the measure. */
static bool is_low_bad(const char *name)
{
    static const char *const low_is_good[] = {"toxicity", "latency_ms", "latency_ms_p95", "cost_usd", "pii"};
    for (size_t i = 0; i < ARRAY_COUNT(low_is_good); i++)
        if (slice_is(slice_of(name), low_is_good[i]))
            return false;
    return true;
}

static void put_measure(struct pencil *pencil, const struct dossier *dossier, const struct judgement_case *item,
                        const char *name, double value)
{
    char number[LABEL_SIZE], limit_text[LABEL_SIZE], text[3 * LABEL_SIZE];
    double limit;
    bool limited = threshold_of(dossier, item, name, &limit), low = is_low_bad(name);
    bool missed = limited && (low ? value < limit : value > limit);
    label_number(value, number);
    if (!missed) {
        put_item(pencil, name, limited ? ROLE_GOOD : ROLE_TEXT, number);
        return;
    }
    label_number(limit, limit_text);
    snprintf(text, sizeof text, "%s %s %s", number, canvas_symbol(pencil->line.canvas, low ? SYMBOL_DOWN : SYMBOL_UP),
             limit_text);
    put_item(pencil, name, ROLE_BAD, text);
}

static void put_personal(struct pencil *pencil, const struct case_evidence *evidence)
{
    char text[2 * LABEL_SIZE];
    size_t used = 0;
    for (int kind = 0; kind < PERSONAL_KINDS && used < sizeof text; kind++)
        if (evidence->personal[kind] > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%zu %s", used ? ", " : "",
                                     evidence->personal[kind], personal_kind_name((enum personal_kind)kind));
    put_item(pencil, "personal data", used ? ROLE_WARNING : ROLE_GOOD, used ? text : "none");
}

static void put_against_baseline(struct pencil *pencil, const struct judgement_case *item)
{
    double now, before;
    char text[LABEL_SIZE];
    if (!item->item->baseline || !outputs_measure(item->item->candidate, "similarity", &now) ||
        !outputs_measure(item->item->baseline, "similarity", &before))
        return;
    snprintf(text, sizeof text, "%+.2f", now - before);
    put_item(pencil, "against today", now < before ? ROLE_WARNING : ROLE_TEXT, text);
}

static void put_computed(struct pencil *pencil, const struct dossier *dossier, const struct judgement_case *item,
                         const struct case_evidence *evidence)
{
    char text[LABEL_SIZE];
    if (!isnan(evidence->rouge_l))
        put_measure(pencil, dossier, item, "rouge_l", evidence->rouge_l);
    if (!isnan(evidence->length)) {
        snprintf(text, sizeof text, "%.1f%s", evidence->length, canvas_symbol(pencil->line.canvas, SYMBOL_TIMES));
        put_item(pencil, "length", ROLE_TEXT, text);
    }
    put_personal(pencil, evidence);
}

void case_evidence_draw(struct area line, const struct dossier *dossier, const struct judgement_case *item,
                        const struct case_evidence *evidence, size_t marks)
{
    struct pencil pencil = {line, 1};
    const struct output *output = item->item->candidate;
    char text[2 * LABEL_SIZE];
    if (item->item->state != STALENESS_FRESH && item->item->state != STALENESS_UNPROVED)
        put_item(&pencil, staleness_is_stale(item->item->state) ? "out of date:" : "no output:", ROLE_BAD,
                 staleness_words(item->item->state));
    if (marks > 0) {
        snprintf(text, sizeof text, "%zu shown as marks", marks);
        put_item(&pencil, "hidden characters", ROLE_HOSTILE, text);
    }
    for (size_t i = 0; output && i < output->measure_count; i++) {
        struct str name = STR_INIT;
        sanitise_append(&name, output->measures[i].name, SANITISE_LINE);
        put_measure(&pencil, dossier, item, name.data, output->measures[i].value);
        str_clear(&name);
    }
    if (output && evidence->known)
        put_computed(&pencil, dossier, item, evidence);
    if (output)
        put_against_baseline(&pencil, item);
    if (item->item->state == STALENESS_UNPROVED)
        put_item(&pencil, "origin", ROLE_DIM, "unproved");
}

/* --- flags --------------------------------------------------------------------------------------------------------- */

static bool flag_is_of(const struct gate_flag *flag, const struct judgement_case *item)
{
    return slice_equal(flag->prompt, item->prompt->id) && slice_equal(flag->case_id, item->item->id);
}

bool case_evidence_has_flags(const struct dossier *dossier, const struct module *module,
                             const struct judgement_case *item)
{
    const struct gate_module_verdict *verdict = dossier_verdict(dossier, module);
    for (size_t i = 0; verdict && i < verdict->flag_count; i++)
        if (flag_is_of(&verdict->flags[i], item))
            return true;
    return false;
}

void case_evidence_draw_flags(struct area line, const struct dossier *dossier, const struct module *module,
                              const struct session *session, const struct judgement_case *item)
{
    const struct gate_module_verdict *verdict = dossier_verdict(dossier, module);
    int column = 1;
    for (size_t i = 0; verdict && i < verdict->flag_count && column < line.columns - 8; i++) {
        const struct gate_flag *flag = &verdict->flags[i];
        if (!flag_is_of(flag, item))
            continue;
        struct judgement_target target = {flag->prompt, flag->case_id, flag->output, flag->name};
        const struct judgement_decision *mine = session_decision(session, &target);
        bool open = !flag->settled && !mine;
        unsigned pen = open ? ROLE_WARNING : ROLE_DIM;
        column = canvas_put(line, 0, column, pen, canvas_symbol(line.canvas, SYMBOL_FLAG)) + 1;
        column =
            label_cut(line, 0, column, line.columns - column - 1, pen, flag->detail.size ? flag->detail : flag->name);
        if (!open && column < line.columns - 16)
            column =
                canvas_printf(line, 0, column + 1, ROLE_GOOD, "%s", mine ? label_decision(mine->decision) : "settled");
        column += 3;
    }
}
