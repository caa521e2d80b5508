#include "assay/review/refusal.h"

#include <string.h>

#include "assay/base/table.h"
#include "assay/review/ending.h"

/* Each check appends a sentence and says true, or says false. */
typedef bool refusal_check(const struct workspace *workspace, const struct submit_request *request, struct str *why);

static bool is_said(struct slice text)
{
    return slice_trim(text).size > 0;
}

static void append_roles(const struct workspace *workspace, struct str *why)
{
    const struct policy *policy = &workspace->policy;
    size_t count = 0;
    for (size_t i = 0; i < policy->role_count; i++)
        if (policy_holds(workspace->identity.person, i))
            str_appendf(why, "%s%.*s", count++ ? ", " : "", SLICE_ARG(policy->roles[i].id));
    if (count == 0)
        str_append_text(why, "none");
}

static bool check_identity(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    struct error error = ERROR_INIT;
    (void)request;
    if (workspace_need_identity(workspace, &error) == 0)
        return false;
    str_append_text(why, error.text);
    return true;
}

static bool check_role(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    const struct policy *policy = &workspace->policy;
    bool known = request->role < policy->role_count;
    /* Who lost a role still ends what was said in it. */
    if (known && (request->verdict == VERDICT_WITHDRAW || policy_holds(workspace->identity.person, request->role)))
        return false;
    str_appendf(why,
                "%.*s does not hold the role %.*s; the policy of %s gives: ", SLICE_ARG(workspace->identity.principal),
                SLICE_ARG(known ? policy->roles[request->role].id : SLICE("asked for")), workspace->target.name.data);
    append_roles(workspace, why);
    str_push(why, '.');
    return true;
}

static bool is_author(const struct workspace *workspace, const struct load *load)
{
    for (size_t i = 0; i < load->author_count; i++)
        if (slice_equal(load->authors[i], workspace->identity.principal))
            return true;
    return false;
}

static bool check_author(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    if (request->verdict != VERDICT_APPROVE || workspace->policy.self_approval || !is_author(workspace, request->load))
        return false;
    str_appendf(why, "%.*s is an author of %.*s, and nobody approves their own change; another person has to.",
                SLICE_ARG(workspace->identity.principal), SLICE_ARG(request->load->change));
    return true;
}

/* A manifest that cannot be read, outputs that cannot: whatever blocks the module by itself. */
static bool check_module(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    (void)workspace;
    if (request->verdict != VERDICT_APPROVE || request->module->problem_count == 0)
        return false;
    str_appendf(why, "%.*s cannot be approved as it is: %.*s.", SLICE_ARG(request->module->name),
                SLICE_ARG(request->module->problems[0].detail));
    return true;
}

static bool check_outputs(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    size_t stale = 0, missing = 0;
    const char *words = "";
    (void)workspace;
    for (size_t p = 0; p < request->module->prompt_count; p++) {
        const struct module_prompt *prompt = &request->module->prompts[p];
        for (size_t c = 0; c < prompt->case_count; c++) {
            if (!prompt->cases[c].golden)
                continue;
            if (staleness_is_stale(prompt->cases[c].state) && stale++ == 0)
                words = staleness_words(prompt->cases[c].state);
            missing += prompt->cases[c].state == STALENESS_MISSING;
        }
    }
    if (request->verdict != VERDICT_APPROVE || stale + missing == 0)
        return false;
    if (stale > 0)
        str_appendf(why, "%zu of %zu outputs of %.*s are stale (%s); make them again and commit them.", stale,
                    request->module->case_count, SLICE_ARG(request->module->name), words);
    else
        str_appendf(why, "%zu of %zu cases of %.*s have no output; make them and commit them.", missing,
                    request->module->case_count, SLICE_ARG(request->module->name));
    return true;
}

static bool check_seen(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    int64_t cases = (int64_t)request->module->case_count;
    (void)workspace;
    if (request->verdict != VERDICT_APPROVE || request->seen >= cases)
        return false;
    str_appendf(why, "%lld of %lld cases are not seen yet; read them to their end first.",
                (long long)(cases - request->seen), (long long)cases);
    return true;
}

