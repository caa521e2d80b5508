#include "assay/model/record.h"

#include "assay/base/array.h"
#include "assay/data/json_encode.h"

enum { SCORE_MAX = 9 };

/* --- words --------------------------------------------------------------------------------------------------------- */

static const char *const verdicts[] = {
    [VERDICT_APPROVE] = "approve",
    [VERDICT_REQUEST_CHANGES] = "request-changes",
    [VERDICT_ABSTAIN] = "abstain",
    [VERDICT_WITHDRAW] = "withdraw",
};
static const char *const decisions[] = {
    [TRIAGE_ACCEPTED] = "accepted",
    [TRIAGE_FIX_REQUIRED] = "fix-required",
    [TRIAGE_DISMISSED] = "dismissed",
};
static const char *const sides[] = {"candidate", "baseline"};
static const char *const answers[] = {"a", "b", "tie", "both-bad"};
static const char *const vias[] = {"console", "command"};

/* SIZE_MAX: none of them. */
static size_t find_word(const char *const *words, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(name, words[i]))
            return i;
    return SIZE_MAX;
}

const char *record_verdict_name(enum verdict verdict)
{
    return verdicts[verdict];
}

bool record_verdict_parse(struct slice name, enum verdict *verdict)
{
    size_t at = find_word(verdicts, ARRAY_COUNT(verdicts), name);
    if (at != SIZE_MAX)
        *verdict = (enum verdict)at;
    return at != SIZE_MAX;
}

const char *record_decision_name(enum triage_decision decision)
{
    return decisions[decision];
}

bool record_decision_parse(struct slice name, enum triage_decision *decision)
{
    size_t at = find_word(decisions, ARRAY_COUNT(decisions), name);
    if (at != SIZE_MAX)
        *decision = (enum triage_decision)at;
    return at != SIZE_MAX;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static struct value encode_prompts(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->prompt_count; i++) {
        const struct record_prompt *prompt = &record->prompts[i];
        struct value *map = value_new_map(arena), *model = value_new_map(arena);
        members_set_text(arena, model, "id", prompt->model);
        value_set(arena, model, "parameters", prompt->parameters ? *prompt->parameters : *value_new_map(arena));
        members_set_text(arena, map, "id", prompt->id);
        members_set_digest(arena, map, "hash", &prompt->hash);
        value_set(arena, map, "model", prompt->model.size ? *model : value_of_null());
        value_add(arena, list, *map);
    }
    return *list;
}

/* The members that scores, flags and triage share. */
static struct value *new_item(struct arena *arena, struct slice prompt, struct slice case_id,
                              const struct digest *output)
{
    struct value *map = value_new_map(arena);
    members_set_text(arena, map, "prompt", prompt);
    members_set_text(arena, map, "case", case_id);
    members_set_digest(arena, map, "output", output);
    return map;
}

static struct value encode_scores(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->score_count; i++) {
        const struct record_score *score = &record->scores[i];
        struct value *map = new_item(arena, score->prompt, score->case_id, &score->output);
        struct value *scores = value_new_map(arena);
        for (size_t k = 0; k < record->criteria_count; k++)
            if (score->scores[k] >= 0)
                value_set_slice(arena, scores, record->criteria[k], value_of_integer(score->scores[k]));
        value_set(arena, map, "scores", *scores);
        members_set_text(arena, map, "comment", score->comment);
        value_set(arena, map, "carried", value_of_bool(score->carried));
        value_add(arena, list, *map);
    }
    return *list;
}

static struct value encode_flags(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->flag_count; i++) {
        const struct record_flag *flag = &record->flags[i];
        struct value *map = new_item(arena, flag->prompt, flag->case_id, &flag->output);
        members_set_text(arena, map, "code", flag->code);
        members_set_text(arena, map, "comment", flag->comment);
        value_add(arena, list, *map);
    }
    return *list;
}

static struct value encode_triage(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->triage_count; i++) {
        const struct record_triage *triage = &record->triage[i];
        struct value *map = new_item(arena, triage->prompt, triage->case_id, &triage->output);
        members_set_text(arena, map, "flag", triage->flag);
        members_set_text(arena, map, "decision", slice_of(record_decision_name(triage->decision)));
        members_set_text(arena, map, "reason", triage->reason);
        value_add(arena, list, *map);
    }
    return *list;
}

