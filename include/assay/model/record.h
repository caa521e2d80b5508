/* A review record: what one person said about one module of one change, as it is signed (FORMATS.md, 4).
 *
 * Bytes are decoded strictly: UTF-8 JSON, keys sorted, two-space indent, one newline at the end, no duplicate keys,
 * at most 16 MiB and 16 levels; record_encode(record_decode(bytes)) gives the same bytes. */
#ifndef ASSAY_MODEL_RECORD_H
#define ASSAY_MODEL_RECORD_H

#include "assay/base/str.h"
#include "assay/data/value.h"
#include "assay/model/members.h"
#include "assay/model/oid.h"
#include "assay/model/rubric.h"

#define RECORD_SCHEMA    "assay.review/1"
#define RECORD_NAMESPACE "review.v1@assay"

enum verdict { VERDICT_APPROVE, VERDICT_REQUEST_CHANGES, VERDICT_ABSTAIN, VERDICT_WITHDRAW };
enum triage_decision { TRIAGE_ACCEPTED, TRIAGE_FIX_REQUIRED, TRIAGE_DISMISSED };

struct record_prompt {
    struct slice id;
    struct digest hash;
    struct slice model;             /* its id; empty where the manifest names none: null */
    const struct value *parameters; /* NULL: {} */
};

struct record_score {
    struct slice prompt, case_id;
    struct digest output;
    signed char scores[RUBRIC_CRITERIA_MAX]; /* by position in `criteria` of the record; -1: not scored */
    struct slice comment;
    bool carried;
};

struct record_flag {
    struct slice prompt, case_id;
    struct digest output;
    struct slice code, comment;
};

struct record_triage {
    struct slice prompt, case_id;
    struct digest output;
    struct slice flag; /* name of the automatic flag ("rouge_l") or code of a person's */
    enum triage_decision decision;
    struct slice reason;
};

struct record_comparison {
    struct slice prompt, case_id;
    struct slice a;      /* "candidate" or "baseline": what stood on side A */
    struct slice answer; /* "a", "b", "tie", "both-bad" */
};

struct record {
    struct arena arena; /* owns what record_decode made; unused in a record that is being composed */
    struct digest name; /* SHA-256 of the bytes */
    struct slice repository, target, change;
    struct oid candidate, merge_base;
    struct oid log; /* none: null */
    struct {
        struct slice path, name, version;
        struct digest digest;
    } module;
    struct record_prompt *prompts;
    size_t prompt_count;
    struct {
        struct digest digest;
        int64_t cases, seen;
    } evidence;
    struct digest policy, rubric;
    struct {
        struct slice principal, name, role;
    } reviewer;
    enum verdict verdict;
    struct slice meaning;
    struct slice criteria[RUBRIC_CRITERIA_MAX]; /* ids that occur in scores, sorted bytewise */
    size_t criteria_count;
    struct record_score *scores;
    size_t score_count;
    struct record_flag *flags;
    size_t flag_count;
    struct record_triage *triage;
    size_t triage_count;
    struct record_comparison *comparisons;
    size_t comparison_count;
    int64_t seed;
    struct slice metrics, comment, via, assay, signed_at;
    int64_t seq;
    struct digest *prev;
    size_t prev_count;
    struct digest *supersedes;
    size_t supersedes_count;
};

/* Composes the bytes that will be signed. */
void record_encode(const struct record *record, struct str *bytes);
/* RECORD_UNKNOWN_SCHEMA: well-formed, but of a schema, with members or with words (a verdict, a decision) that this
 * version does not know. record_clear also after a failure. */
enum record_problem record_decode(struct slice bytes, struct record *record, struct error *error);
void record_clear(struct record *record);
const char *record_verdict_name(enum verdict verdict); /* "approve", … */
bool record_verdict_parse(struct slice name, enum verdict *verdict);
const char *record_decision_name(enum triage_decision decision);
bool record_decision_parse(struct slice name, enum triage_decision *decision);

#endif
