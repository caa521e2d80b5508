/* Checks a value against compiled nodes: one function for each keyword, found through a table. Sizes and numbers are in
 * schema_limits, the words of what is wrong in schema_report. */
#include "assay/data/schema.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/embedded.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/data/schema_limits.h"

/* A reference that leads back to itself without a step into the value would never end. */
enum { CHECK_DEPTH_MAX = 256 };

struct schema {
    struct schema_compile compile;
    const char *path;    /* of a built-in schema, a literal */
    struct schema *next; /* of the built-in schemas compiled so far */
};

static bool check_node(struct schema_run *run, const struct schema_node *node, const struct value *value,
                       const struct schema_frame *frame);

/* --- any value --- */

static bool is_whole(const struct value *value)
{
    return value->kind == VALUE_INTEGER ||
           (value->kind == VALUE_REAL && !(value->real < floor(value->real)) && !(value->real > floor(value->real)));
}

static SCHEMA_CHECK(check_type)
{
    (void)node;
    unsigned types = rule->types;
    if (types & 1U << value->kind || (types & 1U << VALUE_REAL && value->kind == VALUE_INTEGER) ||
        (types & 1U << VALUE_INTEGER && is_whole(value)))
        return true;
    struct str expected = STR_INIT;
    for (unsigned kind = VALUE_NULL; kind <= VALUE_MAP; kind++)
        if (types & 1U << kind)
            str_appendf(&expected, "%s%s", expected.size ? " or " : "", schema_report_kind(kind));
    bool quote = types == 1U << VALUE_TEXT && value->kind < VALUE_TEXT && value->line;
    schema_report_failure(run, value, frame, "must be %s, not %s%s", expected.data, schema_report_kind(value->kind),
                          quote ? "; quote it" : "");
    str_clear(&expected);
    return false;
}

static SCHEMA_CHECK(check_enum)
{
    (void)node;
    for (size_t i = 0; i < value_count(rule->argument); i++)
        if (value_equal(value_at(rule->argument, i), value))
            return true;
    struct str words = STR_INIT;
    for (size_t i = 0; i < value_count(rule->argument); i++) {
        str_append_text(&words, i ? ", " : "");
        schema_report_value(&words, value_at(rule->argument, i));
    }
    schema_report_failure(run, value, frame, "must be one of: %s", words.data);
    str_clear(&words);
    return false;
}

static SCHEMA_CHECK(check_const)
{
    (void)node;
    if (value_equal(rule->argument, value))
        return true;
    struct str word = STR_INIT;
    schema_report_value(&word, rule->argument);
    schema_report_failure(run, value, frame, "must be %s", word.data);
    str_clear(&word);
    return false;
}

/* Runs a sub-schema whose failure is no failure of the whole. */
static bool try_node(struct schema_run *run, const struct schema_node *node, const struct value *value,
                     const struct schema_frame *frame)
{
    struct schema_run attempt = {.depth = run->depth};
    return check_node(&attempt, node, value, frame);
}

static SCHEMA_CHECK(check_all_of)
{
    (void)node;
    for (size_t i = 0; i < rule->node_count; i++)
        if (!check_node(run, rule->nodes[i], value, frame))
            return false;
    return true;
}

/* The attempt that came furthest into the value is the one that was meant; of equal ones the last. */
static size_t count_matches(struct schema_run *run, const struct schema_rule *rule, const struct value *value,
                            const struct schema_frame *frame)
{
    struct schema_run furthest = {0};
    size_t matched = 0;
    for (size_t i = 0; i < rule->node_count; i++) {
        struct schema_run attempt = *run;
        attempt.unknown = NULL;
        if (check_node(&attempt, rule->nodes[i], value, frame))
            matched++;
        else if (!furthest.failed || attempt.failed_depth >= furthest.failed_depth)
            furthest = attempt;
    }
    if (!matched) {
        furthest.unknown = run->unknown;
        *run = furthest;
    }
    return matched;
}

static SCHEMA_CHECK(check_any_of)
{
    (void)node;
    return count_matches(run, rule, value, frame) > 0;
}

static SCHEMA_CHECK(check_one_of)
{
    (void)node;
    size_t matched = count_matches(run, rule, value, frame);
    if (matched > 1)
        return schema_report_failure(run, value, frame, "matches more than one of the shapes that exclude each other");
    return matched == 1;
}

