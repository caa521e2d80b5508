#include "assay/review/statement.h"

#include <string.h>

#include "assay/base/table.h"

/* What is needed while one document is read. */
struct reading {
    const struct workspace *workspace;
    const struct document *document;
    const struct module *module;
    const struct ledger *ledger;
    const struct submit_request *request; /* whose scores were read before its triage */
    struct arena *arena;
    struct table *seen; /* what the document named already */
    struct error *error;
};

/* Members of an entry that this version knows; everything else is a mistake that must not be signed over. */
static int check_members(const struct reading *reading, const struct value *map, const char *const *known)
{
    if (!value_is_map(map))
        return document_error(reading->document, map, reading->error, "an object is expected here");
    for (size_t i = 0; i < value_count(map); i++) {
        size_t k = 0;
        struct slice key = value_pair_at(map, i)->key;
        while (known[k] && !slice_is(key, known[k]))
            k++;
        if (!known[k])
            return document_error(reading->document, map, reading->error, "“%.*s” is not a member that belongs here",
                                  SLICE_ARG(key));
    }
    return 0;
}

static int read_text(const struct reading *reading, const struct value *map, const char *key, bool needed,
                     struct slice *text)
{
    const struct value *value = value_get(map, key);
    *text = value_text(value);
    if (value ? value_is_text(value) : !needed)
        return 0;
    return document_error(reading->document, map, reading->error, "“%s” must be a text", key);
}

/* The place that an entry names, and the digest of the output there; one that the entry gives must be the same. */
static int read_place(const struct reading *reading, const struct value *map, struct slice *prompt_id,
                      struct slice *case_id, struct digest *output)
{
    struct slice given;
    if (read_text(reading, map, "prompt", true, prompt_id) < 0 || read_text(reading, map, "case", true, case_id) < 0 ||
        read_text(reading, map, "output", false, &given) < 0)
        return -1;
    const struct module_prompt *prompt = module_find_prompt(reading->module, *prompt_id);
    if (!prompt)
        return document_error(reading->document, map, reading->error, "%.*s has no prompt “%.*s”",
                              SLICE_ARG(reading->module->name), SLICE_ARG(*prompt_id));
    const struct module_case *item = case_id->size ? module_find_case(prompt, *case_id) : NULL;
    if (case_id->size > 0 && !item)
        return document_error(reading->document, map, reading->error, "the prompt %.*s has no case “%.*s”",
                              SLICE_ARG(*prompt_id), SLICE_ARG(*case_id));
    struct digest expected;
    *output = item && item->candidate ? item->candidate->digest : (struct digest){{0}};
    if (given.size > 0 && (!digest_parse(given, &expected) || !digest_equal(&expected, output)))
        return document_error(reading->document, map, reading->error,
                              "the output of case %.*s is another one now; look at it again", SLICE_ARG(*case_id));
    return 0;
}

static int once(const struct reading *reading, const struct value *map, const struct slice *parts, size_t count)
{
    struct str key = STR_INIT;
    for (size_t i = 0; i < count; i++) {
        str_appendf(&key, "%zu:", parts[i].size);
        str_append(&key, parts[i]);
    }
    bool added = table_add(reading->seen, str_slice(&key), 0);
    str_clear(&key);
    return added ? 0
                 : document_error(reading->document, map, reading->error, "case %.*s is named twice",
                                  SLICE_ARG(parts[1]));
}

static int read_criterion(const struct reading *reading, const struct value_pair *pair, struct record_score *score)
{
    const struct rubric *rubric = &reading->workspace->policy.rubric;
    size_t criterion = rubric_find(rubric, pair->key);
    int64_t value = pair->value.kind == VALUE_INTEGER ? pair->value.integer : -1;
    if (criterion == SIZE_MAX)
        return document_error(reading->document, &pair->value, reading->error, "the rubric has no criterion “%.*s”",
                              SLICE_ARG(pair->key));
    if (value < rubric->scale_low || value > rubric->scale_high)
        return document_error(reading->document, &pair->value, reading->error,
                              "“%.*s” must be a whole number from %d to %d", SLICE_ARG(pair->key), rubric->scale_low,
                              rubric->scale_high);
    score->scores[criterion] = (signed char)value;
    return 0;
}

