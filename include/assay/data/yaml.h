/* YAML into the same tree as JSON: libyaml's events under limits.
 *
 * Refused, by name and line: anchors, aliases, tags, a second document, duplicate keys, keys that are no text or
 * integer (`1:` becomes the text "1"), infinities and not-a-number, integers beyond 64 bits, U+0000 in text.
 * A plain scalar is typed by the core schema of YAML 1.2 (chapter 10.3): null, true/false, integers, reals; `yes` and
 * `2026-11-20` are text, as is everything quoted. Every value knows its line. */
#ifndef ASSAY_DATA_YAML_H
#define ASSAY_DATA_YAML_H

#include "assay/data/document.h"

enum { YAML_SIZE_MAX = 1 << 20, YAML_DEPTH_MAX = 32, YAML_VALUES_MAX = 200000 };

/* The document is filled only on success. An empty file is null. */
int yaml_load(struct slice bytes, struct slice name, struct document *document, struct error *error);

#endif
