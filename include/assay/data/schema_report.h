/* A check of a value against a schema while it runs: the way to the value at hand, and what was found wrong there in the
 * words of the person who wrote the file. For schema.c and schema_limits.c. */
#ifndef ASSAY_DATA_SCHEMA_REPORT_H
#define ASSAY_DATA_SCHEMA_REPORT_H

#include "assay/base/str.h"
#include "assay/data/schema_compile.h"

/* The way from the root to the value at hand, for messages. */
struct schema_frame {
    const struct schema_frame *parent;
    struct slice key; /* data NULL: an item */
    size_t index;
    size_t depth;
};

struct schema_run {
    void (*unknown)(void *context, struct slice where, const struct value *value); /* NULL: nobody asks */
    void *context;
    size_t depth; /* of nodes being checked, against endless references */
    bool failed;  /* what follows describes the failure */
    size_t failed_depth;
    const struct value *failed_value;
    char text[512];
};

/* The head of a function of the type schema_rule_check. */
#define SCHEMA_CHECK(name)                                                                                             \
    bool name(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,                  \
              const struct value *value, const struct schema_frame *frame)

struct schema_frame schema_report_key(const struct schema_frame *parent, struct slice key); /* the way one step on */
struct schema_frame schema_report_item(const struct schema_frame *parent, size_t index);
void schema_report_path(struct str *out, const struct schema_frame *frame); /* like prompts[0].colour */
void schema_report_value(struct str *out, const struct value *value);
const char *schema_report_kind(enum value_kind kind); /* "a list" */
/* Notes that the value is wrong; the text goes on behind its path: "must be …". Returns false. */
bool schema_report_failure(struct schema_run *run, const struct value *value, const struct schema_frame *frame,
                           const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
