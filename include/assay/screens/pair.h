/* Two texts of a repository, made ready for two panes: sanitised, rendered or not, compared. */
#ifndef ASSAY_SCREENS_PAIR_H
#define ASSAY_SCREENS_PAIR_H

#include "assay/base/arena.h"
#include "assay/text/markdown.h"
#include "assay/ui/sides.h"

enum pair_unit { PAIR_BY_WORD, PAIR_BY_LINE, PAIR_BY_SENTENCE, PAIR_AS_JSON, PAIR_NOT, PAIR_UNITS };

struct pair_options {
    enum pair_unit unit;
    bool source; /* Markdown as it was written */
    bool ignore; /* case and white space */
};

struct pair {
    struct str texts[2]; /* sanitised */
    size_t marks[2];     /* characters that are shown as visible marks */
    struct markdown rendered[2];
    struct arena arena; /* styles */
    struct diff diff;
    bool no_json; /* JSON was asked for, and one of the texts is none */
};

void pair_init(struct pair *pair);
void pair_clear(struct pair *pair);
/* The texts are copied. titles are borrowed by sides. keep: the same texts as before, seen in another way. */
void pair_show(struct pair *pair, const struct slice texts[2], const struct slice titles[2],
               const struct pair_options *options, bool keep, struct sides *sides);
const char *pair_unit_name(enum pair_unit unit); /* "word", … */

#endif
