/* The one table of actions: it drives bindings, hint line, help overlay, `:` commands and the manual page. */
#ifndef ASSAY_UI_KEYMAP_H
#define ASSAY_UI_KEYMAP_H

#include "assay/ui/event.h"

/* Where an action can be. A view has one or several; a higher one shadows the keys of a lower one. */
enum context {
    CONTEXT_ANYWHERE = 1,
    CONTEXT_MOVE = 2, /* something can be moved in: list, pager, sides */
    CONTEXT_QUEUE = 4,
    CONTEXT_CHANGE = 8,
    CONTEXT_REVIEW = 16,
    CONTEXT_BLIND = 32, /* review with unnamed sides */
    CONTEXT_SIGN = 64,
    CONTEXT_TRIAGE = 128,
    CONTEXT_LOG = 256,
    CONTEXT_READ = 512, /* a text alone */
};

/*    identifier     name              context   keys             short help     what it does, for help and manual */
#define ACTIONS(X)                                                                                                     \
    X(DOWN, "down", MOVE, "j Down", "down", "one row down")                                                            \
    X(UP, "up", MOVE, "k Up", "up", "one row up")                                                                      \
    X(LEFT, "left", CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN | CONTEXT_READ, "h Left", "left side",                      \
      "the left side, or a step to the left")                                                                          \
    X(RIGHT, "right", CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN | CONTEXT_READ, "l Right", "right side",                  \
      "the right side, or a step to the right")                                                                        \
    X(FIRST, "first", MOVE, "g Home", "first", "the beginning")                                                        \
    X(LAST, "last", MOVE, "G End", "last", "the end")                                                                  \
    X(PAGE_DOWN, "page-down", MOVE, "Ctrl-d PgDn", "page down", "half a page down")                                    \
    X(PAGE_UP, "page-up", MOVE, "Ctrl-u PgUp", "page up", "half a page up")                                            \
    X(SEARCH, "search", MOVE, "/", "search", "search as you type; Enter stays, Esc goes back")                         \
    X(SEARCH_NEXT, "search-next", MOVE, "n", "next match", "the next match of the search")                             \
    X(SEARCH_PREVIOUS, "search-previous", MOVE, "N", "previous match", "the previous match of the search")             \
    X(MARK, "mark", TRIAGE, "Space", "mark", "mark the row, for an action on many")                                    \
    X(OPEN, "open", QUEUE | CONTEXT_CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN | CONTEXT_TRIAGE | CONTEXT_LOG, "Enter",    \
      "open", "open what is selected")                                                                                 \
    X(NEXT_FIELD, "next-field", CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN, "Tab", "next", "the next field, pane or tab")  \
    X(PREVIOUS_FIELD, "previous-field", CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN, "Shift-Tab", "previous",               \
      "the previous field, pane or tab")                                                                               \
    X(UNDO, "undo", REVIEW | CONTEXT_TRIAGE, "u", "undo", "take the last step back")                                   \
    X(REDO, "redo", REVIEW | CONTEXT_TRIAGE, "Ctrl-r", "redo", "do again what was undone")                             \
    X(EDIT, "edit", REVIEW, "e", "edit", "edit the text in $EDITOR")                                                   \
    X(COPY, "copy", REVIEW | CONTEXT_READ, "y", "copy", "copy to the clipboard of the terminal (OSC 52)")              \
    X(REFRESH, "refresh", QUEUE | CONTEXT_CHANGE | CONTEXT_LOG, "R", "refresh",                                        \
      "look again: fetch, and read the repository anew")                                                               \
    X(THEME, "theme", ANYWHERE, "T", "theme", "try the themes one after the other")                                    \
    X(MOUSE, "mouse", ANYWHERE, "M", "mouse on/off", "give the mouse back to the terminal, or take it again")          \
    X(REDRAW, "redraw", ANYWHERE, "Ctrl-l", "repaint", "paint the whole screen again")                                 \
    X(COMMAND, "command", ANYWHERE, ":", "command", "type an action's name; Tab completes")                            \
    X(HELP, "help", ANYWHERE, "?", "help", "the keys that work here")                                                  \
    X(SUSPEND, "suspend", ANYWHERE, "Ctrl-z", "suspend", "back to the shell; `fg` returns")                            \
    X(BACK, "back", ANYWHERE, "q Esc", "back", "back, or cancel what is running; never quits from a screen above")     \
    X(QUIT, "quit", ANYWHERE, "Q Ctrl-c", "quit", "leave assay; nothing is lost")                                      \
    X(FILTER, "filter", QUEUE, "f", "filter", "show only some: role, risk, module, author, state")                     \
    X(SORT, "sort", QUEUE | CONTEXT_CHANGE, "s", "sort", "sort by the next column")                                    \
    X(SORT_TURN, "sort-turn", QUEUE | CONTEXT_CHANGE, "r", "turn sort", "sort the other way round")                    \
    X(TRIAGE, "triage", QUEUE | CONTEXT_CHANGE, "t", "flags",                                                          \
      "the flags of the module: accept, dismiss, ask for a fix")                                                       \
    X(LOG, "log", QUEUE | CONTEXT_CHANGE, "L", "log", "the signed records, newest first")                              \
    X(SIGN, "sign", CHANGE | CONTEXT_REVIEW | CONTEXT_SIGN, "S", "sign", "look at what will be signed, then ask")      \
    X(SCORE, "score", REVIEW, "0 1 2 3 4 5 6 7 8 9", "score", "score the marked criterion and go to the next")         \
    X(CLEAR_SCORE, "clear-score", REVIEW, "Backspace Delete", "clear", "take the score of the marked criterion away")  \
    X(NEXT_CASE, "next-case", REVIEW, "J Ctrl-n", "next case", "the next case")                                        \
    X(PREVIOUS_CASE, "previous-case", REVIEW, "K Ctrl-p", "previous case", "the previous case")                        \
    X(NEXT_UNSCORED, "next-unscored", REVIEW, "o", "next unscored", "the next case that has no scores yet")            \
    X(NEXT_DIFFERENCE, "next-difference", REVIEW | CONTEXT_CHANGE, "]", "next difference", "the next difference")      \
    X(PREVIOUS_DIFFERENCE, "previous-difference", REVIEW | CONTEXT_CHANGE, "[", "previous difference",                 \
      "the previous difference")                                                                                       \
    X(COMMENT, "comment", REVIEW | CONTEXT_SIGN, "c", "comment", "comment in one's own words")                         \
    X(FLAG, "flag", REVIEW, "f", "flag", "flag the case for others, with a reason")                                    \
    X(BASELINE, "baseline", REVIEW, "b", "baseline", "what is compared: golden, candidate, baseline")                  \
    X(DIFF, "diff", REVIEW | CONTEXT_CHANGE, "d", "difference",                                                        \
      "compare by words, lines, sentences, JSON, or not at all")                                                       \
    X(SOURCE, "source", REVIEW, "m", "source", "Markdown rendered, or its source")                                     \
    X(WRAP, "wrap", REVIEW | CONTEXT_CHANGE | CONTEXT_SIGN | CONTEXT_READ, "w", "wrap",                                \
      "wrap long lines, or scroll sideways")                                                                           \
    X(IGNORE, "ignore", REVIEW, "x", "ignore case", "differences of case and white space count, or not")               \
    X(ZOOM, "zoom", REVIEW | CONTEXT_CHANGE, "z", "zoom", "one pane over the whole width, or both")                    \
    X(FLIP, "flip", REVIEW | CONTEXT_CHANGE, "v", "flip", "the other side, when only one fits")                        \
    X(PROMPT, "prompt", REVIEW | CONTEXT_CHANGE, "i", "full prompt", "the prompt as it was sent")                      \
    X(BLIND, "blind", REVIEW, "B", "blind", "hide which side is which")                                                \
    X(PREFER_A, "prefer-a", BLIND, "A", "A better", "side A is better")                                                \
    X(PREFER_B, "prefer-b", BLIND, "B", "B better", "side B is better")                                                \
    X(PREFER_NONE, "tie", BLIND, "=", "tie", "both are as good")                                                       \
    X(BOTH_BAD, "both-bad", BLIND, "-", "both bad", "neither can be used")                                             \
    X(VERDICT, "verdict", SIGN, "v", "verdict", "approve, request changes, comment only, withdraw")                    \
    X(SIGN_YES, "sign-yes", SIGN, "Y", "sign now", "sign what is shown, after S")                                      \
    X(ACCEPT, "accept", TRIAGE, "a", "accept", "the flag is right, and is accepted as it is")                          \
    X(DISMISS, "dismiss", TRIAGE, "x", "dismiss", "the flag is wrong")                                                 \
    X(FIX, "fix", TRIAGE, "r", "fix required", "the prompt must change before this passes")

