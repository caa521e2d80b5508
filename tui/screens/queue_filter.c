#include "assay/screens/queue_filter.h"

#include "assay/base/array.h"
#include "assay/text/match.h"

static bool holds(struct slice text, struct slice part)
{
    struct error ignored = ERROR_INIT;
    struct match_range found;
    struct match *match = part.size > 0 ? match_new_case(part, MATCH_LITERAL, true, &ignored) : NULL;
    bool result = part.size == 0 || (match && match_next(match, text, 0, &found));
    match_free(match);
    return result;
}

static bool fits_role(const struct policy *policy, const struct queue_module *module, struct slice wanted)
{
    for (size_t r = 0; policy && module && r < policy->role_count; r++)
        if (module->roles[r] != QUEUE_ROLE_NOT_NEEDED && module->roles[r] != QUEUE_ROLE_SIGNED &&
            holds(policy->roles[r].id, wanted))
            return true;
    return false;
}

static bool fits_state(const struct queue_change *change, const struct queue_module *module, struct slice wanted)
{
    if (slice_is(wanted, "flagged"))
        return module && module->flags > 0;
    if (slice_is(wanted, "ready"))
        return change->pass;
    if (slice_is(wanted, "open"))
        return !change->pass;
    if (slice_is(wanted, "problem"))
        return change->problem.size > 0;
    return false;
}

static bool fits_risk(const struct queue_module *module, struct slice wanted)
{
    bool found = module && slice_starts_with(slice_of(manifest_risk_name(module->risk)), wanted);
    for (size_t i = 0; module && i < module->sensitivity_count; i++)
        found = found || holds(module->sensitivities[i], wanted);
    return found;
}

static bool fits_word(struct slice word, const struct policy *policy, const struct queue_change *change,
                      const struct queue_module *module)
{
    struct slice rest = word, key;
    struct slice name = module ? module->name : (struct slice){0};
    slice_cut(&rest, ':', &key);
    if (rest.data) {
        if (slice_is(key, "risk"))
            return fits_risk(module, rest);
        if (slice_is(key, "role"))
            return fits_role(policy, module, rest);
        if (slice_is(key, "author"))
            return holds(change->author, rest);
        if (slice_is(key, "module"))
            return holds(name, rest);
        if (slice_is(key, "needs"))
            return change->needs_me;
        if (slice_is(key, "state"))
            return fits_state(change, module, rest);
    }
    return holds(change->change, word) || holds(name, word) || holds(change->author, word) ||
           holds(change->subject, word);
}

bool queue_filter_fits(struct slice filter, const struct policy *policy, const struct queue_change *change,
                       const struct queue_module *module)
{
    struct slice rest = filter, word;
    while (slice_cut(&rest, ' ', &word))
        if (word.size > 0 && !fits_word(word, policy, change, module))
            return false;
    return true;
}

bool queue_filter_complete(struct slice text, size_t at, struct str *proposal)
{
    static const char *const words[] = {"needs:me",   "risk:high",     "risk:medium", "risk:low",
                                        "state:open", "state:flagged", "state:ready", "state:problem",
                                        "role:",      "module:",       "author:"};
    size_t from = text.size;
    while (from > 0 && text.data[from - 1] != ' ')
        from--;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!slice_starts_with(slice_of(words[i]), slice_from(text, from)) || at-- > 0)
            continue;
        str_append(proposal, slice_part(text, 0, from));
        str_append_text(proposal, words[i]);
        return true;
    }
    return false;
}
