/* Porter's stemmer for English (Porter, "An algorithm for suffix stripping", 1980) with the departures of NLTK, which
 * ROUGE's stemming is defined by. */
#ifndef ASSAY_TEXT_STEM_H
#define ASSAY_TEXT_STEM_H

#include <stddef.h>

/* Changes a word of [a-z0-9] in place and returns its new size, which is never larger. Words of more than 64 letters
 * stay as they are. */
size_t stem_word(char *word, size_t size);

#endif
