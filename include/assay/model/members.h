/* Reading and writing the members of signed documents (records, seals), which are strict: JSON with sorted keys,
 * two-space indent and one newline at the end, and nothing that this version would not have written itself. */
#ifndef ASSAY_MODEL_MEMBERS_H
#define ASSAY_MODEL_MEMBERS_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/data/value.h"
#include "assay/model/oid.h"
#include "assay/trust/digest.h"

enum { RECORD_SIZE_MAX = 16 << 20, RECORD_DEPTH_MAX = 16 };
#define MEMBERS_INTEGER_MAX ((int64_t)1 << 53) /* what every JSON reader keeps exact */

enum record_problem {
    RECORD_OK,
    RECORD_MALFORMED,
    RECORD_UNKNOWN_SCHEMA, /* well-formed, but with something in it that only another version understands */
};

struct members {
    struct arena *arena; /* of the document; what the reader makes goes there too */
    struct error *error;
    enum record_problem problem; /* the first one */
};

/* One kind of signed document. `read` fills the object through the functions below and need not look whether they
 * failed; `encode` writes it again. */
struct members_format {
    const char *what;   /* for errors: "record" */
    const char *schema; /* value of the member `schema` */
    void (*read)(struct members *members, const struct value *root, void *object);
    void (*encode)(const void *object, struct str *bytes);
};

/* Fills the object, which is zeroed; its memory is in the arena, which is the caller's to clear in any case. */
enum record_problem members_decode(struct slice bytes, const struct members_format *format, void *object,
                                   struct arena *arena, struct error *error);

/* Each takes one member of a map. When it is missing or of another kind the document is malformed. */
struct slice members_text(struct members *members, const struct value *map, const char *key);
int64_t members_integer(struct members *members, const struct value *map, const char *key); /* 0..MEMBERS_INTEGER_MAX */
bool members_boolean(struct members *members, const struct value *map, const char *key);
struct digest members_digest(struct members *members, const struct value *map, const char *key);
struct oid members_oid(struct members *members, const struct value *map, const char *key); /* null: none */
const struct value *members_map(struct members *members, const struct value *map, const char *key);
const struct value *members_list(struct members *members, const struct value *map, const char *key);
/* A list of maps, or of digests, as a new array. */
void *members_array(struct members *members, const struct value *list, size_t size, size_t *count);
struct digest *members_digests(struct members *members, const struct value *map, const char *key, size_t *count);

void members_malformed(struct members *members, const char *key, const char *expected);
void members_unknown(struct members *members, const char *key, struct slice value);

/* The other way. Text is borrowed. */
void members_set_text(struct arena *arena, struct value *map, const char *key, struct slice text);
void members_set_integer(struct arena *arena, struct value *map, const char *key, int64_t integer);
void members_set_digest(struct arena *arena, struct value *map, const char *key, const struct digest *digest);
void members_set_oid(struct arena *arena, struct value *map, const char *key, const struct oid *oid);
void members_set_digests(struct arena *arena, struct value *map, const char *key, const struct digest *digests,
                         size_t count);

#endif