enum action {
    ACTION_NONE,
#define ACTION_ENUM(identifier, name, contexts, keys, hint, help) ACTION_##identifier,
    ACTIONS(ACTION_ENUM)
#undef ACTION_ENUM
        ACTION_COUNT
};

/* A key, a click or a typed command, as a handler gets it. */
struct command {
    enum action action;
    int number;            /* of ACTION_SCORE: the digit; else -1 */
    struct slice argument; /* of a typed command: what stands after the name; else empty */
};

struct keymap;

struct keymap *keymap_new(void); /* the default keys */
void keymap_free(struct keymap *keymap);
/* The value of assay.key.<action>: "x Ctrl-x" replaces the action's keys, "none" takes them away. An unknown action
 * or key, or a digit for anything but score, is an error that says so. */
int keymap_set(struct keymap *keymap, struct slice action, struct slice keys, struct error *error);
/* One sentence for each key that means two actions in one context; false when there is none. */
bool keymap_conflicts(const struct keymap *keymap, struct str *out);
/* The action of a key in a sum of contexts; ACTION_NONE when it has none. */
enum action keymap_find(const struct keymap *keymap, unsigned contexts, struct key key);
/* The at-th key of an action; false when it has no more. */
bool keymap_key(const struct keymap *keymap, enum action action, size_t at, struct key *key);
/* "j Down": all keys; the first only when `all` is false. */
void keymap_format_keys(const struct keymap *keymap, enum action action, bool all, struct str *out);

const char *keymap_name(enum action action);
const char *keymap_hint(enum action action); /* two words at most */
const char *keymap_help(enum action action); /* a line */
unsigned keymap_contexts(enum action action);
bool keymap_find_name(struct slice name, enum action *action);
/* The nth name that begins with `text` of the actions in a sum of contexts; false when there is none. */
bool keymap_complete(unsigned where, struct slice text, size_t nth, struct str *name);
/* For the manual page: the name of a context ("review"), NULL after the last. */
const char *keymap_context_name(size_t at, unsigned *context);

#endif