/* A key, a right to override or an accepted record comes in by one line: who approves has seen them all. */
static bool check_files(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    (void)workspace;
    if (request->verdict != VERDICT_APPROVE || !request->files_unread)
        return false;
    str_append_text(why, "What changes in the policy's files is not read yet: the tab Prompt shows it; read both sides "
                         "to their end first.");
    return true;
}

static bool is_complete(const struct rubric *rubric, const struct record_score *score)
{
    for (size_t i = 0; i < rubric->count; i++)
        if (score->scores[i] < 0)
            return false;
    return true;
}

static void case_key(struct slice prompt, struct slice case_id, struct str *key)
{
    str_reset(key);
    str_appendf(key, "%zu:", prompt.size);
    str_append(key, prompt);
    str_append(key, case_id);
}

/* The first case that has an output to score and not every criterion scored, and how many there are. */
static size_t count_unscored(const struct rubric *rubric, const struct submit_request *request, struct str *first)
{
    struct table *complete = table_new();
    struct str key = STR_INIT;
    size_t count = 0;
    for (size_t i = 0; i < request->score_count; i++) {
        case_key(request->scores[i].prompt, request->scores[i].case_id, &key);
        if (is_complete(rubric, &request->scores[i]))
            table_add(complete, str_slice(&key), 0);
    }
    for (size_t p = 0; p < request->module->prompt_count; p++) {
        const struct module_prompt *prompt = &request->module->prompts[p];
        for (size_t c = 0; c < prompt->case_count; c++) {
            const struct module_case *item = &prompt->cases[c];
            case_key(prompt->id, item->id, &key);
            if (!item->golden || item->state == STALENESS_FAILED || item->state == STALENESS_MISSING ||
                table_has(complete, str_slice(&key)))
                continue;
            if (count++ == 0)
                str_appendf(first, "%.*s ▸ %.*s", SLICE_ARG(prompt->id), SLICE_ARG(item->id));
        }
    }
    str_clear(&key);
    table_free(complete);
    return count;
}

static bool check_scored(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    struct str first = STR_INIT;
    if (request->verdict != VERDICT_APPROVE || workspace->policy.roles[request->role].duty != DUTY_SCORE)
        return false;
    size_t count = count_unscored(&workspace->policy.rubric, request, &first);
    if (count > 0)
        str_appendf(why, "%zu of %zu cases are not scored (%s%s); who approves as %.*s scores them all.", count,
                    request->module->case_count, first.data, count > 1 ? ", …" : "",
                    SLICE_ARG(workspace->policy.roles[request->role].id));
    str_clear(&first);
    return count > 0;
}

static bool check_comments(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    const struct rubric *rubric = &workspace->policy.rubric;
    for (size_t i = 0; request->verdict != VERDICT_WITHDRAW && i < request->score_count; i++) {
        const struct record_score *score = &request->scores[i];
        for (size_t k = 0; k < rubric->count; k++) {
            if (score->scores[k] < 0 || score->scores[k] > rubric->comment_required_at || is_said(score->comment))
                continue;
            str_appendf(why, "%.*s %d on %.*s ▸ %.*s needs a comment: say what is wrong.",
                        SLICE_ARG(rubric->criteria[k].title), score->scores[k], SLICE_ARG(score->prompt),
                        SLICE_ARG(score->case_id));
            return true;
        }
    }
    return false;
}

static bool check_triage(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    (void)workspace;
    for (size_t i = 0; i < request->triage_count; i++) {
        if (is_said(request->triage[i].reason))
            continue;
        str_appendf(why, "The decision on the flag %.*s of %.*s ▸ %.*s needs a reason.",
                    SLICE_ARG(request->triage[i].flag), SLICE_ARG(request->triage[i].prompt),
                    SLICE_ARG(request->triage[i].case_id));
        return true;
    }
    return false;
}

/* A slip of the hand would stay in the log for good; on the command line the verdict was written out. */
static bool check_content(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    (void)workspace;
    if (request->verdict != VERDICT_ABSTAIN || strcmp(request->via, "console") != 0 || is_said(request->comment) ||
        request->score_count + request->flag_count + request->triage_count + request->comparison_count > 0)
        return false;
    str_append_text(why,
                    "A comment only, and there is no comment, score or flag: c writes one, v takes another verdict.");
    return true;
}