static struct value encode_comparisons(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->comparison_count; i++) {
        const struct record_comparison *comparison = &record->comparisons[i];
        struct value *map = value_new_map(arena);
        members_set_text(arena, map, "prompt", comparison->prompt);
        members_set_text(arena, map, "case", comparison->case_id);
        members_set_text(arena, map, "a", comparison->a);
        members_set_text(arena, map, "answer", comparison->answer);
        value_add(arena, list, *map);
    }
    return *list;
}

/* What was judged. */
static void encode_subject(struct arena *arena, struct value *root, const struct record *record)
{
    struct value *candidate = value_new_map(arena), *module = value_new_map(arena), *evidence = value_new_map(arena);
    members_set_oid(arena, candidate, "commit", &record->candidate);
    members_set_oid(arena, candidate, "merge_base", &record->merge_base);
    members_set_text(arena, module, "path", record->module.path);
    members_set_text(arena, module, "name", record->module.name);
    members_set_text(arena, module, "version", record->module.version);
    members_set_digest(arena, module, "digest", &record->module.digest);
    members_set_digest(arena, evidence, "digest", &record->evidence.digest);
    members_set_integer(arena, evidence, "cases", record->evidence.cases);
    members_set_integer(arena, evidence, "seen", record->evidence.seen);
    members_set_text(arena, root, "repository", record->repository);
    members_set_text(arena, root, "target", record->target);
    members_set_text(arena, root, "change", record->change);
    value_set(arena, root, "candidate", *candidate);
    members_set_oid(arena, root, "log", &record->log);
    value_set(arena, root, "module", *module);
    value_set(arena, root, "prompts", encode_prompts(arena, record));
    value_set(arena, root, "evidence", *evidence);
    members_set_digest(arena, root, "policy", &record->policy);
    members_set_digest(arena, root, "rubric", &record->rubric);
}

/* What was said of it, and by whom. */
static void encode_judgement(struct arena *arena, struct value *root, const struct record *record)
{
    struct value *reviewer = value_new_map(arena);
    members_set_text(arena, reviewer, "principal", record->reviewer.principal);
    members_set_text(arena, reviewer, "name", record->reviewer.name);
    members_set_text(arena, reviewer, "role", record->reviewer.role);
    value_set(arena, root, "reviewer", *reviewer);
    members_set_text(arena, root, "verdict", slice_of(record_verdict_name(record->verdict)));
    members_set_text(arena, root, "meaning", record->meaning);
    value_set(arena, root, "scores", encode_scores(arena, record));
    value_set(arena, root, "flags", encode_flags(arena, record));
    value_set(arena, root, "triage", encode_triage(arena, record));
    value_set(arena, root, "comparisons", encode_comparisons(arena, record));
    members_set_integer(arena, root, "seed", record->seed);
    members_set_text(arena, root, "metrics", record->metrics);
    members_set_text(arena, root, "comment", record->comment);
    members_set_text(arena, root, "via", record->via);
    members_set_text(arena, root, "assay", record->assay);
    members_set_text(arena, root, "signed_at", record->signed_at);
    members_set_integer(arena, root, "seq", record->seq);
    members_set_digests(arena, root, "prev", record->prev, record->prev_count);
    members_set_digests(arena, root, "supersedes", record->supersedes, record->supersedes_count);
}

static void encode(const void *object, struct str *bytes)
{
    struct arena arena = ARENA_INIT;
    struct value *root = value_new_map(&arena);
    members_set_text(&arena, root, "schema", SLICE(RECORD_SCHEMA));
    encode_subject(&arena, root, object);
    encode_judgement(&arena, root, object);
    json_encode(root, JSON_RECORD, bytes);
    arena_clear(&arena);
}

