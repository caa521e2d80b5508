#include "assay/data/schema_compile.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/base/table.h"
#include "assay/data/json.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
enum { SCHEMA_SIZE_MAX = 1 << 20, SCHEMA_DEPTH_MAX = 64 };

static struct schema_node *compile_node(struct schema_compile *compile, const struct value *source,
                                        struct error *error);

static int compile_one(struct schema_compile *compile, struct schema_rule *rule, size_t at, const struct value *source,
                       struct error *error)
{
    rule->nodes[at] = compile_node(compile, source, error);
    return rule->nodes[at] ? 0 : -1;
}

static int compile_nodes(struct schema_compile *compile, struct schema_rule *rule, enum value_kind kind,
                         struct error *error)
{
    const struct value *argument = rule->argument;
    if (argument->kind != kind)
        return document_error(&compile->document, argument, error, "%s must be a %s of schemas", rule->keyword->name,
                              kind == VALUE_LIST ? "list" : "map");
    rule->node_count = value_count(argument);
    rule->nodes = memory_new_array(rule->node_count, sizeof(struct schema_node *));
    for (size_t i = 0; i < rule->node_count; i++)
        if (compile_one(compile, rule, i,
                        kind == VALUE_LIST ? value_at(argument, i) : &value_pair_at(argument, i)->value, error))
            return -1;
    return 0;
}

