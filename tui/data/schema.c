/* Checks a value against compiled nodes: one function for each keyword, found through a table. */
#include "assay/data/schema.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/embedded.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/data/schema_compile.h"

/* A reference that leads back to itself without a step into the value would never end. */
enum { CHECK_DEPTH_MAX = 256 };

struct schema {
    struct schema_compile compile;
    const char *path;    /* of a built-in schema, a literal */
    struct schema *next; /* of the built-in schemas compiled so far */
};

/* The way from the root to the value at hand, for messages. */
struct schema_frame {
    const struct schema_frame *parent;
    struct slice key; /* data NULL: an item */
    size_t index;
    size_t depth;
};

struct schema_run {
    schema_unknown *unknown;
    void *context;
    size_t depth; /* of nodes being checked, against endless references */
    bool failed;  /* what follows describes the failure */
    size_t failed_depth;
    const struct value *failed_value;
    char text[512];
};

static bool check_node(struct schema_run *run, const struct schema_node *node, const struct value *value,
                       const struct schema_frame *frame);

/* --- messages --- */

static void append_path(struct str *out, const struct schema_frame *frame)
{
    if (!frame->parent)
        return;
    append_path(out, frame->parent);
    if (!frame->key.data)
        str_appendf(out, "[%zu]", frame->index);
    else
        str_appendf(out, "%s%.*s", frame->parent->parent ? "." : "", SLICE_ARG(frame->key));
}

__attribute__((format(printf, 4, 5))) static bool fail(struct schema_run *run, const struct value *value,
                                                       const struct schema_frame *frame, const char *format, ...)
{
    struct str path = STR_INIT;
    append_path(&path, frame);
    int size = snprintf(run->text, sizeof run->text, "%.200s ", path.size ? path.data : "the file");
    str_clear(&path);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->text + size, sizeof run->text - (size_t)size, format, arguments);
    va_end(arguments);
    run->failed = true;
    run->failed_depth = frame->depth;
    run->failed_value = value;
    return false;
}

static const char *kind_name(enum value_kind kind)
{
    static const char *const names[] = {"null", "true or false", "an integer", "a number", "text", "a list", "a map"};
    return names[kind];
}

static void append_value(struct str *out, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        str_appendf(out, "%.*s", SLICE_ARG(value->text));
    else if (value->kind == VALUE_INTEGER)
        str_appendf(out, "%lld", (long long)value->integer);
    else if (value->kind == VALUE_REAL)
        str_appendf(out, "%g", value->real);
    else if (value->kind == VALUE_BOOL)
        str_append_text(out, value->boolean ? "true" : "false");
    else
        str_append_text(out, kind_name(value->kind));
}

static struct schema_frame frame_key(const struct schema_frame *parent, struct slice key)
{
    return (struct schema_frame){
        .parent = parent, .key = {key.data ? key.data : "", key.size}, .depth = parent->depth + 1};
}

static struct schema_frame frame_item(const struct schema_frame *parent, size_t index)
{
    return (struct schema_frame){.parent = parent, .index = index, .depth = parent->depth + 1};
}

/* --- any value --- */

#define CHECK(name)                                                                                                    \
    static bool name(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,           \
                     const struct value *value, const struct schema_frame *frame)

static bool is_whole(const struct value *value)
{
    return value->kind == VALUE_INTEGER ||
           (value->kind == VALUE_REAL && !(value->real < floor(value->real)) && !(value->real > floor(value->real)));
}

CHECK(check_type)
{
    (void)node;
    unsigned types = rule->types;
    if (types & 1U << value->kind || (types & 1U << VALUE_REAL && value->kind == VALUE_INTEGER) ||
        (types & 1U << VALUE_INTEGER && is_whole(value)))
        return true;
    struct str expected = STR_INIT;
    for (unsigned kind = VALUE_NULL; kind <= VALUE_MAP; kind++)
        if (types & 1U << kind)
            str_appendf(&expected, "%s%s", expected.size ? " or " : "", kind_name(kind));
    bool quote = types == 1U << VALUE_TEXT && value->kind < VALUE_TEXT && value->line;
    fail(run, value, frame, "must be %s, not %s%s", expected.data, kind_name(value->kind), quote ? "; quote it" : "");
    str_clear(&expected);
    return false;
}

