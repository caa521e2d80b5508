/* Decodes and verifies records: what each says and who signed it. Many of them are done by two workers, which share
 * nothing: each opens its own repository and reads the target's signers for itself. */
#ifndef ASSAY_REVIEW_EXAMINE_H
#define ASSAY_REVIEW_EXAMINE_H

#include "assay/model/gate.h"
#include "assay/review/revocations.h"
#include "assay/review/workspace.h"

/* A blob that lies under a record's name, and the next one of the same record. */
struct examine_blob {
    struct oid oid;
    int64_t sealed_at; /* when it came to the target; SIGNERS_NOT_SEALED */
    size_t next;       /* position + 1; 0: the last */
};

/* One record: all that lies under its name in one folder. */
struct examine_item {
    struct digest name;
    size_t records, signatures; /* position + 1 of the first in `blobs`; 0: none */
};

enum examine_depth {
    EXAMINE_HEADERS,        /* what they say alone: nothing is verified */
    EXAMINE_SIGNED_HEADERS, /* verified; what was decoded is kept without scores, flags, triage, texts */
    EXAMINE_WHOLE,
};

struct examined {
    struct record record; /* filled when decoded is RECORD_OK */
    enum record_problem decoded;
    enum gate_signature signature;
    struct slice principal, detail;
    struct oid blob, signature_blob; /* that it was read from; none */
    int64_t sealed_at;               /* the time by which the key was judged; SIGNERS_NOT_SEALED: now */
};

/* What each thread has for itself. */
struct examine_tools {
    struct repo *repo;
    struct signers *signers; /* NULL where nothing is verified */
};

/* Fewer than this are examined by the calling thread, with its own tools; more by two others. */
enum { EXAMINE_ALONE = 256 };

struct examination {
    const struct workspace *workspace;
    struct examine_tools tools; /* of the calling thread; borrowed */
    const struct examine_item *items;
    const struct examine_blob *blobs;
    size_t count;
    enum examine_depth depth;
    int64_t now;
    const struct revocations *revocations; /* NULL: no blob is sealed */
};

struct examine_results {
    struct examined *items; /* as many and in the order of the examination's; records are the caller's to clear */
    struct arena *arenas;   /* what the items borrow from */
    size_t count, arena_count;
};

int examine_open_tools(const struct workspace *workspace, enum examine_depth depth, struct examine_tools *tools,
                       struct error *error);
void examine_close_tools(struct examine_tools *tools);

int examine(const struct examination *examination, struct examine_results *results, struct error *error);
void examine_clear(struct examine_results *results);

#endif
