/* Bytes on their way to a terminal: nothing in them that a terminal obeys or an eye misses. */
#ifndef ASSAY_TESTS_STREAM_H
#define ASSAY_TESTS_STREAM_H

#include "assay/base/slice.h"

/* What a command prints: valid UTF-8; of the controls only line ends; no bidi control, no invisible character. */
void stream_expect_plain(struct slice bytes, const char *what);
/* What the console sends: besides, the sequences that it uses itself: CSI without 7777 among its parameters (the mark
 * of ours), character sets, modes. No OSC, DCS, APC, PM or SOS. */
void stream_expect_own(struct slice bytes, const char *what);

#endif
