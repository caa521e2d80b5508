#include "assay/git/outcome.h"

#include "assay/base/array.h"
#include "assay/text/sanitise.h"

enum { WORDS_MAX = 2000 };

static const char *const texts[] = {
    [OUTCOME_DONE] = "everything is up to date with the remote",
    [OUTCOME_NO_REMOTE] = "there is no remote; local branches are the truth",
    [OUTCOME_OFFLINE] = "the remote cannot be reached",
    [OUTCOME_AUTHENTICATION] = "the remote asks for a password or a key",
    [OUTCOME_DECLINED] = "the remote declined",
    [OUTCOME_REWOUND] = "the remote's log lost commits that were there before; it was not taken over",
    [OUTCOME_BUSY] = "somebody else was faster every time; try again",
    [OUTCOME_LOCKED] = "a reference of this clone is locked",
};

const char *outcome_text(enum outcome outcome)
{
    return texts[outcome];
}

/* What git says when it wants somebody to answer (git and OpenSSH, in the C locale). */
static const char *const authentication_words[] = {"Authentication failed",
                                                   "could not read Username",
                                                   "could not read Password",
                                                   "terminal prompts disabled",
                                                   "Permission denied (",
                                                   "Host key verification failed",
                                                   "error: 401",
                                                   "error: 403"};

/* Reasons of a server that say only that somebody else was faster (builtin/receive-pack.c, transport.c). */
static const char *const lost_words[] = {
    "non-fast-forward", "fetch first",    "cannot lock ref",          "failed to update",
    "stale info",       "failed to lock", "reference already exists", "incorrect old value provided"};

static bool has(struct slice text, const char *part)
{
    return slice_find(text, slice_of(part)) != SLICE_NOT_FOUND;
}

static bool has_any(struct slice text, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has(text, parts[i])) {
            return true;
        }
    }
    return false;
}

static void set_words(struct str *words, struct slice said)
{
    str_reset(words);
    sanitise_append(words, slice_trim(slice_part(slice_trim(said), 0, WORDS_MAX)), SANITISE_TEXT);
}

/* git does not say where the lock that is in its way comes from (lockfile.c), and a kill may have left it. */
static bool find_lock(struct slice errors, struct slice *path)
{
    const struct slice before = SLICE("Unable to create '");
    const size_t start = slice_find(errors, before);
    if (start == SLICE_NOT_FOUND) {
        return false;
    }
    *path = slice_from(errors, start + before.size);
    *path = slice_part(*path, 0, slice_find(*path, SLICE("': File exists")));
    return slice_ends_with(*path, SLICE(".lock"));
}

enum outcome outcome_of_failure(struct slice errors, struct str *words)
{
    struct slice path;
    if (find_lock(errors, &path)) {
        struct str advice = STR_INIT;
        str_appendf(&advice, "when no other git or assay runs, remove %.*s", SLICE_ARG(path));
        set_words(words, str_slice(&advice));
        str_clear(&advice);
        return OUTCOME_LOCKED;
    }
    set_words(words, errors);
    return has_any(errors, authentication_words, ARRAY_COUNT(authentication_words)) ? OUTCOME_AUTHENTICATION
                                                                                    : OUTCOME_OFFLINE;
}

/* Another fetch moved, made or pruned the reference since this one looked (refs/files-backend.c, verify_lock). */
static bool was_raced(struct slice errors)
{
    return has(errors, "cannot lock ref") && (has(errors, "but expected") || has(errors, "reference already exists"));
}

enum outcome outcome_of_fetch(struct slice errors, struct str *words)
{
    const bool rewound = has(errors, "non-fast-forward");
    if (!rewound && !was_raced(errors)) {
        return outcome_of_failure(errors, words);
    }
    set_words(words, errors);
    return rewound ? OUTCOME_REWOUND : OUTCOME_BUSY;
}

bool outcome_lacks_branch(struct slice words)
{
    return has(words, "couldn't find remote ref");
}

/* ---- push ---- */

/* The server's own lines and the reason that --porcelain gives: "!<TAB>from:to<TAB>[remote rejected] (reason)". */
static void collect_words(struct slice output, struct slice errors, struct str *words)
{
    struct slice line;
    while (slice_cut_line(&errors, &line)) {
        if (slice_starts_with(line, SLICE("remote: "))) {
            str_append(words, slice_trim(slice_from(line, 8)));
            str_push(words, '\n');
        }
    }
    while (slice_cut_line(&output, &line)) {
        const size_t reason = slice_find(line, SLICE("["));
        if (slice_starts_with(line, SLICE("!")) && reason != SLICE_NOT_FOUND) {
            str_append(words, slice_from(line, reason));
            str_push(words, '\n');
        }
    }
}

/* The last line of --porcelain when each reference was taken (builtin/push.c); an exit code alone may be a wrapper's. */
static bool says_done(struct slice output)
{
    return slice_starts_with(output, SLICE("Done\n")) || has(output, "\nDone\n");
}

enum outcome outcome_of_push(int exit_code, struct slice output, struct slice errors, struct str *words)
{
    if (exit_code == 0 && says_done(output)) {
        str_reset(words);
        return OUTCOME_DONE;
    }
    if (!slice_starts_with(output, SLICE("!")) && !has(output, "\n!")) {
        return outcome_of_failure(errors, words);
    }
    struct str said = STR_INIT;
    collect_words(output, errors, &said);
    const bool lost = has_any(str_slice(&said), lost_words, ARRAY_COUNT(lost_words));
    set_words(words, str_slice(&said));
    str_clear(&said);
    return lost ? OUTCOME_BUSY : OUTCOME_DECLINED;
}

/* ---- git's meter ---- */

/* "Counting objects: 100% (3/3), done.", "Enumerating objects: 5, done.", "Total 3 (delta 0), …" (git, progress.c and
 * pack-objects.c). */
static bool is_progress(struct slice line)
{
    static const char *const counted[] = {"objects: ", "deltas: "};
    if (slice_starts_with(line, SLICE("remote: "))) {
        line = slice_from(line, 8);
    }
    const bool moves = has(line, "% (") || slice_ends_with(line, SLICE(", done."));
    return (moves && has_any(line, counted, ARRAY_COUNT(counted))) || slice_starts_with(line, SLICE("Total ")) ||
           slice_starts_with(line, SLICE("Delta compression using "));
}

/* A carriage return begins a line anew. */
void outcome_drop_progress(struct str *errors)
{
    struct str kept = STR_INIT;
    struct slice rest = str_slice(errors), line, part;
    while (slice_cut_line(&rest, &line)) {
        struct slice last = {0};
        while (slice_cut(&line, '\r', &part)) {
            last = slice_trim(part).size > 0 ? slice_trim(part) : last;
        }
        if (!is_progress(last)) {
            str_append(&kept, last);
            str_push(&kept, '\n');
        }
    }
    str_clear(errors);
    *errors = kept;
}
