/* What became of an exchange with a remote, read from what git and the server behind it said: in the C locale, a push
 * with --porcelain. Texts in, an outcome and words for a person out; nothing is run here. */
#ifndef ASSAY_GIT_OUTCOME_H
#define ASSAY_GIT_OUTCOME_H

#include "assay/base/str.h"

enum outcome {
    OUTCOME_DONE,
    OUTCOME_NO_REMOTE,      /* local references are the truth */
    OUTCOME_OFFLINE,        /* the remote cannot be reached: what waits goes on waiting */
    OUTCOME_AUTHENTICATION, /* it wants a password or a key: try again in the foreground */
    OUTCOME_DECLINED,       /* the server said no; the words are the server's */
    OUTCOME_REWOUND,        /* the remote's log lost commits: refused, nothing was changed */
    OUTCOME_BUSY,           /* somebody else was faster, every time */
    OUTCOME_LOCKED,         /* a reference of this clone is locked; the words say which file to remove */
};

const char *outcome_text(enum outcome outcome); /* "the remote cannot be reached", … */

/* Each replaces `words`, the caller's, by what the other side or git said: sanitised, at most 2,000 bytes of it; lines
 * end with LF. */

/* Of a git that failed: LOCKED, AUTHENTICATION, or else OFFLINE. */
enum outcome outcome_of_failure(struct slice errors, struct str *words);
/* Of a fetch that failed: REWOUND too, and BUSY when another fetch of this clone was faster. */
enum outcome outcome_of_fetch(struct slice errors, struct str *words);
/* Of a push: DONE without words, BUSY when it was no fast-forward any more, DECLINED, or as any failure. */
enum outcome outcome_of_push(int exit_code, struct slice output, struct slice errors, struct str *words);

/* Whether the words of a fetch that failed say that the remote has no such branch. */
bool outcome_lacks_branch(struct slice words);
/* Drops git's meter from what it wrote to standard error: it is asked for so that silence can be told from work, and is
 * nothing for a person. */
void outcome_drop_progress(struct str *errors);

#endif
