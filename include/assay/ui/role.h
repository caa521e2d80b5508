/* What a cell means, not how it looks: themes give each role its colours. The letter stands for the role in golden
 * screens; a role that a theme leaves out looks like its parent. */
#ifndef ASSAY_UI_ROLE_H
#define ASSAY_UI_ROLE_H

#include "assay/base/slice.h"

/*    identifier    name           letter  parent      meaning */
#define ROLES(X)                                                                                                       \
    X(TEXT, "text", '.', TEXT, "ordinary text and the background of everything")                                       \
    X(TITLE, "title", 'T', TEXT, "the title line")                                                                     \
    X(STATUS, "status", 't', TITLE, "the right part of the title line, tabs that are not open")                        \
    X(DIM, "dim", 'd', TEXT, "what may be overlooked")                                                                 \
    X(BORDER, "border", 'b', DIM, "lines around panes")                                                                \
    X(FOCUS, "focus", 'f', BORDER, "the lines around the pane that has the keys")                                      \
    X(SELECTED, "selected", 's', TEXT, "the selected row")                                                             \
    X(MARKED, "marked", '*', TEXT, "rows marked with Space")                                                           \
    X(HEADING, "heading", 'h', TEXT, "column titles, headings of a text")                                              \
    X(ACCENT, "accent", 'a', HEADING, "what should be seen first: names, the open tab")                                \
    X(CODE, "code", 'c', TEXT, "code in a text")                                                                       \
    X(QUOTE, "quote", 'q', DIM, "quoted text, list marks, rules")                                                      \
    X(LINK, "link", 'l', TEXT, "addresses")                                                                            \
    X(HOSTILE, "hostile", 'H', WARNING, "visible marks for control and bidi characters")                               \
    X(ADDED, "added", '+', TEXT, "text that only the right side has")                                                  \
    X(REMOVED, "removed", '-', TEXT, "text that only the left side has")                                               \
    X(ADDED_WORD, "added-word", 'A', ADDED, "the very words that were added")                                          \
    X(REMOVED_WORD, "removed-word", 'R', REMOVED, "the very words that were removed")                                  \
    X(MOVED, "moved", 'M', DIM, "text that stands elsewhere on the other side")                                        \
    X(CHANGED, "changed", 'C', ACCENT, "the mark in the margin of a changed row")                                      \
    X(CURRENT, "current", 'U', SELECTED, "the mark of the difference that ] and [ stand on")                           \
    X(GOOD, "good", 'g', TEXT, "passed, approved, verified")                                                           \
    X(BAD, "bad", 'x', TEXT, "failed, rejected, invalid")                                                              \
    X(WARNING, "warning", 'w', TEXT, "look here; high risk")                                                           \
    X(PENDING, "pending", 'p', DIM, "not yet")                                                                         \
    X(SCORE, "score", 'S', ACCENT, "the score that was given")                                                         \
    X(PROGRESS, "progress", 'P', ACCENT, "the filled part of a bar")                                                   \
    X(KEY, "hint-key", 'k', ACCENT, "a key in the hint line")                                                          \
    X(HINT, "hint", 'n', TEXT, "its words")                                                                            \
    X(DISABLED, "disabled", 'D', DIM, "an action that cannot be done now")                                             \
    X(MESSAGE, "message", 'm', TEXT, "the message line")                                                               \
    X(ERROR, "error", 'e', BAD, "an error in the message line")                                                        \
    X(INPUT, "input", 'i', TEXT, "text being typed")                                                                   \
    X(MATCH, "match", '/', SELECTED, "what a search found")

enum role {
#define ROLE_ENUM(identifier, name, letter, parent, meaning) ROLE_##identifier,
    ROLES(ROLE_ENUM)
#undef ROLE_ENUM
        ROLE_COUNT
};

const char *role_name(enum role role);
char role_letter(enum role role);
enum role role_parent(enum role role); /* ROLE_TEXT is its own */
const char *role_meaning(enum role role);
bool role_find(struct slice name, enum role *role);

#endif
