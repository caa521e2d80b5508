/* The corpus that conformance tests read: a folder named by the environment variable CORPUS. */
#ifndef ASSAY_TESTS_CORPUS_H
#define ASSAY_TESTS_CORPUS_H

#include <jansson.h>

#include "assay/base/str.h"
#include "assay/data/document.h"

/* Fails the test when the file is not there or no JSON. Both are the caller's to clear, the document first. */
void corpus_load(const char *path, struct str *bytes, struct document *document);
/* CORPUS/vectors/NAME as jansson reads it, U+0000 in texts too, which assay itself refuses; json_decref. */
json_t *corpus_vectors(const char *name);

#endif
