/* JSON into a tree: jansson's decoder under limits that are checked before it sees a byte.
 *
 * Refused: duplicate keys, bytes after the value, integers beyond 64 bits, reals beyond a double, U+0000 in text,
 * invalid UTF-8, a byte order mark. Every error begins `NAME:LINE: `. */
#ifndef ASSAY_DATA_JSON_H
#define ASSAY_DATA_JSON_H

#include "assay/data/document.h"

/* A value costs about 100 bytes while it is decoded; a file of nothing but `0,` must not take the machine down. */
enum { JSON_VALUES_MAX = 2000000 };

/* The document is filled only on success and borrows `bytes` as its source. */
int json_load(struct slice bytes, struct slice name, size_t size_max, size_t depth_max, struct document *document,
              struct error *error);
/* JSON Lines: one value a line, blank lines are skipped; the root is the list of them and each value knows its line. */
int json_load_lines(struct slice bytes, struct slice name, size_t size_max, size_t depth_max, struct document *document,
                    struct error *error);

#endif
