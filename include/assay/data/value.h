/* A decoded JSON or YAML document: one tree for both, in one arena, read-only once loaded.
 *
 * Keys keep the order of the file; a duplicate key never gets this far. Text is valid UTF-8 but otherwise untrusted.
 * The questions take NULL or a value of another kind and answer "none", so a chain of them needs no checks in
 * between: value_text(value_get(root, "name")). */
#ifndef ASSAY_DATA_VALUE_H
#define ASSAY_DATA_VALUE_H

#include "assay/base/arena.h"
#include "assay/base/error.h"

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
    enum value_kind kind;
    int line; /* YAML: 1-based line; JSON: 0, see document_line */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct slice text;
        struct value_list {
            const struct value *items;
            size_t count;
        } list;
        struct value_map {
            const struct value_pair *pairs;
            size_t count;
        } map;
    };
};

struct value_pair {
    struct slice key;
    struct value value;
};

struct document {
    struct arena arena;
    const struct value *root;
    struct slice name;   /* what errors call it: a path, copied */
    struct slice source; /* the bytes, copied only by loaders that need them for lines; else empty */
    bool is_json;
};

/* NULL when absent or when `map` is not a map. */
const struct value *value_get(const struct value *map, const char *key);
const struct value *value_get_slice(const struct value *map, struct slice key);
size_t value_count(const struct value *list_or_map); /* 0 for others */
const struct value *value_at(const struct value *list, size_t at);  /* NULL past the end */
const struct value_pair *value_pair_at(const struct value *map, size_t at);
struct slice value_text(const struct value *value);                 /* empty when it is no text */
bool value_is_text(const struct value *value);
bool value_is_number(const struct value *value);
int64_t value_integer(const struct value *value, int64_t otherwise);
double value_number(const struct value *value, double otherwise);   /* integers too */
bool value_boolean(const struct value *value, bool otherwise);

/* Building a tree (records, --json): all in the arena. */
struct value *value_new_map(struct arena *arena);
struct value *value_new_list(struct arena *arena);
struct value *value_set(struct arena *arena, struct value *map, const char *key, struct value value); /* adds; keys are the caller's to keep unique */
struct value *value_add(struct arena *arena, struct value *list, struct value value);
struct value value_of_text(struct slice text); /* borrowed: must outlive the tree */
struct value value_of_integer(int64_t integer);
struct value value_of_real(double real);
struct value value_of_bool(bool boolean);
struct value value_of_null(void);

void document_clear(struct document *document);
/* 1-based line of a value in its document, 0 when unknown. Walks the source: for errors only. */
int document_line(const struct document *document, const struct value *value);
/* Sets an input error that begins `NAME:LINE: ` for this value. Returns -1. */
int document_error(const struct document *document, const struct value *value, struct error *error, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

#endif
