#include "assay/model/policy.h"

#include "assay/base/table.h"
#include "assay/data/yaml.h"
#include "assay/model/branchname.h"
#include "assay/model/shape.h"
#include "assay/model/wildmatch.h"

/* What loading needs at every step. */
struct loading {
    struct document *document;
    struct arena *arena;
    struct policy *policy;
    struct error *error;
};

static int take_branch(struct loading *loading, const char *key, struct slice *branch)
{
    const struct value *value = value_get(loading->document->root, key);
    if (value)
        *branch = value_text(value);
    if (branchname_is_valid(*branch))
        return 0;
    return document_error(loading->document, value, loading->error, "%s: %.*s is no valid name of a branch", key,
                          SLICE_ARG(*branch));
}

static int take_names(struct loading *loading)
{
    struct policy *policy = loading->policy;
    policy->repository = value_text(value_get(loading->document->root, "repository"));
    policy->log = SLICE("assay/log");
    if (take_branch(loading, "target", &policy->target) || take_branch(loading, "log", &policy->log))
        return -1;
    if (!slice_equal(policy->log, policy->target))
        return 0;
    return document_error(loading->document, value_get(loading->document->root, "log"), loading->error,
                          "log: the log cannot be the target itself; name another branch");
}

static enum duty duty_of(struct slice name)
{
    return slice_is(name, "score") ? DUTY_SCORE : slice_is(name, "sign") ? DUTY_SIGN : DUTY_TRIAGE;
}

static void take_roles(struct loading *loading)
{
    const struct value *map = value_get(loading->document->root, "roles");
    struct policy *policy = loading->policy;
    policy->role_count = value_count(map);
    policy->roles = arena_alloc_array(loading->arena, policy->role_count, sizeof *policy->roles);
    for (size_t i = 0; i < policy->role_count; i++) {
        const struct value_pair *pair = value_pair_at(map, i);
        policy->roles[i] = (struct policy_role){.id = pair->key,
                                                .title = value_text(value_get(&pair->value, "title")),
                                                .meaning = value_text(value_get(&pair->value, "meaning")),
                                                .duty = duty_of(value_text(value_get(&pair->value, "duty")))};
    }
}

static int find_role(struct loading *loading, const struct value *at, struct slice id, size_t *role)
{
    *role = policy_role(loading->policy, id);
    if (*role < loading->policy->role_count)
        return 0;
    document_error(loading->document, at, loading->error,
                   "%.*s is no role of this policy; define it under roles or correct the name", SLICE_ARG(id));
    return -1;
}

