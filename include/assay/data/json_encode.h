/* A tree into JSON, exact to the byte, because records are signed and rubrics digested. */
#ifndef ASSAY_DATA_JSON_ENCODE_H
#define ASSAY_DATA_JSON_ENCODE_H

#include "assay/base/str.h"
#include "assay/data/value.h"

enum json_style {
    JSON_CANONICAL, /* keys sorted bytewise, no spaces, no final newline */
    JSON_RECORD,    /* keys sorted bytewise, two-space indent, one newline at the end */
    JSON_OUTPUT,    /* keys as they were added, two-space indent, one newline at the end; safe on a terminal */
};

/* Appends the value. Text is kept as UTF-8; escaped are `"`, `\`, and below U+0020 \b \t \n \f \r or \u00XX with
 * upper-case digits: as jansson does, and Python's json.dumps(ensure_ascii=False) but for the case. JSON_OUTPUT also
 * escapes C1 controls and the invisible and bidirectional format characters. Bytes that are not UTF-8 become U+FFFD.
 * A real has the fewest digits that read back the same, laid out as Python's repr: 3.0, 0.5, 1e-07, 1e+16. */
void json_encode(const struct value *value, enum json_style style, struct str *out);

#endif
