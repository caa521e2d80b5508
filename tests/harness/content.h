/* A small content repository, as FORMATS describes it: a bare origin with two modules on main and changes under
 * prompt/, a clone of it, keys and a policy for three reviewers. Made in well below a tenth of a second.
 *
 *   origin.git    bare; branches below
 *   clone         remote origin, main checked out; ~/.gitconfig names the person who acts (content_become)
 *   keys/ana, lena, ines, mallory (+ .pub)
 *
 * main              modules learning-content/modules/assistant (sensitivity pii) and …/tutor (risk high, compliance),
 *                   one prompt `answer` each, with golden dataset, baseline outputs, policies/
 * prompt/concise    template and outputs of assistant
 * prompt/verbose    template and outputs of both modules
 * prompt/model      manifest (another model) and outputs of tutor
 * Authors of the changes: Pat Author <pat@example.com>, who is in no policy. */
#ifndef ASSAY_TESTS_CONTENT_H
#define ASSAY_TESTS_CONTENT_H

#include "harness/fixture.h"

#define CONTENT_ORIGIN    "origin.git"
#define CONTENT_CLONE     "clone"
#define CONTENT_ASSISTANT "learning-content/modules/assistant"
#define CONTENT_TUTOR     "learning-content/modules/tutor"
#define CONTENT_TEMPLATE  "Answer the question.\n\n{{instruction}}\n"

/* policies/review.yaml of the sample: ana is content-owner (score), lena legal (sign), ines learning-designer (triage)
 * and content-owner. One content-owner for every module, one legal where sensitivity is pii or compliance. */
extern const char content_policy[];

/* `cases` test cases (c1, c2, …) for each prompt. */
void content_make(struct fixture *f, size_t cases);

/* Who acts from now on: ana, lena, ines or mallory: user.name, user.email and the signing key in ~/.gitconfig. */
void content_become(struct fixture *f, const char *name);

/* Another clone of the origin. */
void content_clone(struct fixture *f, const char *folder);
/* Records that the log of origin.git has, by git's own listing. */
size_t content_count_records(struct fixture *f);

/* Pieces for other contents. */
const char *content_manifest(struct fixture *f, const char *name, const char *model, const char *risk,
                             const char *sensitivity);
const char *content_golden(struct fixture *f, size_t cases);
/* The outputs file for this template and model; `style` goes into every text. */
const char *content_outputs(struct fixture *f, const char *template_text, const char *model, const char *style,
                            size_t cases);
/* The allowed_signers line of a key that fixture_key made. */
const char *content_signer(struct fixture *f, const char *name);

#endif
