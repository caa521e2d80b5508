/* Prompt templates: Mustache without HTML escaping (FORMATS.md, 1; mustache.github.io/mustache.5.html, the public
 * specification's interpolation, sections, inverted, comments, partials and delimiters; no lambdas).
 *
 * A name that nothing in the context has renders empty and is a miss. Nesting deeper than
 * TEMPLATE_DEPTH_MAX (a partial that uses itself without end), more partials than TEMPLATE_PARTIALS_MAX, output beyond
 * TEMPLATE_OUTPUT_MAX and work beyond TEMPLATE_WORK_MAX are errors: a template comes from a branch and may be hostile. */
#ifndef ASSAY_MODEL_TEMPLATE_H
#define ASSAY_MODEL_TEMPLATE_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/data/value.h"
#include "assay/trust/digest.h"

enum {
    TEMPLATE_SIZE_MAX = 1 << 20,
    TEMPLATE_DEPTH_MAX = 32,
    TEMPLATE_PARTIALS_MAX = 256,
    TEMPLATE_OUTPUT_MAX = 16 << 20,
    TEMPLATE_WORK_MAX = 64 << 20, /* bytes scanned */
};

/* The shared partials, `prompts/global-templates.yaml`: a map of name to template text. NULL: there are none. */
struct template
{
    struct slice text;
    struct slice name; /* for errors: the repository path */
    const struct value *partials;
};

/* Which names a render did not find, in order of the text, each once: the caller's table of names, or NULL. */
struct table;

/* Appends what is sent to the model. vars: the case's map, NULL for none. Errors begin `NAME:LINE: `. */
int template_render(const struct template *template, const struct value *vars, struct str *out, struct table *misses,
                    struct error *error);

/* Adds the names of the partials that the template uses, directly or through another, to `names`; those that do not
 * exist go to `missing` (may be NULL) instead. */
int template_partials(const struct template *template, struct table *names, struct table *missing, struct error *error);

/* The prompt hash: SHA-256 of the template's bytes, then for each partial that it uses, in bytewise order of name,
 * NUL name NUL text. */
int template_hash(const struct template *template, struct digest *hash, struct error *error);

#endif