static bool check_comment(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    (void)workspace;
    if (request->verdict != VERDICT_REQUEST_CHANGES || is_said(request->comment))
        return false;
    str_append_text(why, "Requesting changes needs a comment: say what has to change.");
    return true;
}

bool refusal_find(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    static refusal_check *const checks[] = {check_identity, check_role,     check_author, check_module,
                                            check_outputs,  check_files,    check_seen,   check_comment,
                                            check_scored,   check_comments, check_triage, check_content};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i](workspace, request, why))
            return true;
    return false;
}

/* ---- what only the records tell ---- */

static bool is_mine(const struct workspace *workspace, const struct submit_request *request,
                    const struct ledger_record *record)
{
    return record->decoded == RECORD_OK && record->signature == GATE_SIGNATURE_GOOD &&
           slice_equal(record->principal, workspace->identity.principal) &&
           slice_equal(record->record.change, request->load->change) &&
           slice_equal(record->record.module.path, request->module->path) &&
           slice_equal(record->record.reviewer.role, workspace->policy.roles[request->role].id);
}

static bool check_withdraw(const struct workspace *workspace, const struct submit_request *request,
                           const struct ledger *ledger, struct str *why)
{
    if (request->verdict != VERDICT_WITHDRAW || ending_named(request, ledger, (struct slice){0}))
        return false;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_mine(workspace, request, &ledger->records[i]))
            return false;
    str_appendf(why, "%.*s signed nothing about %.*s as %.*s, so there is nothing to withdraw.",
                SLICE_ARG(workspace->identity.principal), SLICE_ARG(request->module->name),
                SLICE_ARG(workspace->policy.roles[request->role].id));
    return true;
}

static bool may_end(const struct workspace *workspace, const struct record *record)
{
    size_t role = policy_role(&workspace->policy, record->reviewer.role);
    return slice_equal(record->reviewer.principal, workspace->identity.principal) ||
           (record->verdict == VERDICT_REQUEST_CHANGES && role != SIZE_MAX &&
            policy_may_override(&workspace->policy, workspace->identity.principal) &&
            policy_holds(workspace->identity.person, role));
}

static bool check_supersedes(const struct workspace *workspace, const struct submit_request *request,
                             const struct digest *name, const struct ledger *ledger, struct str *why)
{
    const struct ledger_record *found = ledger_find(ledger, name);
    char hex[64 + 1];
    digest_format_hex(name, hex);
    if (!found || found->decoded != RECORD_OK) {
        str_appendf(why, "There is no record %.12s here to supersede; “assay log ", hex);
        str_append_argument(why, request->load->change);
        str_append_text(why, "” lists them.");
        return true;
    }
    struct slice signer = found->record.reviewer.principal;
    if (!may_end(workspace, &found->record)) {
        str_appendf(why,
                    "%.12s is %.*s's; only its signer, or for a request for changes a person whom the policy lists "
                    "under `override` and who holds that role, may supersede it.",
                    hex, SLICE_ARG(signer));
        return true;
    }
    if (slice_equal(signer, workspace->identity.principal))
        return false;
    if (is_author(workspace, request->load)) {
        str_appendf(why, "%.*s is an author of %.*s, and authors overrule nobody in it; another person has to.",
                    SLICE_ARG(workspace->identity.principal), SLICE_ARG(request->load->change));
        return true;
    }
    if (!is_said(request->comment)) {
        str_appendf(why, "Superseding the request for changes of %.*s needs a comment.", SLICE_ARG(signer));
        return true;
    }
    return false;
}

bool refusal_of_records(const struct workspace *workspace, const struct submit_request *request,
                        const struct ledger *ledger, struct str *why)
{
    if (check_withdraw(workspace, request, ledger, why))
        return true;
    for (size_t i = 0; i < request->supersedes_count; i++)
        if (check_supersedes(workspace, request, &request->supersedes[i], ledger, why))
            return true;
    return false;
}