/* What regcomp would read otherwise than ECMA-262: \d, \p{…}, (?…). */
static bool is_portable(struct slice pattern)
{
    for (size_t i = 0; i + 1 < pattern.size; i++) {
        char next = pattern.data[i + 1];
        bool word = (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z');
        if ((pattern.data[i] == '\\' && word) || (pattern.data[i] == '(' && next == '?'))
            return false;
        i += pattern.data[i] == '\\';
    }
    return true;
}

static int compile_pattern(struct schema_compile *compile, struct schema_rule *rule, struct slice pattern,
                           struct error *error)
{
    if (!rule->regexes)
        rule->regexes = memory_new_array(rule->node_count ? rule->node_count : 1, sizeof *rule->regexes);
    if (!is_portable(pattern) ||
        regcomp(&rule->regexes[rule->regex_count], pattern.data ? pattern.data : "", REG_EXTENDED | REG_NOSUB))
        return document_error(&compile->document, rule->argument, error, "the pattern %.*s is not supported",
                              SLICE_ARG(pattern));
    rule->regex_count++;
    return 0;
}

static int compile_pattern_map(struct schema_compile *compile, struct schema_rule *rule, struct error *error)
{
    if (compile_nodes(compile, rule, VALUE_MAP, error))
        return -1;
    for (size_t i = 0; i < rule->node_count; i++)
        if (compile_pattern(compile, rule, value_pair_at(rule->argument, i)->key, error))
            return -1;
    return 0;
}

static int add_type(struct schema_compile *compile, struct schema_rule *rule, const struct value *name,
                    struct error *error)
{
    static const char *const names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
    for (unsigned kind = 0; kind < ARRAY_COUNT(names); kind++)
        if (slice_is(value_text(name), names[kind])) {
            rule->types |= 1U << kind;
            return 0;
        }
    return document_error(&compile->document, name, error, "%.*s is no type", SLICE_ARG(value_text(name)));
}

static int compile_types(struct schema_compile *compile, struct schema_rule *rule, struct error *error)
{
    if (!value_is_list(rule->argument))
        return add_type(compile, rule, rule->argument, error);
    for (size_t i = 0; i < value_count(rule->argument); i++)
        if (add_type(compile, rule, value_at(rule->argument, i), error))
            return -1;
    return 0;
}

static int hexadecimal(char digit)
{
    const char *digits = "0123456789abcdef", *found = digit ? strchr(digits, digit | 0x20) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* One step of a JSON pointer (RFC 6901) in a URI fragment: %XX, then ~1 and ~0. */
static void unescape_step(struct slice step, struct str *out)
{
    for (size_t i = 0; i < step.size; i++) {
        const bool may_be_byte = step.data[i] == '%' && i + 2 < step.size;
        const int high = may_be_byte ? hexadecimal(step.data[i + 1]) : -1;
        const int low = may_be_byte ? hexadecimal(step.data[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            str_push(out, (char)(high * 16 + low));
            i += 2;
        } else if (step.data[i] == '~' && i + 1 < step.size) {
            str_push(out, step.data[++i] == '1' ? '/' : '~');
        } else {
            str_push(out, step.data[i]);
        }
    }
}

static const struct value *follow(const struct value *root, struct slice pointer)
{
    struct slice step;
    struct str key = STR_INIT;
    slice_cut(&pointer, '/', &step); /* what is before the first slash: nothing */
    while (root && pointer.data && slice_cut(&pointer, '/', &step)) {
        uint64_t at = 0;
        str_reset(&key);
        unescape_step(step, &key);
        if (value_is_list(root) && slice_to_uint64(str_slice(&key), &at))
            root = value_at(root, at);
        else
            root = value_get_slice(root, str_slice(&key));
    }
    str_clear(&key);
    return root;
}

static int compile_reference(struct schema_compile *compile, struct schema_rule *rule, struct error *error)
{
    struct slice reference = value_text(rule->argument);
    const struct value *target = NULL;
    if (slice_is(reference, "#"))
        target = compile->document.root;
    else if (slice_starts_with(reference, SLICE("#/")))
        target = follow(compile->document.root, slice_from(reference, 1));
    if (!target)
        return document_error(&compile->document, rule->argument, error,
                              "the reference %.*s leads nowhere in this schema", SLICE_ARG(reference));
    rule->node_count = 1;
    rule->nodes = memory_new_array(1, sizeof(struct schema_node *));
    return compile_one(compile, rule, 0, target, error);
}

static int compile_rule(struct schema_compile *compile, struct schema_rule *rule, struct error *error)
{
    switch (rule->keyword->argument) {
    case SCHEMA_PLAIN:
        return 0;
    case SCHEMA_NODE:
        rule->node_count = 1;
        rule->nodes = memory_new_array(1, sizeof(struct schema_node *));
        return compile_one(compile, rule, 0, rule->argument, error);
    case SCHEMA_LIST:
        return compile_nodes(compile, rule, VALUE_LIST, error);
    case SCHEMA_MAP:
        return compile_nodes(compile, rule, VALUE_MAP, error);
    case SCHEMA_PATTERN:
        return compile_pattern(compile, rule, value_text(rule->argument), error);
    case SCHEMA_PATTERN_MAP:
        return compile_pattern_map(compile, rule, error);
    case SCHEMA_TYPES:
        return compile_types(compile, rule, error);
    case SCHEMA_REFERENCE:
        return compile_reference(compile, rule, error);
    default:
        return document_error(&compile->document, rule->argument, error, "the keyword %s is not supported",
                              rule->keyword->name);
    }
}

/* Rules are built in a local and stored afterwards, because a reference may come back to this node meanwhile. */
static int compile_rules(struct schema_compile *compile, struct schema_node *node, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < compile->keyword_count && !result; i++) {
        struct schema_rule rule = {.keyword = &compile->keywords[i],
                                   .argument = value_get(node->source, compile->keywords[i].name)};
        if (!rule.argument)
            continue;
        result = compile_rule(compile, &rule, error);
        *ARRAY_PUSH(node->rules, node->count, node->capacity) = rule;
    }
    return result;
}

static int check_identity(struct schema_compile *compile, const struct value *source, struct error *error)
{
    const struct value *dialect = value_get(source, "$schema");
    if (dialect && !slice_is(value_text(dialect), DIALECT))
        return document_error(&compile->document, dialect, error, "only the dialect " DIALECT " is supported");
    if (source != compile->document.root && value_get(source, "$id"))
        return document_error(&compile->document, source, error, "$id within a schema is not supported");
    return 0;
}

static struct schema_node *compile_node(struct schema_compile *compile, const struct value *source, struct error *error)
{
    size_t at;
    struct slice address = slice_make((const char *)&source, sizeof source);
    if (table_get(compile->by_source, address, &at))
        return compile->nodes[at];
    if (source->kind != VALUE_MAP && source->kind != VALUE_BOOL) {
        document_error(&compile->document, source, error, "a schema must be a map, true or false");
        return NULL;
    }
    struct schema_node *node = memory_new(sizeof *node);
    node->source = source;
    table_add(compile->by_source, address, compile->count);
    *ARRAY_PUSH(compile->nodes, compile->count, compile->capacity) = node;
    if (check_identity(compile, source, error) || compile_rules(compile, node, error))
        return NULL;
    return node;
}

int schema_compile_open(struct schema_compile *compile, struct slice json, struct slice name,
                        const struct schema_keyword *keywords, size_t keyword_count, struct error *error)
{
    *compile = (struct schema_compile){.keywords = keywords, .keyword_count = keyword_count, .by_source = table_new()};
    if (json_load(json, name, SCHEMA_SIZE_MAX, SCHEMA_DEPTH_MAX, &compile->document, error))
        return -1;
    int result = compile_node(compile, compile->document.root, error) ? 0 : -1;
    compile->document.source = (struct slice){0};
    return result;
}

static void free_node(struct schema_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        for (size_t j = 0; j < node->rules[i].regex_count; j++)
            regfree(&node->rules[i].regexes[j]);
        memory_free(node->rules[i].regexes);
        memory_free(node->rules[i].nodes);
    }
    memory_free(node->rules);
    memory_free(node);
}

void schema_compile_close(struct schema_compile *compile)
{
    for (size_t i = 0; i < compile->count; i++)
        free_node(compile->nodes[i]);
    memory_free(compile->nodes);
    table_free(compile->by_source);
    document_clear(&compile->document);
    *compile = (struct schema_compile){0};
}
