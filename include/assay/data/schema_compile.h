/* A JSON Schema as nodes and rules, for schema.c: each schema object is a node with one rule for every keyword that a
 * table names, in the order of the table, its sub-schemas resolved and its patterns compiled. */
#ifndef ASSAY_DATA_SCHEMA_COMPILE_H
#define ASSAY_DATA_SCHEMA_COMPILE_H

#include <regex.h>

#include "assay/data/document.h"

/* What the argument of a keyword holds. */
enum schema_argument {
    SCHEMA_PLAIN,       /* a value that the check reads itself */
    SCHEMA_NODE,        /* a schema */
    SCHEMA_LIST,        /* a list of schemas */
    SCHEMA_MAP,         /* a map of schemas */
    SCHEMA_PATTERN,     /* a POSIX extended expression */
    SCHEMA_PATTERN_MAP, /* a map from those to schemas */
    SCHEMA_TYPES,       /* a type name or a list of them */
    SCHEMA_REFERENCE,   /* "#" or "#/pointer" into the same schema */
    SCHEMA_UNSUPPORTED, /* makes the schema unusable */
};

struct schema_rule;
struct schema_node;
struct schema_run;   /* of schema_report.h */
struct schema_frame; /* of schema_report.h */
typedef bool schema_rule_check(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                               const struct value *value, const struct schema_frame *frame);

/* A row of the table. */
struct schema_keyword {
    const char *name;
    enum schema_argument argument;
    schema_rule_check *check; /* false: failed, and the run says how */
};

struct schema_rule {
    const struct schema_keyword *keyword;
    const struct value *argument;
    struct schema_node **nodes; /* one, or one for each item or pair of the argument */
    size_t node_count;
    regex_t *regexes;
    size_t regex_count;
    unsigned types; /* bits 1 << VALUE_… */
};

struct schema_node {
    const struct value *source; /* a map, or true or false */
    struct schema_rule *rules;
    size_t count, capacity;
};

struct schema_compile {
    struct document document;
    const struct schema_keyword *keywords;
    size_t keyword_count;
    struct table *by_source;    /* address of a schema's value -> index in nodes */
    struct schema_node **nodes; /* the first is the root */
    size_t count, capacity;
};

int schema_compile_open(struct schema_compile *compile, struct slice json, struct slice name,
                        const struct schema_keyword *keywords, size_t keyword_count, struct error *error);
void schema_compile_close(struct schema_compile *compile); /* also after a failed open */

#endif
