/* Which records can matter to the gate of one change. Judged on these alone it says what it would say on all (a property
 * test proves it), so of 10,000 records a few dozen are verified. By the rules of gate.h, that are:
 *
 *  - everything in the change's folder, and every record that says to be of the change;
 *  - rejections of a content that the change has, in whichever change they were made;
 *  - what names one of those rejections in `supersedes`;
 *  - of all these, the other records of the same person for the same change: they may have replaced or withdrawn it;
 *  - of all these, the copies in other folders, whose signature may be the better one. */
#ifndef ASSAY_MODEL_RELEVANCE_H
#define ASSAY_MODEL_RELEVANCE_H

#include "assay/model/record.h"

/* What a record says, as far as it is asked here. */
struct relevance_header {
    bool decoded; /* false: its bytes are no record that this version knows; the rest is empty */
    struct slice change, principal, path;
    struct digest module;
    enum verdict verdict;
    struct oid log;
    struct digest *supersedes;
    size_t supersedes_count;
};

struct relevance_record {
    struct digest name;
    struct slice folder; /* change of the folder it lies in */
    const struct relevance_header *header;
    bool needed; /* also in: it is needed for another reason */
};

struct relevance_subject {
    struct slice change;
    const struct digest *modules; /* digests of its modules */
    size_t module_count;
    const struct slice *paths; /* records about these modules are wanted too, of any change; the gate needs none */
    size_t path_count;
};

void relevance_mark(struct relevance_record *records, size_t count, const struct relevance_subject *subject);

#endif