static SCHEMA_CHECK(check_not)
{
    (void)node;
    return !try_node(run, rule->nodes[0], value, frame) ||
           schema_report_failure(run, value, frame, "has a shape that is not allowed");
}

static const struct schema_rule *find_rule(const struct schema_node *node, schema_rule_check *check)
{
    for (size_t i = 0; i < node->count; i++)
        if (node->rules[i].keyword->check == check)
            return &node->rules[i];
    return NULL;
}

/* `then` and `else` are checked by `if`; alone they say nothing. */
static SCHEMA_CHECK(check_then)
{
    (void)run, (void)node, (void)rule, (void)value, (void)frame;
    return true;
}

static SCHEMA_CHECK(check_else)
{
    (void)run, (void)node, (void)rule, (void)value, (void)frame;
    return true;
}

static SCHEMA_CHECK(check_if)
{
    const struct schema_rule *branch =
        find_rule(node, try_node(run, rule->nodes[0], value, frame) ? check_then : check_else);
    return !branch || check_node(run, branch->nodes[0], value, frame);
}

static SCHEMA_CHECK(check_reference)
{
    (void)node;
    return check_node(run, rule->nodes[0], value, frame);
}

/* --- maps --- */

static SCHEMA_CHECK(check_required)
{
    (void)node;
    for (size_t i = 0; value->kind == VALUE_MAP && i < value_count(rule->argument); i++) {
        struct slice key = value_text(value_at(rule->argument, i));
        if (!value_get_slice(value, key))
            return schema_report_failure(run, value, frame, "needs the key %.*s", SLICE_ARG(key));
    }
    return true;
}

/* Decoded text holds no NUL and arena copies end with one, so keys and texts are C strings for regexec. */
static bool matches(const regex_t *regex, struct slice text)
{
    return regexec(regex, text.data ? text.data : "", 0, NULL, 0) == 0;
}

static SCHEMA_CHECK(check_pattern_properties)
{
    (void)node;
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct schema_frame inner = schema_report_key(frame, pair->key);
        for (size_t j = 0; j < rule->node_count; j++)
            if (matches(&rule->regexes[j], pair->key) && !check_node(run, rule->nodes[j], &pair->value, &inner))
                return false;
    }
    return true;
}

static schema_rule_check check_properties;

static bool is_named(const struct schema_node *node, struct slice key)
{
    const struct schema_rule *properties = find_rule(node, check_properties),
                             *patterns = find_rule(node, check_pattern_properties);
    if (properties && value_get_slice(properties->argument, key))
        return true;
    for (size_t i = 0; patterns && i < patterns->regex_count; i++)
        if (matches(&patterns->regexes[i], key))
            return true;
    return false;
}

static void report_unknown(struct schema_run *run, const struct schema_node *node, const struct value *map,
                           const struct schema_frame *frame)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_pair *pair = &map->map.pairs[i];
        struct schema_frame inner = schema_report_key(frame, pair->key);
        struct str path = STR_INIT;
        if (is_named(node, pair->key))
            continue;
        schema_report_path(&path, &inner);
        run->unknown(run->context, str_slice(&path), &pair->value);
        str_clear(&path);
    }
}

static SCHEMA_CHECK(check_properties)
{
    if (value->kind != VALUE_MAP)
        return true;
    for (size_t i = 0; i < rule->node_count; i++) {
        struct slice key = value_pair_at(rule->argument, i)->key;
        const struct value *child = value_get_slice(value, key);
        struct schema_frame inner = schema_report_key(frame, key);
        if (child && !check_node(run, rule->nodes[i], child, &inner))
            return false;
    }
    if (run->unknown && !value_get(node->source, "additionalProperties"))
        report_unknown(run, node, value, frame);
    return true;
}

static bool is_false(const struct schema_node *node)
{
    return node->source->kind == VALUE_BOOL && !node->source->boolean;
}

static SCHEMA_CHECK(check_additional_properties)
{
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct schema_frame inner = schema_report_key(frame, pair->key);
        if (is_named(node, pair->key))
            continue;
        if (is_false(rule->nodes[0]))
            return schema_report_failure(run, &pair->value, &inner, "is no key that is known here");
        if (!check_node(run, rule->nodes[0], &pair->value, &inner))
            return false;
    }
    return true;
}

