/* Bytes on their way to a terminal: nothing in them that a terminal obeys or an eye misses. */
#ifndef ASSAY_TESTS_STREAM_H
#define ASSAY_TESTS_STREAM_H

#include "assay/base/slice.h"

/* What a command prints: valid UTF-8; of the controls only line ends; no bidi control, no invisible character. */
void stream_expect_plain(struct slice bytes, const char *what);
/* What the console sends, to the terminal of harness/screen.h: besides, the sequences that ui/term.c writes, whole, in
 * their order and with nothing but numbers that differ; no other control character at all. A place for the cursor that
 * content brought looks like one of assay's own; every other sequence of content is found. */
void stream_expect_own(struct slice bytes, const char *what);
/* Where the first sequence begins that is not assay's own; SLICE_NOT_FOUND. */
size_t stream_find_foreign(struct slice bytes);

#endif
