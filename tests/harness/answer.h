/* What a command printed as JSON, taken apart and held against its schema. */
#ifndef ASSAY_TESTS_ANSWER_H
#define ASSAY_TESTS_ANSWER_H

#include "assay/data/document.h"
#include "harness/fixture.h"

/* The standard output of the last program, which must be one JSON document of `schema` ("schema/queue.schema.json";
 * NULL: any). The document lives until document_clear; the fixture's result must not change before. */
void answer_parse(struct fixture *f, const char *schema, struct document *document);
/* The entry of a list whose member `key` is `text`; fails the test when there is none. */
const struct value *answer_find(const struct value *list, const char *key, const char *text);

#endif