CHECK(check_enum)
{
    (void)node;
    for (size_t i = 0; i < value_count(rule->argument); i++)
        if (value_equal(value_at(rule->argument, i), value))
            return true;
    struct str words = STR_INIT;
    for (size_t i = 0; i < value_count(rule->argument); i++) {
        str_append_text(&words, i ? ", " : "");
        append_value(&words, value_at(rule->argument, i));
    }
    fail(run, value, frame, "must be one of: %s", words.data);
    str_clear(&words);
    return false;
}

CHECK(check_const)
{
    (void)node;
    if (value_equal(rule->argument, value))
        return true;
    struct str word = STR_INIT;
    append_value(&word, rule->argument);
    fail(run, value, frame, "must be %s", word.data);
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

CHECK(check_all_of)
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

CHECK(check_any_of)
{
    (void)node;
    return count_matches(run, rule, value, frame) > 0;
}

CHECK(check_one_of)
{
    (void)node;
    size_t matched = count_matches(run, rule, value, frame);
    if (matched > 1)
        return fail(run, value, frame, "matches more than one of the shapes that exclude each other");
    return matched == 1;
}

CHECK(check_not)
{
    (void)node;
    return !try_node(run, rule->nodes[0], value, frame) || fail(run, value, frame, "has a shape that is not allowed");
}

static const struct schema_rule *find_rule(const struct schema_node *node, schema_rule_check *check)
{
    for (size_t i = 0; i < node->count; i++)
        if (node->rules[i].keyword->check == check)
            return &node->rules[i];
    return NULL;
}

/* `then` and `else` are checked by `if`; alone they say nothing. */
CHECK(check_then)
{
    (void)run, (void)node, (void)rule, (void)value, (void)frame;
    return true;
}

CHECK(check_else)
{
    (void)run, (void)node, (void)rule, (void)value, (void)frame;
    return true;
}

CHECK(check_if)
{
    const struct schema_rule *branch =
        find_rule(node, try_node(run, rule->nodes[0], value, frame) ? check_then : check_else);
    return !branch || check_node(run, branch->nodes[0], value, frame);
}

CHECK(check_reference)
{
    (void)node;
    return check_node(run, rule->nodes[0], value, frame);
}

/* --- maps --- */

CHECK(check_required)
{
    (void)node;
    for (size_t i = 0; value->kind == VALUE_MAP && i < value_count(rule->argument); i++) {
        struct slice key = value_text(value_at(rule->argument, i));
        if (!value_get_slice(value, key))
            return fail(run, value, frame, "needs the key %.*s", SLICE_ARG(key));
    }
    return true;
}

/* Decoded text holds no NUL and arena copies end with one, so keys and texts are C strings for regexec. */
static bool matches(const regex_t *regex, struct slice text)
{
    return regexec(regex, text.data ? text.data : "", 0, NULL, 0) == 0;
}

CHECK(check_pattern_properties)
{
    (void)node;
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct schema_frame inner = frame_key(frame, pair->key);
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
        struct schema_frame inner = frame_key(frame, pair->key);
        struct str path = STR_INIT;
        if (is_named(node, pair->key))
            continue;
        append_path(&path, &inner);
        run->unknown(run->context, str_slice(&path), &pair->value);
        str_clear(&path);
    }
}

