/* Records as they are put together from the files of several places: whatever lies under one name in one folder. */
#ifndef ASSAY_REVIEW_GATHERED_H
#define ASSAY_REVIEW_GATHERED_H

#include "assay/base/table.h"
#include "assay/git/sealing.h"
#include "assay/review/catalogue.h"
#include "assay/review/examine.h"

struct gathered_record {
    struct slice change; /* of the folder; borrowed from the catalogue */
    unsigned places;     /* of all that it was found in */
    bool log_found;
    size_t last_record, last_signature; /* position + 1 in the blobs */
};

struct gathered {
    struct table *keys; /* gathered_key → position; NULL in an empty one */
    struct gathered_record *records;
    struct examine_item *items; /* of the records, in the same order */
    size_t count, record_capacity, item_capacity;
    struct examine_blob *blobs;
    size_t blob_count, blob_capacity;
};

/* Files of one place. */
struct gathered_source {
    const struct catalogue *catalogue;
    unsigned place;
    const struct sealing *sealing; /* tells since when they lie there; NULL: it does not matter */
};

/* Name and folder's change. The bytes are in `key`. */
struct slice gathered_key(struct str *key, const struct log_file *file);

/* wanted: the keys of the records to be taken; NULL: all. */
void gathered_make(const struct gathered_source *sources, size_t count, const struct table *wanted,
                   struct gathered *gathered);
void gathered_clear(struct gathered *gathered); /* a zeroed one is fine */
bool gathered_find(const struct gathered *gathered, const struct log_file *file, size_t *at);

#endif
