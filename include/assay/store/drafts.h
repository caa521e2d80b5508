/* Drafts: what a person has entered and not signed yet. `<git common dir>/assay/drafts.db`.
 *
 * The one thing that assay holds and git does not, so it has a file of its own: deleting or rebuilding the index cannot
 * touch it, and nothing here ever deletes an entry that was not taken back by hand. Each call that changes something
 * is one fully synced transaction: when it returned, the entry survives kill -9 and power loss. Two processes may work on one
 * draft; the last key wins, entry by entry. A damaged file is renamed aside, never removed, and what can be read is
 * carried into a new one. A file that a newer assay wrote is left alone and drafts_open fails.
 *
 * An entry is about one output by its digest: when the content changes, entries about older outputs stay, and one that
 * comes back is there again. */
#ifndef ASSAY_STORE_DRAFTS_H
#define ASSAY_STORE_DRAFTS_H

#include "assay/base/arena.h"
#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/trust/digest.h"

struct drafts;

/* `note` gets one sentence when the file was damaged and salvaged; NULL: not wanted. */
int drafts_open(const char *folder, struct drafts **drafts, struct str *note, struct error *error);
void drafts_close(struct drafts *drafts);

enum drafts_kind {
    DRAFTS_SCORE,      /* name: criterion; value: the score */
    DRAFTS_COMMENT,    /* text: the comment on a case; with an empty case: on the module */
    DRAFTS_FLAG,       /* name: reason code; text: comment */
    DRAFTS_TRIAGE,     /* name: flag; value: enum triage_decision; text: reason */
    DRAFTS_COMPARISON, /* name: "candidate" or "baseline", what stood on side A; text: the answer */
    DRAFTS_SEEN,       /* the case was on the screen to its end; with an empty case: the files of a policy change */
};

/* kind, prompt, case, output and name identify an entry in a draft. */
struct drafts_entry {
    enum drafts_kind kind;
    struct slice prompt, case_id;
    struct digest output;
    struct slice name;
    int64_t value;
    struct slice text;
    bool carried; /* taken over from an older draft of the same output */
    bool removed; /* in drafts_apply: take this entry away */
};

/* The open draft of a person for a module of a change; made when there is none. */
int drafts_begin(struct drafts *drafts, struct slice change, struct slice module, struct slice principal,
                 int64_t *draft, struct error *error);
/* The same, without making one: *draft is 0 when there is none. */
int drafts_find(struct drafts *drafts, struct slice change, struct slice module, struct slice principal, int64_t *draft,
                struct error *error);

/* What one key press did: all entries in one transaction and one step of the undo history. Entries that change nothing
 * are left out; a step without entries is none. `undoable` false (seen): not in the history. */
int drafts_apply(struct drafts *drafts, int64_t draft, const struct drafts_entry *entries, size_t count, bool undoable,
                 struct error *error);

struct drafts_entries {
    struct arena arena;
    struct drafts_entry *items;
    size_t count, capacity;
};
void drafts_entries_clear(struct drafts_entries *entries);

/* All entries, ordered by kind, prompt, case, output, name. Appended. */
int drafts_load(struct drafts *drafts, int64_t draft, struct drafts_entries *entries, struct error *error);

/* Takes the last step back, or does it again. `changed` gets the entries as they are now (removed set where they are
 * gone), to move the cursor there; none: there was no such step. The history is kept across sessions. */
int drafts_undo(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error);
int drafts_redo(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error);

/* Where the person was, and what was typed and not confirmed. */
struct drafts_place {
    struct slice prompt, case_id, criterion;
    int64_t scroll;
    struct slice typing;      /* half-typed text; empty: none */
    struct slice typing_what; /* what it was for, the owner's word ("comment", "flag:off-brand") */
    int64_t seed;             /* of comparisons; 0: none drawn yet */
};
int drafts_set_place(struct drafts *drafts, int64_t draft, const struct drafts_place *place, struct error *error);
int drafts_place(struct drafts *drafts, int64_t draft, struct arena *arena, struct drafts_place *place,
                 struct error *error);

/* What this person last said about this very output in the same module, prompt and case, in another draft: scores, comment and
 * flags to carry over. Appended, with `carried` set. */
int drafts_recall(struct drafts *drafts, int64_t draft, struct slice prompt, struct slice case_id,
                  const struct digest *output, struct drafts_entries *entries, struct error *error);

/* The record of this name was made of the draft: it is closed and kept, for drafts_recall. Twice is fine. */
int drafts_submitted(struct drafts *drafts, int64_t draft, const struct digest *record, struct error *error);

/* Open drafts of a person that have entries, newest first. */
struct drafts_summary {
    int64_t draft;
    struct slice change, module;
    size_t scores, cases_seen;
    int64_t changed_at; /* seconds UTC */
};
int drafts_list(struct drafts *drafts, struct slice principal, struct arena *arena, struct drafts_summary **list,
                size_t *count, struct error *error);

#endif