static SCHEMA_CHECK(check_property_names)
{
    (void)node;
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct value key = {.kind = VALUE_TEXT, .line = pair->value.line, .text = pair->key};
        struct schema_frame inner = schema_report_key(frame, pair->key);
        if (!check_node(run, rule->nodes[0], &key, &inner)) {
            run->failed_value = &pair->value; /* the key's own value ends with this block */
            return false;
        }
    }
    return true;
}

static SCHEMA_CHECK(check_dependent_required)
{
    for (size_t i = 0; i < value_count(rule->argument) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(rule->argument, i);
        const struct schema_rule needed = {.argument = &pair->value};
        if (value_get_slice(value, pair->key) && !check_required(run, node, &needed, value, frame))
            return false;
    }
    return true;
}

static SCHEMA_CHECK(check_dependent_schemas)
{
    (void)node;
    for (size_t i = 0; i < rule->node_count && value->kind == VALUE_MAP; i++)
        if (value_get_slice(value, value_pair_at(rule->argument, i)->key) &&
            !check_node(run, rule->nodes[i], value, frame))
            return false;
    return true;
}

/* --- lists --- */

static SCHEMA_CHECK(check_prefix_items)
{
    (void)node;
    for (size_t i = 0; i < rule->node_count && value_at(value, i); i++) {
        struct schema_frame inner = schema_report_item(frame, i);
        if (!check_node(run, rule->nodes[i], value_at(value, i), &inner))
            return false;
    }
    return true;
}

static SCHEMA_CHECK(check_items)
{
    const struct schema_rule *prefix = find_rule(node, check_prefix_items);
    for (size_t i = prefix ? prefix->node_count : 0; value_at(value, i); i++) {
        struct schema_frame inner = schema_report_item(frame, i);
        if (!check_node(run, rule->nodes[0], value_at(value, i), &inner))
            return false;
    }
    return true;
}

static SCHEMA_CHECK(check_contains)
{
    size_t found = 0;
    if (value->kind != VALUE_LIST)
        return true;
    for (size_t i = 0; i < value->list.count; i++) {
        struct schema_frame inner = schema_report_item(frame, i);
        found += try_node(run, rule->nodes[0], &value->list.items[i], &inner);
    }
    double least = value_number(value_get(node->source, "minContains"), 1);
    double most = value_number(value_get(node->source, "maxContains"), DBL_MAX);
    if ((double)found >= least && (double)found <= most)
        return true;
    return schema_report_failure(run, value, frame, "holds %zu of the items it needs, %s", found,
                                 (double)found < least ? "too few" : "too many");
}

static SCHEMA_CHECK(check_unique_items)
{
    (void)node;
    for (size_t i = 0; value_boolean(rule->argument, false) && value_at(value, i); i++)
        for (size_t j = 0; j < i; j++)
            if (value_equal(value_at(value, i), value_at(value, j))) {
                struct schema_frame inner = schema_report_item(frame, i);
                return schema_report_failure(run, value_at(value, i), &inner, "is there twice");
            }
    return true;
}

/* --- text --- */

static SCHEMA_CHECK(check_pattern)
{
    if (value->kind != VALUE_TEXT || matches(&rule->regexes[0], value->text))
        return true;
    struct slice words = value_text(value_get(node->source, "description"));
    if (words.size)
        return schema_report_failure(run, value, frame, "must be %.*s", SLICE_ARG(words));
    return schema_report_failure(run, value, frame, "must match %.*s", SLICE_ARG(value_text(rule->argument)));
}

/* --- the table --- */

