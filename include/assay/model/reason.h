/* Why a change is blocked and why a record is ignored: the words of the command contract (FORMATS.md, 6). */
#ifndef ASSAY_MODEL_REASON_H
#define ASSAY_MODEL_REASON_H

#include "assay/base/slice.h"

enum reason {
    REASON_NONE,
    /* A change is blocked: */
    REASON_NO_POLICY,
    REASON_MERGE_CONFLICT,
    REASON_BAD_MANIFEST,
    REASON_BAD_POLICY,
    REASON_RECORDS_REMOVED,
    REASON_LOG_REWOUND,
    REASON_TARGET_REPLACED,
    REASON_CHAIN_GAP,
    REASON_UNKNOWN_SCHEMA,
    REASON_UNKNOWN_AUTHOR,
    REASON_REQUEST_CHANGES,
    REASON_MISSING_SIGN_OFF,
    REASON_STALE_OUTPUTS,
    REASON_MISSING_OUTPUTS,
    REASON_MISSING_EVIDENCE,
    REASON_UNSCORED_CASES,
    REASON_BELOW_MINIMUM,
    REASON_BELOW_MEAN,
    REASON_OPEN_FLAG,
    /* both: */
    REASON_STALE_MODULE,
    REASON_STALE_EVIDENCE,
    REASON_STALE_RUBRIC,
    /* A record is ignored: */
    REASON_BAD_SIGNATURE,
    REASON_NO_SIGNATURE,
    REASON_UNKNOWN_SIGNER,
    REASON_REVOKED_KEY,
    REASON_EXPIRED_KEY,
    REASON_ROLE_NOT_HELD,
    REASON_SELF_APPROVAL,
    REASON_OTHER_REPOSITORY,
    REASON_OTHER_TARGET,
    REASON_OTHER_CHANGE,
    REASON_SUPERSEDED,
    REASON_SPENT,
    REASON_NO_SEAT,
    REASON_MALFORMED,
    REASON_WRONG_NAMESPACE,
    REASON_NOT_ALL_SEEN,
    REASON_COUNT
};

const char *reason_name(enum reason reason); /* "missing-sign-off"; "good" for REASON_NONE */
bool reason_parse(struct slice name, enum reason *reason);
const char *reason_words(enum reason reason); /* one short sentence for a person */
/* What would make a record count, or whom to ask, in one sentence; "" where the reason is about no record. */
const char *reason_advice(enum reason reason);
bool reason_is_harmless(enum reason reason); /* the record is in order, but not needed */

#endif