CHECK(check_properties)
{
    if (value->kind != VALUE_MAP)
        return true;
    for (size_t i = 0; i < rule->node_count; i++) {
        struct slice key = value_pair_at(rule->argument, i)->key;
        const struct value *child = value_get_slice(value, key);
        struct schema_frame inner = frame_key(frame, key);
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

CHECK(check_additional_properties)
{
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct schema_frame inner = frame_key(frame, pair->key);
        if (is_named(node, pair->key))
            continue;
        if (is_false(rule->nodes[0]))
            return fail(run, &pair->value, &inner, "is no key that is known here");
        if (!check_node(run, rule->nodes[0], &pair->value, &inner))
            return false;
    }
    return true;
}

CHECK(check_property_names)
{
    (void)node;
    for (size_t i = 0; i < value_count(value) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        struct value key = {.kind = VALUE_TEXT, .line = pair->value.line, .text = pair->key};
        struct schema_frame inner = frame_key(frame, pair->key);
        if (!check_node(run, rule->nodes[0], &key, &inner)) {
            run->failed_value = &pair->value; /* the key's own value ends with this block */
            return false;
        }
    }
    return true;
}

CHECK(check_dependent_required)
{
    for (size_t i = 0; i < value_count(rule->argument) && value->kind == VALUE_MAP; i++) {
        const struct value_pair *pair = value_pair_at(rule->argument, i);
        const struct schema_rule needed = {.argument = &pair->value};
        if (value_get_slice(value, pair->key) && !check_required(run, node, &needed, value, frame))
            return false;
    }
    return true;
}

CHECK(check_dependent_schemas)
{
    (void)node;
    for (size_t i = 0; i < rule->node_count && value->kind == VALUE_MAP; i++)
        if (value_get_slice(value, value_pair_at(rule->argument, i)->key) &&
            !check_node(run, rule->nodes[i], value, frame))
            return false;
    return true;
}

/* --- lists --- */

CHECK(check_prefix_items)
{
    (void)node;
    for (size_t i = 0; i < rule->node_count && value_at(value, i); i++) {
        struct schema_frame inner = frame_item(frame, i);
        if (!check_node(run, rule->nodes[i], value_at(value, i), &inner))
            return false;
    }
    return true;
}

CHECK(check_items)
{
    const struct schema_rule *prefix = find_rule(node, check_prefix_items);
    for (size_t i = prefix ? prefix->node_count : 0; value_at(value, i); i++) {
        struct schema_frame inner = frame_item(frame, i);
        if (!check_node(run, rule->nodes[0], value_at(value, i), &inner))
            return false;
    }
    return true;
}

CHECK(check_contains)
{
    size_t found = 0;
    if (value->kind != VALUE_LIST)
        return true;
    for (size_t i = 0; i < value->list.count; i++) {
        struct schema_frame inner = frame_item(frame, i);
        found += try_node(run, rule->nodes[0], &value->list.items[i], &inner);
    }
    double least = value_number(value_get(node->source, "minContains"), 1);
    double most = value_number(value_get(node->source, "maxContains"), DBL_MAX);
    if ((double)found >= least && (double)found <= most)
        return true;
    return fail(run, value, frame, "holds %zu of the items it needs, %s", found,
                (double)found < least ? "too few" : "too many");
}

CHECK(check_unique_items)
{
    (void)node;
    for (size_t i = 0; value_boolean(rule->argument, false) && value_at(value, i); i++)
        for (size_t j = 0; j < i; j++)
            if (value_equal(value_at(value, i), value_at(value, j))) {
                struct schema_frame inner = frame_item(frame, i);
                return fail(run, value_at(value, i), &inner, "is there twice");
            }
    return true;
}

/* --- sizes and numbers --- */

static size_t code_points(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

/* One keyword of the min… and max… family: which kind of value it measures, and which side is wrong. */
enum measure { MEASURE_ITEMS, MEASURE_KEYS, MEASURE_LENGTH, MEASURE_NUMBER };

static bool measured(const struct value *value, enum measure measure, double *amount)
{
    switch (measure) {
    case MEASURE_ITEMS:
        *amount = (double)value_count(value);
        return value->kind == VALUE_LIST;
    case MEASURE_KEYS:
        *amount = (double)value_count(value);
        return value->kind == VALUE_MAP;
    case MEASURE_LENGTH:
        *amount = (double)code_points(value_text(value));
        return value->kind == VALUE_TEXT;
    default:
        *amount = value_number(value, 0);
        return value_is_number(value);
    }
}

CHECK(check_limit)
{
    (void)node;
    static const struct {
        const char *name, *words;
        enum measure measure;
        bool upper, exclusive;
    } limits[] = {
        {"minItems", "must have at least %g items", MEASURE_ITEMS, false, false},
        {"maxItems", "must have at most %g items", MEASURE_ITEMS, true, false},
        {"minProperties", "must have at least %g keys", MEASURE_KEYS, false, false},
        {"maxProperties", "must have at most %g keys", MEASURE_KEYS, true, false},
        {"minLength", "must have at least %g characters", MEASURE_LENGTH, false, false},
        {"maxLength", "must have at most %g characters", MEASURE_LENGTH, true, false},
        {"minimum", "must be at least %g", MEASURE_NUMBER, false, false},
        {"maximum", "must be at most %g", MEASURE_NUMBER, true, false},
        {"exclusiveMinimum", "must be above %g", MEASURE_NUMBER, false, true},
        {"exclusiveMaximum", "must be below %g", MEASURE_NUMBER, true, true},
    };
    size_t i = 0;
    while (strcmp(limits[i].name, rule->keyword->name) != 0)
        i++;
    double amount, limit = value_number(rule->argument, 0);
    if (!measured(value, limits[i].measure, &amount))
        return true;
    bool beyond = limits[i].upper ? amount > limit : amount < limit;
    bool at = !(amount < limit) && !(amount > limit);
    if (!beyond && !(at && limits[i].exclusive))
        return true;
    if (limits[i].measure == MEASURE_LENGTH && amount < 1)
        return fail(run, value, frame, "must not be empty");
    char words[64];
    char number[32];
    snprintf(number, sizeof number, "%.12g", limit);
    const char *place = strstr(limits[i].words, "%g");
    snprintf(words, sizeof words, "%.*s%s%s", (int)(place - limits[i].words), limits[i].words, number, place + 2);
    return fail(run, value, frame, "%s", words);
}

CHECK(check_multiple_of)
{
    (void)node;
    double divisor = value_number(rule->argument, 1);
    if (!value_is_number(value))
        return true;
    /* The quotient, not fmod: 0.0075 is a multiple of 0.0001 although neither is exact in binary. */
    double quotient = value_number(value, 0) / divisor;
    double off = fabs(quotient - nearbyint(quotient));
    bool whole = isfinite(quotient) ? off <= fabs(quotient) * DBL_EPSILON : fmod(value_number(value, 0), divisor) == 0;
    return whole || fail(run, value, frame, "must be a multiple of %.12g", divisor);
}

CHECK(check_pattern)
{
    if (value->kind != VALUE_TEXT || matches(&rule->regexes[0], value->text))
        return true;
    struct slice words = value_text(value_get(node->source, "description"));
    if (words.size)
        return fail(run, value, frame, "must be %.*s", SLICE_ARG(words));
    return fail(run, value, frame, "must match %.*s", SLICE_ARG(value_text(rule->argument)));
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
    {"minItems", SCHEMA_PLAIN, check_limit},
    {"maxItems", SCHEMA_PLAIN, check_limit},
    {"minProperties", SCHEMA_PLAIN, check_limit},
    {"maxProperties", SCHEMA_PLAIN, check_limit},
    {"minLength", SCHEMA_PLAIN, check_limit},
    {"maxLength", SCHEMA_PLAIN, check_limit},
    {"minimum", SCHEMA_PLAIN, check_limit},
    {"maximum", SCHEMA_PLAIN, check_limit},
    {"exclusiveMinimum", SCHEMA_PLAIN, check_limit},
    {"exclusiveMaximum", SCHEMA_PLAIN, check_limit},
    {"multipleOf", SCHEMA_PLAIN, check_multiple_of},
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
        return node->source->boolean || fail(run, value, frame, "is not allowed here");
    if (run->depth >= CHECK_DEPTH_MAX)
        return fail(run, value, frame, "is nested too deep for its schema");
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