static const struct schema_keyword keywords[] = {
    {"$ref", SCHEMA_REFERENCE, check_reference},
    {"type", SCHEMA_TYPES, check_type},
    {"enum", SCHEMA_PLAIN, check_enum},
    {"const", SCHEMA_PLAIN, check_const},
    {"properties", SCHEMA_MAP, check_properties},
    {"required", SCHEMA_PLAIN, check_required},
    {"patternProperties", SCHEMA_PATTERN_MAP, check_pattern_properties},
    {"additionalProperties", SCHEMA_NODE, check_additional_properties},
    {"propertyNames", SCHEMA_NODE, check_property_names},
    {"dependentRequired", SCHEMA_PLAIN, check_dependent_required},
    {"dependentSchemas", SCHEMA_MAP, check_dependent_schemas},
    {"prefixItems", SCHEMA_LIST, check_prefix_items},
    {"items", SCHEMA_NODE, check_items},
    {"contains", SCHEMA_NODE, check_contains},
    {"uniqueItems", SCHEMA_PLAIN, check_unique_items},
    {"minItems", SCHEMA_PLAIN, schema_limits_check},
    {"maxItems", SCHEMA_PLAIN, schema_limits_check},
    {"minProperties", SCHEMA_PLAIN, schema_limits_check},
    {"maxProperties", SCHEMA_PLAIN, schema_limits_check},
    {"minLength", SCHEMA_PLAIN, schema_limits_check},
    {"maxLength", SCHEMA_PLAIN, schema_limits_check},
    {"minimum", SCHEMA_PLAIN, schema_limits_check},
    {"maximum", SCHEMA_PLAIN, schema_limits_check},
    {"exclusiveMinimum", SCHEMA_PLAIN, schema_limits_check},
    {"exclusiveMaximum", SCHEMA_PLAIN, schema_limits_check},
    {"multipleOf", SCHEMA_PLAIN, schema_limits_check_multiple},
    {"pattern", SCHEMA_PATTERN, check_pattern},
    {"allOf", SCHEMA_LIST, check_all_of},
    {"anyOf", SCHEMA_LIST, check_any_of},
    {"oneOf", SCHEMA_LIST, check_one_of},
    {"not", SCHEMA_NODE, check_not},
    {"if", SCHEMA_NODE, check_if},
    {"then", SCHEMA_NODE, check_then},
    {"else", SCHEMA_NODE, check_else},
    {"$dynamicRef", SCHEMA_UNSUPPORTED, NULL},
    {"unevaluatedItems", SCHEMA_UNSUPPORTED, NULL},
    {"unevaluatedProperties", SCHEMA_UNSUPPORTED, NULL},
};

static bool check_rules(struct schema_run *run, const struct schema_node *node, const struct value *value,
                        const struct schema_frame *frame)
{
    for (size_t i = 0; i < node->count; i++)
        if (!node->rules[i].keyword->check(run, node, &node->rules[i], value, frame))
            return false;
    return true;
}

static bool check_node(struct schema_run *run, const struct schema_node *node, const struct value *value,
                       const struct schema_frame *frame)
{
    if (node->source->kind == VALUE_BOOL)
        return node->source->boolean || schema_report_failure(run, value, frame, "is not allowed here");
    if (run->depth >= CHECK_DEPTH_MAX)
        return schema_report_failure(run, value, frame, "is nested too deep for its schema");
    run->depth++;
    bool result = check_rules(run, node, value, frame);
    run->depth--;
    return result;
}

struct schema *schema_new(struct slice json, struct slice name, struct error *error)
{
    struct schema *schema = memory_new(sizeof *schema);
    if (schema_compile_open(&schema->compile, json, name, keywords, ARRAY_COUNT(keywords), error)) {
        schema_free(schema);
        return NULL;
    }
    return schema;
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    schema_compile_close(&schema->compile);
    memory_free(schema);
}

/* Workers may ask at once: a schema is put at the front of a list that only grows; two threads that compile the same
 * one leave it there twice, which does no harm. */
const struct schema *schema_embedded(const char *path, struct error *error)
{
    static _Atomic(struct schema *) compiled;
    struct slice bytes;
    for (struct schema *schema = atomic_load(&compiled); schema; schema = schema->next)
        if (!strcmp(schema->path, path))
            return schema;
    if (!embedded_find(path, &bytes)) {
        error_set(error, ERROR_ENVIRONMENT, "%s: not built in", path);
        return NULL;
    }
    struct schema *schema = schema_new(bytes, slice_of(path), error);
    if (!schema)
        return NULL;
    schema->path = path;
    schema->next = atomic_load(&compiled);
    while (!atomic_compare_exchange_weak(&compiled, &schema->next, schema))
        ;
    return schema;
}

int schema_check(const struct schema *schema, const struct document *document, schema_unknown *unknown, void *context,
                 struct error *error)
{
    struct schema_run run = {.unknown = unknown, .context = context};
    struct schema_frame root = {0};
    if (check_node(&run, schema->compile.nodes[0], document->root, &root))
        return 0;
    return document_error(document, run.failed_value, error, "%s", run.text);
}