static int take_person(struct loading *loading, const struct value *value, struct policy_person *person)
{
    const struct value *roles = value_get(value, "roles");
    person->principal = value_text(value_get(value, "principal"));
    person->name = value_text(value_get(value, "name"));
    person->emails = shape_texts(loading->arena, value_get(value, "emails"), &person->email_count);
    if (!person->email_count)
        person->emails = shape_texts(loading->arena, value_get(value, "principal"), &person->email_count);
    for (size_t i = 0; i < value_count(roles); i++) {
        size_t role;
        if (find_role(loading, value_at(roles, i), value_text(value_at(roles, i)), &role))
            return -1;
        person->roles |= UINT32_C(1) << role;
    }
    return 0;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

static bool same_email(struct slice a, struct slice b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

/* An address of two persons would make authorship depend on their order. */
static int check_email(struct loading *loading, const struct value *at, size_t person, struct slice email,
                       struct table *owners)
{
    char *folded = arena_alloc(loading->arena, email.size);
    for (size_t i = 0; i < email.size; i++)
        folded[i] = lower(email.data[i]);
    struct slice key = slice_make(folded, email.size);
    size_t owner = person;
    if (!table_add(owners, key, person))
        table_get(owners, key, &owner);
    if (owner == person)
        return 0;
    return document_error(loading->document, at, loading->error,
                          "%.*s is an address of %.*s too; an address belongs to one person", SLICE_ARG(email),
                          SLICE_ARG(loading->policy->people[owner].principal));
}

static int check_emails(struct loading *loading, const struct value *people)
{
    struct table *owners = table_new();
    int result = 0;
    for (size_t i = 0; i < loading->policy->person_count && !result; i++) {
        const struct policy_person *person = &loading->policy->people[i];
        for (size_t j = 0; j < person->email_count && !result; j++)
            result = check_email(loading, value_at(people, i), i, person->emails[j], owners);
    }
    table_free(owners);
    return result;
}

static int take_people(struct loading *loading)
{
    const struct value *list = value_get(loading->document->root, "people");
    struct policy *policy = loading->policy;
    if (shape_unique(loading->document, list, "principal", "principal", loading->error))
        return -1;
    policy->person_count = value_count(list);
    policy->people = arena_alloc_array(loading->arena, policy->person_count, sizeof *policy->people);
    for (size_t i = 0; i < policy->person_count; i++)
        if (take_person(loading, value_at(list, i), &policy->people[i]))
            return -1;
    return check_emails(loading, list);
}

static int take_needs(struct loading *loading, const struct value *map, struct policy_rule *rule)
{
    for (size_t i = 0; i < value_count(map); i++) {
        const struct value_pair *pair = value_pair_at(map, i);
        size_t role;
        if (find_role(loading, &pair->value, pair->key, &role))
            return -1;
        rule->need[role] = (unsigned char)value_integer(&pair->value, 0);
    }
    return 0;
}

static int take_rule(struct loading *loading, const struct value *value, struct policy_rule *rule)
{
    const struct value *when = value_get(value, "when");
    size_t risk_count;
    struct slice *risks = shape_texts(loading->arena, value_get(when, "risk"), &risk_count);
    for (size_t i = 0; i < risk_count; i++) {
        enum risk risk;
        if (manifest_risk_parse(risks[i], &risk))
            rule->risks |= UINT32_C(1) << risk;
    }
    rule->sensitivities = shape_texts(loading->arena, value_get(when, "sensitivity"), &rule->sensitivity_count);
    rule->paths = shape_texts(loading->arena, value_get(when, "path"), &rule->path_count);
    rule->line = document_line(loading->document, value);
    return take_needs(loading, value_get(value, "roles"), rule);
}

static int take_rules(struct loading *loading)
{
    const struct value *list = value_get(loading->document->root, "require");
    struct policy *policy = loading->policy;
    policy->rule_count = value_count(list);
    policy->rules = arena_alloc_array(loading->arena, policy->rule_count, sizeof *policy->rules);
    for (size_t i = 0; i < policy->rule_count; i++)
        if (take_rule(loading, value_at(list, i), &policy->rules[i]))
            return -1;
    return 0;
}

static void take_thresholds(struct loading *loading)
{
    const struct value *map = value_get(loading->document->root, "thresholds");
    struct policy *policy = loading->policy;
    policy->threshold_count = value_count(map);
    policy->thresholds = arena_alloc_array(loading->arena, policy->threshold_count, sizeof *policy->thresholds);
    for (size_t i = 0; i < policy->threshold_count; i++) {
        const struct value_pair *pair = value_pair_at(map, i);
        policy->thresholds[i] = (struct policy_threshold){pair->key, value_number(&pair->value, 0)};
    }
}

static void take_accepted(struct loading *loading)
{
    const struct value *list = value_get(loading->document->root, "accepted");
    struct policy *policy = loading->policy;
    policy->accepted_count = value_count(list);
    policy->accepted = arena_alloc_array(loading->arena, policy->accepted_count, sizeof *policy->accepted);
    for (size_t i = 0; i < policy->accepted_count; i++) {
        const struct value *item = value_at(list, i), *commit = value_get(item, "commit");
        policy->accepted[i].commit_or_record = value_text(commit ? commit : value_get(item, "record"));
        policy->accepted[i].reason = value_text(value_get(item, "reason"));
    }
}

static int take_overrides(struct loading *loading)
{
    const struct value *list = value_get(loading->document->root, "override");
    struct policy *policy = loading->policy;
    policy->overrides = shape_texts(loading->arena, list, &policy->override_count);
    for (size_t i = 0; i < policy->override_count; i++)
        if (!policy_person(policy, policy->overrides[i]))
            return document_error(loading->document, value_at(list, i), loading->error,
                                  "override: %.*s is no principal under people", SLICE_ARG(policy->overrides[i]));
    return 0;
}

static int take(struct loading *loading)
{
    struct policy *policy = loading->policy;
    const struct value *root = loading->document->root;
    if (shape_check(loading->document, "schema/policy.schema.json", NULL, NULL, loading->error) || take_names(loading))
        return -1;
    take_roles(loading);
    if (take_people(loading) || take_rules(loading) || take_overrides(loading))
        return -1;
    take_thresholds(loading);
    take_accepted(loading);
    policy->flag_codes =
        shape_texts(loading->arena, value_get(value_get(root, "flags"), "codes"), &policy->flag_code_count);
    policy->self_approval = value_boolean(value_get(root, "self_approval"), false);
    policy->block_unknown_authors = slice_is(value_text(value_get(root, "unknown_authors")), "block");
    policy->overlap = (int)value_integer(value_get(root, "overlap"), 1);
    return rubric_load(loading->document, value_get(root, "rubric"), &policy->rubric, loading->error);
}

int policy_load(struct slice bytes, struct slice name, struct policy *policy, struct error *error)
{
    struct policy loaded = {0};
    struct document document;
    if (yaml_load(bytes, name, &document, error))
        return -1;
    struct loading loading = {&document, &document.arena, &loaded, error};
    if (take(&loading)) {
        document_clear(&document);
        return -1;
    }
    digest_of(bytes, &loaded.digest);
    *policy = loaded;
    policy->document = document;
    return 0;
}

void policy_clear(struct policy *policy)
{
    document_clear(&policy->document);
    *policy = (struct policy){0};
}

size_t policy_role(const struct policy *policy, struct slice id)
{
    for (size_t i = 0; i < policy->role_count; i++)
        if (slice_equal(policy->roles[i].id, id))
            return i;
    return SIZE_MAX;
}

const struct policy_person *policy_person(const struct policy *policy, struct slice principal)
{
    for (size_t i = 0; i < policy->person_count; i++)
        if (slice_equal(policy->people[i].principal, principal))
            return &policy->people[i];
    return NULL;
}

const struct policy_person *policy_person_by_email(const struct policy *policy, struct slice email)
{
    for (size_t i = 0; i < policy->person_count; i++)
        for (size_t j = 0; j < policy->people[i].email_count; j++)
            if (same_email(policy->people[i].emails[j], email))
                return &policy->people[i];
    return NULL;
}

struct slice policy_accepts(const struct policy *policy, const struct oid *commit, const struct digest *record)
{
    char hex[OID_HEX_SIZE + 1] = "", text[DIGEST_TEXT_SIZE + 1] = "";
    if (commit && !oid_is_none(commit))
        oid_format(commit, hex);
    if (record && !digest_is_none(record))
        digest_format(record, text);
    for (size_t i = 0; i < policy->accepted_count; i++) {
        struct slice name = policy->accepted[i].commit_or_record, reason = policy->accepted[i].reason;
        if ((hex[0] && slice_is(name, hex)) || (text[0] && (slice_is(name, text) || slice_is(name, text + 7))))
            return reason.size ? reason : SLICE("accepted by the policy");
    }
    return (struct slice){0};
}

bool policy_holds(const struct policy_person *person, size_t role)
{
    return role < POLICY_ROLES_MAX && person->roles >> role & 1;
}

bool policy_may_override(const struct policy *policy, struct slice principal)
{
    for (size_t i = 0; i < policy->override_count; i++)
        if (slice_equal(policy->overrides[i], principal))
            return true;
    return false;
}

bool policy_threshold(const struct policy *policy, const char *name, double *value)
{
    for (size_t i = 0; i < policy->threshold_count; i++)
        if (slice_is(policy->thresholds[i].name, name)) {
            *value = policy->thresholds[i].value;
            return true;
        }
    return false;
}

static bool any_equal(const struct slice *a, size_t a_count, const struct slice *b, size_t b_count)
{
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0; j < b_count; j++)
            if (slice_equal(a[i], b[j]))
                return true;
    return false;
}

static bool any_path(const struct policy_rule *rule, const struct policy_subject *subject)
{
    for (size_t i = 0; i < rule->path_count; i++)
        for (size_t j = 0; j < subject->path_count; j++)
            if (wildmatch_path(rule->paths[i], subject->paths[j]))
                return true;
    return false;
}

static bool rule_matches(const struct policy_rule *rule, const struct policy_subject *subject)
{
    if (rule->risks && !(rule->risks >> subject->risk & 1))
        return false;
    if (rule->sensitivity_count &&
        !any_equal(rule->sensitivities, rule->sensitivity_count, subject->sensitivities, subject->sensitivity_count))
        return false;
    return !rule->path_count || any_path(rule, subject);
}

/* FORMATS.md, 3: one of the role `policy`, or where there is none, one of every role. */
static void require_for_policy(const struct policy *policy, unsigned char need[POLICY_ROLES_MAX])
{
    size_t role = policy_role(policy, SLICE("policy"));
    for (size_t i = 0; i < policy->role_count; i++)
        need[i] = role == SIZE_MAX || i == role;
}

void policy_require(const struct policy *policy, const struct policy_subject *subject,
                    unsigned char need[POLICY_ROLES_MAX])
{
    for (size_t i = 0; i < POLICY_ROLES_MAX; i++)
        need[i] = 0;
    if (subject->is_policy) {
        require_for_policy(policy, need);
        return;
    }
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (!rule_matches(rule, subject))
            continue;
        for (size_t role = 0; role < policy->role_count; role++)
            need[role] = rule->need[role] > need[role] ? rule->need[role] : need[role];
    }
}
