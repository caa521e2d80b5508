/* A content repository with a long log, for benchmarks: many changes, each with as many records, signed in this process
 * by Ed25519 keys made for it, one commit a record. The first change is a branch that its records let pass. */
#ifndef ASSAY_TESTS_RECORDS_H
#define ASSAY_TESTS_RECORDS_H

#include "harness/fixture.h"

#define RECORDS_CHANGE "prompt/change-000"

struct records_scale {
    size_t changes, each, signers, cases; /* each: records of a change */
};

/* Makes the bare repository FOLDER below the fixture's root, and its clone FOLDER-clone, as a fetch packs it. Beside them
 * lies what ssh-keygen needs: FOLDER-sample/allowed_signers, and of some records N.json, N.json.sig and N.principal. */
void records_make(struct fixture *f, const struct records_scale *scale, const char *folder);
enum { RECORDS_SAMPLE = 100 };

#endif
