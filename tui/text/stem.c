#include "assay/text/stem.h"

#include <stdbool.h>
#include <string.h>

#include "assay/base/array.h"

enum { WORD_MAX = 64 };

struct rule {
    const char *suffix, *replacement;
};

static bool is_consonant(const char *w, size_t at)
{
    if (w[at] != 'y')
        return strchr("aeiou", w[at]) == NULL;
    return at == 0 || !is_consonant(w, at - 1);
}

/* Porter's m: how often vowels are followed by consonants. */
static unsigned measure(const char *w, size_t size)
{
    unsigned m = 0;
    for (size_t i = 1; i < size; i++)
        m += !is_consonant(w, i - 1) && is_consonant(w, i);
    return m;
}

static bool has_vowel(const char *w, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_consonant(w, i))
            return true;
    return false;
}

static bool ends_double(const char *w, size_t size)
{
    return size >= 2 && w[size - 1] == w[size - 2] && is_consonant(w, size - 1);
}

static bool ends_cvc(const char *w, size_t size)
{
    if (size == 2)
        return !is_consonant(w, 0) && is_consonant(w, 1);
    return size >= 3 && is_consonant(w, size - 3) && !is_consonant(w, size - 2) && is_consonant(w, size - 1) &&
           strchr("wxy", w[size - 1]) == NULL;
}

static bool ends(const char *w, size_t size, const char *suffix)
{
    size_t length = strlen(suffix);
    return size >= length && memcmp(w + size - length, suffix, length) == 0;
}

static size_t replace(char *w, size_t stem, const char *with)
{
    size_t length = strlen(with);
    memcpy(w + stem, with, length);
    return stem + length;
}

/* The first rule whose suffix fits decides: applied when the measure of the stem is above `above`. */
static size_t apply(char *w, size_t size, const struct rule *rules, size_t count, unsigned above)
{
    for (size_t i = 0; i < count; i++) {
        if (!ends(w, size, rules[i].suffix))
            continue;
        size_t stem = size - strlen(rules[i].suffix);
        if (strcmp(rules[i].suffix, "logi") == 0 ? measure(w, size - 3) == 0 : measure(w, stem) <= above)
            return size;
        if (strcmp(rules[i].suffix, "ion") == 0 && (stem == 0 || (w[stem - 1] != 's' && w[stem - 1] != 't')))
            return size;
        return replace(w, stem, rules[i].replacement);
    }
    return size;
}

static size_t step_plural(char *w, size_t size)
{
    if (ends(w, size, "ies"))
        return size == 4 ? 3 : size - 2;
    if (ends(w, size, "sses"))
        return size - 2;
    return ends(w, size, "s") && !ends(w, size, "ss") ? size - 1 : size;
}

static size_t step_past(char *w, size_t size)
{
    if (ends(w, size, "ied"))
        return size == 4 ? 3 : size - 2;
    if (ends(w, size, "eed"))
        return measure(w, size - 3) > 0 ? size - 1 : size;
    size_t stem = ends(w, size, "ed") ? size - 2 : ends(w, size, "ing") ? size - 3 : size;
    if (stem == size || !has_vowel(w, stem))
        return size;
    if (ends(w, stem, "at") || ends(w, stem, "bl") || ends(w, stem, "iz"))
        return replace(w, stem, "e");
    if (ends_double(w, stem))
        return strchr("lsz", w[stem - 1]) ? stem : stem - 1;
    return measure(w, stem) == 1 && ends_cvc(w, stem) ? replace(w, stem, "e") : stem;
}

static size_t step_double_suffix(char *w, size_t size)
{
    static const struct rule rules[] = {
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
        {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
        {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
        {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
        {"fulli", "ful"},   {"logi", "log"},
    };
    if (ends(w, size, "alli") && measure(w, size - 4) > 0)
        size -= 2; /* and then the rules once more */
    return apply(w, size, rules, ARRAY_COUNT(rules), 0);
}

static size_t step_suffixes(char *w, size_t size)
{
    static const struct rule third[] = {{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
                                        {"ical", "ic"},  {"ful", ""},   {"ness", ""}};
    static const struct rule fourth[] = {{"al", ""},   {"ance", ""}, {"ence", ""}, {"er", ""},    {"ic", ""},
                                         {"able", ""}, {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""},
                                         {"ent", ""},  {"ion", ""},  {"ou", ""},   {"ism", ""},   {"ate", ""},
                                         {"iti", ""},  {"ous", ""},  {"ive", ""},  {"ize", ""}};
    size = apply(w, size, third, ARRAY_COUNT(third), 0);
    return apply(w, size, fourth, ARRAY_COUNT(fourth), 1);
}

static size_t step_last(char *w, size_t size)
{
    if (ends(w, size, "e")) {
        unsigned m = measure(w, size - 1);
        if (m > 1 || (m == 1 && !ends_cvc(w, size - 1)))
            size--;
    }
    return ends(w, size, "ll") && measure(w, size - 1) > 1 ? size - 1 : size;
}

static size_t irregular(char *w, size_t size)
{
    static const struct rule forms[] = {
        {"sky", "sky"},        {"skies", "sky"},       {"dying", "die"},        {"lying", "lie"},
        {"tying", "tie"},      {"news", "news"},       {"innings", "inning"},   {"inning", "inning"},
        {"outings", "outing"}, {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
        {"howe", "howe"},      {"proceed", "proceed"}, {"exceed", "exceed"},    {"succeed", "succeed"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
        if (strlen(forms[i].suffix) == size && ends(w, size, forms[i].suffix))
            return replace(w, 0, forms[i].replacement);
    return 0;
}

size_t stem_word(char *word, size_t size)
{
    if (size <= 2 || size > WORD_MAX)
        return size;
    size_t known = irregular(word, size);
    if (known > 0)
        return known;
    size = step_plural(word, size);
    size = step_past(word, size);
    if (size > 2 && word[size - 1] == 'y' && is_consonant(word, size - 2))
        word[size - 1] = 'i';
    size = step_double_suffix(word, size);
    size = step_suffixes(word, size);
    return step_last(word, size);
}
