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

static bool is_touched(const struct load *load, const struct record *rejection)
{
    for (size_t i = 0; i < load->module_count; i++)
        if (slice_equal(load->modules[i].path, rejection->module.path))
            return true;
    return false;
}

/* A withdrawal would take the place of what its signer said of the module in this change, an approval too. */
static void append_command(const struct load *load, const struct record *rejection, const char *name, struct str *out)
{
    bool touched = is_touched(load, rejection);
    str_append_text(out, touched ? " with a verdict on the module here: “assay sign " : ": “assay sign ");
    str_append_argument(out, load->change);
    if (touched) {
        str_append_text(out, " --module ");
        str_append_argument(out, rejection->module.path);
    }
    str_appendf(out, " --verdict %s --supersedes %.12s”", touched ? "VERDICT" : "withdraw", name);
}

/* Signing anew ends it where it was given and the module is still to be judged; a command that names it ends it always. */
static void append_rejection(const struct policy *policy, const struct load *load, const struct record *rejection,
                             struct str *out)
{
    struct slice signer = advice_name(policy, rejection->reviewer.principal);
    size_t count = 0;
    char hex[64 + 1];
    struct str names = STR_INIT;
    digest_format_hex(&rejection->name, hex);
    for (size_t i = 0; i < policy->person_count; i++)
        if (may_overrule(policy, load, &policy->people[i], rejection))
            str_appendf(&names, "%s%.*s", count++ ? " or " : "",
                        SLICE_ARG(advice_name(policy, policy->people[i].principal)));
    if (is_touched(load, rejection) && slice_equal(rejection->change, load->change)) {
        str_appendf(out, "It holds until %.*s withdraws it or signs anew", SLICE_ARG(signer));
        if (count > 0)
            str_appendf(out, ", or %.*s overrules it, with --supersedes %.12s and a comment",
                        SLICE_ARG(str_slice(&names)), hex);
    } else {
        str_appendf(out, "It holds until %.*s%s%.*s%s ends it", SLICE_ARG(signer), count ? ", or " : "",
                    SLICE_ARG(str_slice(&names)), count ? " with a comment," : "");
        append_command(load, rejection, hex, out);
    }
    str_append_text(out, count > 0 ? "." : "; nobody else may end it.");
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
