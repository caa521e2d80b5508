/* JSON Schema 2020-12 over a decoded document, with messages for the people who wrote the file.
 *
 * Asserted: type, enum, const, required, properties, patternProperties, additionalProperties, propertyNames, items,
 * prefixItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems, minProperties, maxProperties,
 * minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength (code points), pattern (POSIX
 * extended), allOf, anyOf, oneOf, not, if, then, else, dependentRequired, dependentSchemas, and $ref to `#` and `#/…`
 * of the same schema. Other keywords that assert something ($dynamicRef, unevaluated…, references elsewhere) make
 * schema_new fail; annotations (title, format, …) are ignored, but a `description` beside a `pattern` words its error.
 *
 * A compiled schema is read-only: threads may share it. */
#ifndef ASSAY_DATA_SCHEMA_H
#define ASSAY_DATA_SCHEMA_H

#include "assay/data/document.h"

struct schema;

struct schema *schema_new(struct slice json, struct slice name, struct error *error); /* NULL: failed */
void schema_free(struct schema *schema);
/* A schema that was built in ("schema/manifest.schema.json", a literal), compiled once a process and never freed. */
const struct schema *schema_embedded(const char *path, struct error *error);

/* Told of each key that an object of the schema with `properties` does not name and that nothing forbids; `where` is
 * like `prompts[0].colour`, borrowed for the call. */
typedef void schema_unknown(void *context, struct slice where, const struct value *value);

/* The first thing that is wrong, as `NAME:LINE: cases[3].id must be …`. `unknown` may be NULL. */
int schema_check(const struct schema *schema, const struct document *document, schema_unknown *unknown, void *context,
                 struct error *error);

#endif
