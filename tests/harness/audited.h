/* Changes that are approved, sealed, and merged by real git, and what `assay audit` says of them then. */
#ifndef ASSAY_TESTS_AUDITED_H
#define ASSAY_TESTS_AUDITED_H

#include "harness/content.h"

#define AUDITED_CHANGE "prompt/concise"
#define AUDITED_FOLDER "reviews/prompt%2Fconcise"
#define AUDITED_WORK   "merger"

/* cmocka's setup and teardown of a group: two worlds are made once, `plain`, and `sealed`, where the change is sealed and
 * not merged. Each test begins with a copy of one. */
int audited_setup(void **state);
int audited_teardown(void **state);
void audited_start(struct fixture *f, const char *world);

/* This person signs the module assistant of a change; all succeed, or the test fails. */
void audited_sign(struct fixture *f, const char *change, const char *who, const char *role, const char *verdict);
/* ana and lena approve it, lena seals it. */
void audited_seal(struct fixture *f, const char *change);

/* Shell commands in a maintainer's new clone, AUDITED_WORK, at the origin's state; then main is pushed. */
void audited_merge(struct fixture *f, const char *commands);
/* The change is merged with its seal changed, and signed well by lena. */
void audited_merge_resealed(struct fixture *f, const char *sed);

/* `assay audit --json`, which must end with this code: what it printed. */
const char *audited_report(struct fixture *f, int code);
/* The same, with so many merges allowed, so many gaps, and these words. */
void audited_expect(struct fixture *f, int code, size_t allowed, size_t gaps, const char *words);
size_t audited_count(const char *text, const char *part);

#endif
