/* A change with two modules, a policy, people and their records, for tests of the gate: all in memory. Untouched, a new
 * scene has no records; scene_sign_all gives it what it needs to pass. */
#ifndef ASSAY_TESTS_SCENE_H
#define ASSAY_TESTS_SCENE_H

#include "assay/model/gate.h"

enum { SCENE_RECORDS_MAX = 64, SCENE_CASES = 2, SCENE_ITEMS_MAX = 8 };

/* high: risk high, sensitivity pii: content-owner, learning-designer and legal, one each. low: content-owner. */
enum scene_module { SCENE_HIGH, SCENE_LOW, SCENE_MODULES };

struct scene {
    struct policy policy;
    struct gate_module modules[SCENE_MODULES];
    struct gate_case cases[SCENE_MODULES][SCENE_CASES];
    struct flag flags[SCENE_ITEMS_MAX]; /* put into modules[].flags by the test */
    struct gate_problem problems[SCENE_ITEMS_MAX];
    struct slice authors[SCENE_ITEMS_MAX], unknown_authors[SCENE_ITEMS_MAX];
    struct gate_record sources[SCENE_RECORDS_MAX];
    struct record records[SCENE_RECORDS_MAX];
    struct gate_input input;
    struct gate_verdict verdict;
    struct arena arena;
    unsigned next; /* for names */
};

void scene_init(struct scene *scene);
void scene_clear(struct scene *scene);

/* Adds a well-signed record with everything current; role "content-owner" scores every case with 5. */
struct record *scene_add(struct scene *scene, const char *principal, const char *role, enum scene_module module,
                         enum verdict verdict);
struct gate_record *scene_source(struct scene *scene, const struct record *record);
/* `record` follows `before`, or supersedes it. */
void scene_follow(struct scene *scene, struct record *record, const struct record *before);
void scene_supersede(struct scene *scene, struct record *record, const struct record *before);
void scene_triage(struct scene *scene, struct record *record, enum scene_module module, size_t case_at,
                  const char *flag, enum triage_decision decision);
void scene_flag(struct scene *scene, struct record *record, enum scene_module module, size_t case_at, const char *code);

/* ana owns both modules, ines designs and lena signs the high one. */
struct scene_signed {
    struct record *owner, *designer, *legal, *owner_low;
};
struct scene_signed scene_sign_all(struct scene *scene);

/* Judges anew. */
const struct gate_verdict *scene_judge(struct scene *scene);
bool scene_blocked_by(const struct scene *scene, enum reason reason);
/* REASON_NONE: it is not among the ignored. */
enum reason scene_ignored(const struct scene *scene, const struct record *record);
bool scene_counted(const struct scene *scene, const struct record *record);

#endif
