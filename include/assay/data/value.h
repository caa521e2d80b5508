/* A decoded JSON or YAML tree, one for both; document.h owns it.
 *
 * Keys keep the order of the file; a duplicate key never gets this far. Text is valid UTF-8 without NUL but otherwise
 * untrusted. The questions take NULL or a value of another kind and answer "none", so a chain of them needs no checks
 * in between: value_text(value_get(root, "name")). */
#ifndef ASSAY_DATA_VALUE_H
#define ASSAY_DATA_VALUE_H

#include "assay/base/arena.h"

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
    enum value_kind kind;
    int line; /* 1-based line in YAML and JSON Lines; 0 in JSON, see document_line */
    union {
        bool boolean;
        int64_t integer;
        double real; /* always finite */
        struct slice text;
        struct value_list {
            struct value *items;
            size_t count;
        } list;
        struct value_map {
            struct value_pair *pairs;
            size_t count;
        } map;
    };
};

struct value_pair {
    struct slice key;
    struct value value;
};

/* NULL when absent or when `map` is not a map. */
const struct value *value_get(const struct value *map, const char *key);
const struct value *value_get_slice(const struct value *map, struct slice key);
size_t value_count(const struct value *list_or_map);               /* 0 for others */
const struct value *value_at(const struct value *list, size_t at); /* NULL past the end */
const struct value_pair *value_pair_at(const struct value *map, size_t at);
struct slice value_text(const struct value *value); /* empty when it is no text */
bool value_is_text(const struct value *value);
bool value_is_number(const struct value *value);
bool value_is_list(const struct value *value);
bool value_is_map(const struct value *value);
int64_t value_integer(const struct value *value, int64_t otherwise); /* of a whole real too */
double value_number(const struct value *value, double otherwise);    /* integers too */
bool value_boolean(const struct value *value, bool otherwise);
/* As JSON Schema compares: 1 equals 1.0, the order of keys does not matter. */
bool value_equal(const struct value *a, const struct value *b);

/* Building a tree (records, --json): all in the arena. A part is stored by value, so finish it before it is added:
 * a list or map that is added first and filled later loses what came later. */
struct value *value_new_map(struct arena *arena);
struct value *value_new_list(struct arena *arena);
/* Keys are the caller's to keep unique; key and text are borrowed and must outlive the tree. */
void value_set(struct arena *arena, struct value *map, const char *key, struct value value);
void value_set_slice(struct arena *arena, struct value *map, struct slice key, struct value value);
void value_add(struct arena *arena, struct value *list, struct value value);
struct value value_of_text(struct slice text);
struct value value_of_integer(int64_t integer);
struct value value_of_real(double real);
struct value value_of_bool(bool boolean);
struct value value_of_null(void);

#endif