static int read_score(const struct reading *reading, const struct value *map, struct record_score *score)
{
    static const char *const known[] = {"prompt", "case", "output", "scores", "comment", "carried", NULL};
    const struct value *scores = value_get(map, "scores");
    if (check_members(reading, map, known) < 0 ||
        read_place(reading, map, &score->prompt, &score->case_id, &score->output) < 0 ||
        read_text(reading, map, "comment", false, &score->comment) < 0 ||
        once(reading, map, (const struct slice[]){score->prompt, score->case_id}, 2) < 0)
        return -1;
    if (digest_is_none(&score->output))
        return document_error(reading->document, map, reading->error, "case %.*s has no output to score",
                              SLICE_ARG(score->case_id));
    if (!value_is_map(scores))
        return document_error(reading->document, map, reading->error, "“scores” must be an object");
    score->carried = value_boolean(value_get(map, "carried"), false);
    memset(score->scores, -1, sizeof score->scores);
    for (size_t i = 0; i < value_count(scores); i++)
        if (read_criterion(reading, value_pair_at(scores, i), score) < 0)
            return -1;
    return 0;
}

/* ---- flags that there are ---- */

struct flag_names {
    struct slice wanted;
    bool found;
    struct str all;
};

static void meet(struct flag_names *names, struct slice name)
{
    names->found = names->found || slice_equal(name, names->wanted);
    str_appendf(&names->all, "%s%.*s", names->all.size ? ", " : "", SLICE_ARG(name));
}

static void meet_automatic(const struct reading *reading, const struct record_triage *triage, struct flag_names *names)
{
    for (size_t i = 0; i < reading->module->flags.count; i++) {
        const struct flag *flag = &reading->module->flags.items[i];
        if (slice_equal(flag->prompt, triage->prompt) && slice_equal(flag->case_id, triage->case_id))
            meet(names, flag->name);
    }
}

static bool is_there(const struct record_triage *triage, struct slice prompt, struct slice case_id,
                     const struct digest *output)
{
    return slice_equal(prompt, triage->prompt) && slice_equal(case_id, triage->case_id) &&
           digest_equal(output, &triage->output);
}

/* criteria: ids by position in the scores; NULL: those of the policy's rubric. */
static void meet_low(const struct rubric *rubric, const struct slice *criteria, size_t count,
                     const struct record_score *score, struct flag_names *names)
{
    bool low = false;
    for (size_t c = 0; c < count; c++) {
        size_t at = criteria ? rubric_find(rubric, criteria[c]) : c;
        if (at == SIZE_MAX || score->scores[c] < 0 || score->scores[c] >= rubric->criteria[at].minimum)
            continue;
        meet(names, rubric->criteria[at].id);
        low = true;
    }
    if (low)
        meet(names, SLICE("below-minimum"));
}

static void meet_record(const struct reading *reading, const struct record *record, const struct record_triage *triage,
                        struct flag_names *names)
{
    for (size_t i = 0; i < record->flag_count; i++)
        if (is_there(triage, record->flags[i].prompt, record->flags[i].case_id, &record->flags[i].output))
            meet(names, record->flags[i].code);
    for (size_t i = 0; i < record->score_count; i++)
        if (is_there(triage, record->scores[i].prompt, record->scores[i].case_id, &record->scores[i].output))
            meet_low(&reading->workspace->policy.rubric, record->criteria, record->criteria_count, &record->scores[i],
                     names);
}