void record_encode(const struct record *record, struct str *bytes)
{
    encode(record, bytes);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static size_t read_word(struct members *members, const struct value *map, const char *key, const char *const *words,
                        size_t count)
{
    struct slice word = members_text(members, map, key);
    size_t at = find_word(words, count, word);
    if (at == SIZE_MAX)
        members_unknown(members, key, word);
    return at == SIZE_MAX ? 0 : at;
}

static void read_prompts(struct members *members, const struct value *root, struct record *record)
{
    const struct value *list = members_list(members, root, "prompts");
    record->prompts = members_array(members, list, sizeof *record->prompts, &record->prompt_count);
    for (size_t i = 0; i < record->prompt_count; i++) {
        const struct value *map = value_at(list, i), *model = value_get(map, "model");
        record->prompts[i].id = members_text(members, map, "id");
        record->prompts[i].hash = members_digest(members, map, "hash");
        if (model && model->kind == VALUE_NULL)
            continue;
        record->prompts[i].model = members_text(members, model, "id");
        record->prompts[i].parameters = members_map(members, model, "parameters");
    }
}

static void add_criterion(struct members *members, struct record *record, struct slice id)
{
    for (size_t i = 0; i < record->criteria_count; i++)
        if (slice_equal(record->criteria[i], id))
            return;
    if (record->criteria_count == RUBRIC_CRITERIA_MAX)
        members_unknown(members, "scores", id);
    else
        record->criteria[record->criteria_count++] = id;
}

static void read_criteria(struct members *members, const struct value *list, struct record *record)
{
    for (size_t i = 0; i < value_count(list) && members->problem == RECORD_OK; i++) {
        const struct value *scores = members_map(members, value_at(list, i), "scores");
        for (size_t k = 0; k < value_count(scores) && members->problem == RECORD_OK; k++)
            add_criterion(members, record, value_pair_at(scores, k)->key);
    }
    slice_sort(record->criteria, record->criteria_count);
}

static signed char read_score(struct members *members, const struct value *scores, struct slice criterion)
{
    const struct value *value = value_get_slice(scores, criterion);
    if (!value)
        return -1;
    int64_t score = value->kind == VALUE_INTEGER ? value->integer : -1;
    if (score < 0)
        members_malformed(members, "scores", "a map of whole numbers");
    else if (score > SCORE_MAX)
        members_unknown(members, "scores", criterion);
    return score >= 0 && score <= SCORE_MAX ? (signed char)score : -1;
}

static void read_scores(struct members *members, const struct value *root, struct record *record)
{
    const struct value *list = members_list(members, root, "scores");
    read_criteria(members, list, record);
    record->scores = members_array(members, list, sizeof *record->scores, &record->score_count);
    for (size_t i = 0; i < record->score_count; i++) {
        const struct value *map = value_at(list, i), *scores = value_get(map, "scores");
        struct record_score *score = &record->scores[i];
        score->prompt = members_text(members, map, "prompt");
        score->case_id = members_text(members, map, "case");
        score->output = members_digest(members, map, "output");
        score->comment = members_text(members, map, "comment");
        score->carried = members_boolean(members, map, "carried");
        for (size_t k = 0; k < RUBRIC_CRITERIA_MAX; k++)
            score->scores[k] = k < record->criteria_count ? read_score(members, scores, record->criteria[k]) : -1;
    }
}

static void read_flags(struct members *members, const struct value *root, struct record *record)
{
    const struct value *list = members_list(members, root, "flags");
    record->flags = members_array(members, list, sizeof *record->flags, &record->flag_count);
    for (size_t i = 0; i < record->flag_count; i++) {
        const struct value *map = value_at(list, i);
        record->flags[i] = (struct record_flag){
            .prompt = members_text(members, map, "prompt"),
            .case_id = members_text(members, map, "case"),
            .output = members_digest(members, map, "output"),
            .code = members_text(members, map, "code"),
            .comment = members_text(members, map, "comment"),
        };
    }
}

static void read_triage(struct members *members, const struct value *root, struct record *record)
{
    const struct value *list = members_list(members, root, "triage");
    record->triage = members_array(members, list, sizeof *record->triage, &record->triage_count);
    for (size_t i = 0; i < record->triage_count; i++) {
        const struct value *map = value_at(list, i);
        record->triage[i] = (struct record_triage){
            .prompt = members_text(members, map, "prompt"),
            .case_id = members_text(members, map, "case"),
            .output = members_digest(members, map, "output"),
            .flag = members_text(members, map, "flag"),
            .decision = (enum triage_decision)read_word(members, map, "decision", decisions, ARRAY_COUNT(decisions)),
            .reason = members_text(members, map, "reason"),
        };
    }
}

static void read_comparisons(struct members *members, const struct value *root, struct record *record)
{
    const struct value *list = members_list(members, root, "comparisons");
    record->comparisons = members_array(members, list, sizeof *record->comparisons, &record->comparison_count);
    for (size_t i = 0; i < record->comparison_count; i++) {
        const struct value *map = value_at(list, i);
        record->comparisons[i] = (struct record_comparison){
            .prompt = members_text(members, map, "prompt"),
            .case_id = members_text(members, map, "case"),
            .a = slice_of(sides[read_word(members, map, "a", sides, ARRAY_COUNT(sides))]),
            .answer = slice_of(answers[read_word(members, map, "answer", answers, ARRAY_COUNT(answers))]),
        };
    }
}

static void read_subject(struct members *members, const struct value *root, struct record *record)
{
    const struct value *candidate = members_map(members, root, "candidate");
    const struct value *module = members_map(members, root, "module");
    const struct value *evidence = members_map(members, root, "evidence");
    record->repository = members_text(members, root, "repository");
    record->target = members_text(members, root, "target");
    record->change = members_text(members, root, "change");
    record->candidate = members_oid(members, candidate, "commit");
    record->merge_base = members_oid(members, candidate, "merge_base");
    record->log = members_oid(members, root, "log");
    record->module.path = members_text(members, module, "path");
    record->module.name = members_text(members, module, "name");
    record->module.version = members_text(members, module, "version");
    record->module.digest = members_digest(members, module, "digest");
    record->evidence.digest = members_digest(members, evidence, "digest");
    record->evidence.cases = members_integer(members, evidence, "cases");
    record->evidence.seen = members_integer(members, evidence, "seen");
    record->policy = members_digest(members, root, "policy");
    record->rubric = members_digest(members, root, "rubric");
}

static void read_judgement(struct members *members, const struct value *root, struct record *record)
{
    const struct value *reviewer = members_map(members, root, "reviewer");
    record->reviewer.principal = members_text(members, reviewer, "principal");
    record->reviewer.name = members_text(members, reviewer, "name");
    record->reviewer.role = members_text(members, reviewer, "role");
    record->verdict = (enum verdict)read_word(members, root, "verdict", verdicts, ARRAY_COUNT(verdicts));
    record->meaning = members_text(members, root, "meaning");
    record->seed = members_integer(members, root, "seed");
    record->metrics = members_text(members, root, "metrics");
    record->comment = members_text(members, root, "comment");
    record->via = slice_of(vias[read_word(members, root, "via", vias, ARRAY_COUNT(vias))]);
    record->assay = members_text(members, root, "assay");
    record->signed_at = members_text(members, root, "signed_at");
    record->seq = members_integer(members, root, "seq");
    record->prev = members_digests(members, root, "prev", &record->prev_count);
    record->supersedes = members_digests(members, root, "supersedes", &record->supersedes_count);
}

static void read_record(struct members *members, const struct value *root, void *object)
{
    struct record *record = object;
    read_subject(members, root, record);
    read_judgement(members, root, record);
    read_prompts(members, root, record);
    read_scores(members, root, record);
    read_flags(members, root, record);
    read_triage(members, root, record);
    read_comparisons(members, root, record);
}

enum record_problem record_decode(struct slice bytes, struct record *record, struct error *error)
{
    static const struct members_format format = {"record", RECORD_SCHEMA, read_record, encode};
    *record = (struct record){.arena = ARENA_INIT};
    digest_of(bytes, &record->name);
    return members_decode(bytes, &format, record, &record->arena, error);
}

void record_clear(struct record *record)
{
    arena_clear(&record->arena);
    *record = (struct record){.arena = ARENA_INIT};
}
