#include "assay/review/advice.h"

struct slice advice_name(const struct policy *policy, struct slice principal)
{
    const struct policy_person *person = policy_person(policy, principal);
    return person && person->name.size ? person->name : principal;
}

static bool is_author(const struct load *load, struct slice principal)
{
    for (size_t i = 0; i < load->author_count; i++)
        if (slice_equal(load->authors[i], principal))
            return true;
    return false;
}

/* As model/standing has it: listed, of the role that rejects, and never an author. */
static bool may_overrule(const struct policy *policy, const struct load *load, const struct policy_person *person,
                         const struct record *rejection)
{
    size_t role = policy_role(policy, rejection->reviewer.role);
    return role != SIZE_MAX && policy_holds(person, role) && policy_may_override(policy, person->principal) &&
           !slice_equal(person->principal, rejection->reviewer.principal) && !is_author(load, person->principal);
}

static void append_rejection(const struct policy *policy, const struct load *load, const struct record *rejection,
                             struct str *out)
{
    struct slice signer = advice_name(policy, rejection->reviewer.principal);
    bool here = slice_equal(rejection->change, load->change); /* an override counts in its own change only */
    size_t count = 0;
    struct str names = STR_INIT;
    for (size_t i = 0; here && i < policy->person_count; i++)
        if (may_overrule(policy, load, &policy->people[i], rejection))
            str_appendf(&names, "%s%.*s", count++ ? " or " : "",
                        SLICE_ARG(advice_name(policy, policy->people[i].principal)));
    if (count > 0) {
        char hex[64 + 1];
        digest_format_hex(&rejection->name, hex);
        str_appendf(out,
                    "It holds until %.*s withdraws it or signs anew, or %.*s overrules it, with --supersedes %.12s and "
                    "a comment.",
                    SLICE_ARG(signer), SLICE_ARG(str_slice(&names)), hex);
    } else {
        str_appendf(out, "It holds until %.*s withdraws it or signs anew%s%.*s; nobody else may end it.",
                    SLICE_ARG(signer), here ? "" : " in ", SLICE_ARG(here ? SLICE("") : rejection->change));
    }
    str_clear(&names);
}

void advice_append(const struct workspace *workspace, const struct load *load, enum reason reason,
                   const struct ledger_record *record, struct str *out)
{
    if (reason == REASON_REQUEST_CHANGES && record && record->decoded == RECORD_OK && workspace_has_policy(workspace))
        append_rejection(&workspace->policy, load, &record->record, out);
    else
        str_append_text(out, reason_advice(reason));
}
