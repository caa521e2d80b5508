#include "assay/ui/keymap.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

static const struct {
    const char *name, *keys, *hint, *help;
    unsigned contexts;
} table[ACTION_COUNT] = {[ACTION_NONE] = {"", "", "", "", 0},
#define ACTION_ROW(identifier, action_name, context, action_keys, action_hint, action_help)                            \
    [ACTION_##identifier] = {.name = (action_name),                                                                    \
                             .keys = (action_keys),                                                                    \
                             .hint = (action_hint),                                                                    \
                             .help = (action_help),                                                                    \
                             .contexts = CONTEXT_##context},
                         ACTIONS(ACTION_ROW)
#undef ACTION_ROW
};

static const struct {
    const char *name;
    unsigned context;
} contexts[] = {
    {"anywhere", CONTEXT_ANYWHERE}, {"moving", CONTEXT_MOVE},  {"queue", CONTEXT_QUEUE}, {"change", CONTEXT_CHANGE},
    {"review", CONTEXT_REVIEW},     {"blind", CONTEXT_BLIND},  {"sign", CONTEXT_SIGN},   {"triage", CONTEXT_TRIAGE},
    {"log", CONTEXT_LOG},           {"reading", CONTEXT_READ},
};

struct binding {
    struct key key;
    enum action action;
    bool own; /* the user's: goes before the built-in ones of the same context */
};

struct keymap {
    struct binding *bindings;
    size_t count, capacity;
};

static int bind_keys(struct keymap *keymap, enum action action, struct slice keys, bool own, struct error *error)
{
    struct slice rest = keys, name;
    while (slice_cut(&rest, ' ', &name)) {
        struct key key;
        if (name.size == 0)
            continue;
        if (event_parse_key(name, &key, error) != 0)
            return -1;
        if (key.code >= '0' && key.code <= '9' && key.modifiers == 0 && action != ACTION_SCORE)
            return error_set(error, ERROR_USAGE, "digits only score: '%.*s' cannot be a key of %s", SLICE_ARG(name),
                             table[action].name);
        *ARRAY_PUSH(keymap->bindings, keymap->count, keymap->capacity) =
            (struct binding){.key = key, .action = action, .own = own};
    }
    return 0;
}

struct keymap *keymap_new(void)
{
    struct keymap *keymap = memory_new(sizeof *keymap);
    struct error error = ERROR_INIT;
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
        bind_keys(keymap, (enum action)action, slice_of(table[action].keys), false, &error);
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (keymap == NULL)
        return;
    memory_free(keymap->bindings);
    memory_free(keymap);
}

static void unbind(struct keymap *keymap, size_t end, enum action action)
{
    size_t kept = 0;
    for (size_t at = 0; at < keymap->count; at++) {
        if (at >= end || keymap->bindings[at].action != action)
            keymap->bindings[kept++] = keymap->bindings[at];
    }
    keymap->count = kept;
}

int keymap_set(struct keymap *keymap, struct slice action_name, struct slice keys, struct error *error)
{
    enum action action;
    if (!keymap_find_name(action_name, &action))
        return error_set(error, ERROR_USAGE, "assay.key.%.*s: there is no such action; `assay help keys` lists them",
                         SLICE_ARG(action_name));
    size_t before = keymap->count;
    struct slice wanted = slice_trim(keys);
    if (!slice_is(wanted, "none") && bind_keys(keymap, action, wanted, true, error) != 0) {
        keymap->count = before;
        return error_prefix(error, "assay.key.%s", table[action].name);
    }
    if (keymap->count == before && !slice_is(wanted, "none"))
        return error_set(error, ERROR_USAGE, "assay.key.%s has no key; write `none` to have none", table[action].name);
    unbind(keymap, before, action);
    return 0;
}

static const char *shared_context(enum action a, enum action b)
{
    for (size_t at = 0; at < ARRAY_COUNT(contexts); at++) {
        if ((table[a].contexts & table[b].contexts & contexts[at].context) != 0)
            return contexts[at].name;
    }
    return NULL;
}

bool keymap_conflicts(const struct keymap *keymap, struct str *out)
{
    size_t before = out->size;
    for (size_t first = 0; first < keymap->count; first++) {
        for (size_t second = first + 1; second < keymap->count; second++) {
            const struct binding *a = &keymap->bindings[first], *b = &keymap->bindings[second];
            const char *where = shared_context(a->action, b->action);
            if (where == NULL || a->action == b->action || !event_equal_key(a->key, b->key))
                continue;
            str_append_text(out, "key ");
            event_format_key(a->key, out);
            str_appendf(out, " means both %s and %s (%s): change assay.key.%s or assay.key.%s\n", table[a->action].name,
                        table[b->action].name, where, table[a->action].name, table[b->action].name);
        }
    }
    return out->size > before;
}

enum action keymap_find(const struct keymap *keymap, unsigned where, struct key key)
{
    enum action best = ACTION_NONE;
    unsigned best_rank = 0;
    for (size_t at = 0; at < keymap->count; at++) {
        const struct binding *binding = &keymap->bindings[at];
        unsigned shared = table[binding->action].contexts & (where | CONTEXT_ANYWHERE);
        if (shared == 0 || !event_equal_key(binding->key, key))
            continue;
        unsigned rank = 0;
        for (; shared > 0; shared >>= 1)
            rank += 2;
        rank += binding->own;
        if (rank > best_rank) {
            best = binding->action;
            best_rank = rank;
        }
    }
    return best;
}

bool keymap_key(const struct keymap *keymap, enum action action, size_t nth, struct key *key)
{
    for (size_t at = 0; at < keymap->count; at++) {
        if (keymap->bindings[at].action == action && nth-- == 0) {
            *key = keymap->bindings[at].key;
            return true;
        }
    }
    return false;
}

void keymap_format_keys(const struct keymap *keymap, enum action action, bool all, struct str *out)
{
    struct key key;
    if (action == ACTION_SCORE) {
        str_append_text(out, "0-9");
        return;
    }
    for (size_t at = 0; (all || at == 0) && keymap_key(keymap, action, at, &key); at++) {
        if (at > 0)
            str_push(out, ' ');
        event_format_key(key, out);
    }
}

const char *keymap_name(enum action action)
{
    return table[action].name;
}

const char *keymap_hint(enum action action)
{
    return table[action].hint;
}

const char *keymap_help(enum action action)
{
    return table[action].help;
}

unsigned keymap_contexts(enum action action)
{
    return table[action].contexts;
}

bool keymap_find_name(struct slice name, enum action *action)
{
    for (int at = ACTION_NONE + 1; at < ACTION_COUNT; at++) {
        if (slice_is(name, table[at].name)) {
            *action = (enum action)at;
            return true;
        }
    }
    return false;
}

bool keymap_complete(unsigned where, struct slice text, size_t nth, struct str *name)
{
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        struct slice known = slice_of(keymap_name((enum action)action));
        bool here = (keymap_contexts((enum action)action) & (where | CONTEXT_ANYWHERE)) != 0;
        if (here && slice_starts_with(known, text) && nth-- == 0) {
            str_append(name, known);
            return true;
        }
    }
    return false;
}

const char *keymap_context_name(size_t at, unsigned *context)
{
    if (at >= ARRAY_COUNT(contexts))
        return NULL;
    *context = contexts[at].context;
    return contexts[at].name;
}
