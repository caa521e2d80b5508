/* Records for other tools: in-toto Statements v1 in DSSE envelopes.
 *
 * A reviewer signed the record's bytes, not a Statement about them, and a DSSE signature covers PAE(type, payload). Neither
 * is passed off for the other: the Statement's predicate carries the record's own bytes and the reviewer's own signature,
 * and the envelope is signed by whoever exports, who vouches for nothing but the wrapping. A verifier that trusts the
 * reviewers needs only the inner signature.
 *
 * https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
#ifndef ASSAY_REVIEW_ATTEST_H
#define ASSAY_REVIEW_ATTEST_H

#include "assay/review/ledger.h"

#define ATTEST_NAMESPACE      "dsse.v1@assay"
#define ATTEST_PAYLOAD_TYPE   "application/vnd.in-toto+json"
#define ATTEST_STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define ATTEST_PREDICATE_TYPE "https://assay.example/attestation/review/v1"

/* Appends the Statement, canonical JSON. The record is decoded and signed. Its subject is the module: `dirHash` of
 * in-toto's digest sets is computed as the module digest is. */
void attest_statement(const struct ledger_record *record, struct slice bytes, struct slice armor, struct str *out);
/* Appends DSSE's pre-authentication encoding of a payload of ATTEST_PAYLOAD_TYPE. */
void attest_encoding(struct slice payload, struct str *out);
/* Appends the envelope in one line without its end: keyid is the fingerprint of the workspace's own key, sig the armored SSHSIG
 * over the encoding, as base64. */
int attest_envelope(const struct workspace *workspace, const struct ledger_record *record, enum process_mode mode,
                    struct str *out, struct error *error);

#endif