static void meet_people(const struct reading *reading, const struct record_triage *triage, struct flag_names *names)
{
    const struct rubric *rubric = &reading->workspace->policy.rubric;
    for (size_t i = 0; i < reading->ledger->count; i++)
        if (ledger_reason(reading->workspace, &reading->ledger->records[i]) == REASON_NONE)
            meet_record(reading, &reading->ledger->records[i].record, triage, names);
    for (size_t i = 0; i < reading->request->score_count; i++)
        if (is_there(triage, reading->request->scores[i].prompt, reading->request->scores[i].case_id,
                     &reading->request->scores[i].output))
            meet_low(rubric, NULL, rubric->count, &reading->request->scores[i], names);
}

static int need_flag(const struct reading *reading, const struct value *map, const struct record_triage *triage)
{
    struct flag_names names = {triage->flag, false, STR_INIT};
    int result = 0;
    meet_automatic(reading, triage, &names);
    meet_people(reading, triage, &names);
    if (!names.found)
        result = document_error(reading->document, map, reading->error, "%s%.*s has no flag “%.*s”; it has %s",
                                triage->case_id.size ? "case " : "the prompt ",
                                SLICE_ARG(triage->case_id.size ? triage->case_id : triage->prompt),
                                SLICE_ARG(triage->flag), names.all.size ? names.all.data : "none");
    str_clear(&names.all);
    return result;
}

static int read_triage(const struct reading *reading, const struct value *map, struct record_triage *triage)
{
    static const char *const known[] = {"prompt", "case", "output", "flag", "decision", "reason", NULL};
    struct slice decision;
    if (check_members(reading, map, known) < 0 ||
        read_place(reading, map, &triage->prompt, &triage->case_id, &triage->output) < 0 ||
        read_text(reading, map, "flag", true, &triage->flag) < 0 ||
        read_text(reading, map, "decision", true, &decision) < 0 ||
        read_text(reading, map, "reason", true, &triage->reason) < 0 ||
        once(reading, map, (const struct slice[]){triage->prompt, triage->case_id, triage->flag}, 3) < 0)
        return -1;
    if (!record_decision_parse(decision, &triage->decision))
        return document_error(reading->document, map, reading->error,
                              "“decision” must be accepted, fix-required or dismissed, not “%.*s”",
                              SLICE_ARG(decision));
    return need_flag(reading, map, triage);
}

static int need_list(const struct reading *reading)
{
    return value_is_list(reading->document->root)
               ? 0
               : document_error(reading->document, reading->document->root, reading->error, "a list is expected here");
}

static int read_all_scores(const struct reading *reading, struct submit_request *request)
{
    size_t count = value_count(reading->document->root);
    if (need_list(reading) < 0)
        return -1;
    request->scores = arena_alloc_array(reading->arena, count, sizeof *request->scores);
    for (size_t i = 0; i < count; i++)
        if (read_score(reading, value_at(reading->document->root, i), &request->scores[request->score_count++]) < 0)
            return -1;
    return 0;
}

static int read_all_triage(const struct reading *reading, struct submit_request *request)
{
    size_t count = value_count(reading->document->root);
    if (need_list(reading) < 0)
        return -1;
    request->triage = arena_alloc_array(reading->arena, count, sizeof *request->triage);
    for (size_t i = 0; i < count; i++)
        if (read_triage(reading, value_at(reading->document->root, i), &request->triage[request->triage_count++]) < 0)
            return -1;
    return 0;
}

int statement_read(const struct workspace *workspace, const struct document *scores, const struct document *triage,
                   const struct ledger *ledger, struct arena *arena, struct submit_request *request,
                   struct error *error)
{
    struct reading reading = {.workspace = workspace,
                              .module = request->module,
                              .ledger = ledger,
                              .request = request,
                              .arena = arena,
                              .error = error};
    int result = 0;
    request->seen = (int64_t)request->module->case_count;
    if (scores) {
        reading.document = scores;
        reading.seen = table_new();
        result = read_all_scores(&reading, request);
        table_free(reading.seen);
    }
    if (result == 0 && triage) {
        reading.document = triage;
        reading.seen = table_new();
        result = read_all_triage(&reading, request);
        table_free(reading.seen);
    }
    return result;
}
