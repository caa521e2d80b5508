#include "assay/git/transport.h"

#include <stdlib.h>
#include <time.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/outbox.h"
#include "assay/git/program.h"
#include "assay/git/refs.h"
#include "assay/text/sanitise.h"

enum { FETCH_TRIES = 4, PUSH_TRIES = 24, WORDS_MAX = 2000, SILENCE_S = 120, SILENCE_MAX_S = 86400 };

static const char *const outcomes[] = {
    [TRANSPORT_DONE] = "everything is up to date with the remote",
    [TRANSPORT_NO_REMOTE] = "there is no remote; local branches are the truth",
    [TRANSPORT_OFFLINE] = "the remote cannot be reached",
    [TRANSPORT_AUTHENTICATION] = "the remote asks for a password or a key",
    [TRANSPORT_DECLINED] = "the remote declined",
    [TRANSPORT_REWOUND] = "the remote's log lost commits that were there before; it was not taken over",
    [TRANSPORT_BUSY] = "somebody else was faster every time; try again",
    [TRANSPORT_LOCKED] = "a reference of this clone is locked",
};

const char *transport_outcome_text(enum transport_outcome outcome)
{
    return outcomes[outcome];
}

void transport_result_init(struct transport_result *result)
{
    *result = (struct transport_result){.outcome = TRANSPORT_DONE, .words = STR_INIT};
}

void transport_result_clear(struct transport_result *result)
{
    str_clear(&result->words);
    transport_result_init(result);
}

int transport_silence_ms(const struct settings *settings)
{
    struct str text = STR_INIT;
    char *end = NULL;
    long seconds = SILENCE_S;
    if (settings_text(settings, "assay.silence", &text)) {
        seconds = strtol(text.data, &end, 10);
        if (end == text.data || *end || seconds < 0 || seconds > SILENCE_MAX_S) {
            seconds = SILENCE_S;
        }
    }
    str_clear(&text);
    return (int)seconds * 1000;
}

/* --- one run of git ------------------------------------------------------------------------------------------------ */

struct exchange {
    struct repo *repo;
    const struct transport *transport;
    const char *log;
    struct transport_result *result;
    int64_t push_us; /* how long the last push took */
};

/* What git says when it wants somebody to answer (git and OpenSSH, in the C locale). */
static const char *const authentication_words[] = {"Authentication failed",
                                                   "could not read Username",
                                                   "could not read Password",
                                                   "terminal prompts disabled",
                                                   "Permission denied (",
                                                   "Host key verification failed",
                                                   "error: 401",
                                                   "error: 403"};

static bool any_of(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_find(text, slice_of(words[i])) != SLICE_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

static void set_outcome(struct exchange *exchange, enum transport_outcome outcome, struct slice words)
{
    exchange->result->outcome = outcome;
    str_reset(&exchange->result->words);
    sanitise_append(&exchange->result->words, slice_trim(slice_part(slice_trim(words), 0, WORDS_MAX)), SANITISE_TEXT);
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

static void fail(struct exchange *exchange, const struct process_result *ran)
{
    const struct slice errors = str_slice(&ran->errors);
    struct slice path;
    if (find_lock(errors, &path)) {
        struct str words = STR_INIT;
        str_appendf(&words, "when no other git or assay runs, remove %.*s", SLICE_ARG(path));
        set_outcome(exchange, TRANSPORT_LOCKED, str_slice(&words));
        str_clear(&words);
        return;
    }
    const bool asks = any_of(errors, authentication_words, ARRAY_COUNT(authentication_words));
    set_outcome(exchange, asks ? TRANSPORT_AUTHENTICATION : TRANSPORT_OFFLINE, errors);
}

/* "Counting objects: 100% (3/3), done.", "Enumerating objects: 5, done.", "Total 3 (delta 0), …" (git, progress.c and
 * pack-objects.c): asked for so that silence can be told from work, and nothing for a person. */
static bool is_progress(struct slice line)
{
    static const char *const counted[] = {"objects: ", "deltas: "};
    if (slice_starts_with(line, SLICE("remote: "))) {
        line = slice_from(line, 8);
    }
    const bool moves = slice_find(line, SLICE("% (")) != SLICE_NOT_FOUND || slice_ends_with(line, SLICE(", done."));
    return (moves && any_of(line, counted, ARRAY_COUNT(counted))) || slice_starts_with(line, SLICE("Total ")) ||
           slice_starts_with(line, SLICE("Delta compression using "));
}

/* A carriage return begins a line anew. */
static void drop_progress(struct str *errors)
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

/* Runs git. A silence that lasted too long is an outcome; that git cannot be run, or that the user stopped it, is an
 * error. */
static int run(struct exchange *exchange, const char *const *arguments, struct process_result *ran, struct error *error)
{
    const struct transport *transport = exchange->transport;
    const struct program program = {.mode = transport->mode,
                                    .silence_ms = transport->silence_ms,
                                    .cancelled = transport->cancelled,
                                    .context = transport->context};
    struct error own = ERROR_INIT;
    if (program_git(exchange->repo, &program, arguments, ran, &own) == 0) {
        drop_progress(&ran->errors);
        return 0;
    }
    if (own.kind == ERROR_INTERRUPTED || !process_available("git")) {
        return error_set(error, own.kind, "%s", own.text);
    }
    ran->exit_code = 128;
    str_reset(&ran->errors);
    str_append_text(&ran->errors, own.text);
    if (slice_find(str_slice(&ran->errors), SLICE("said nothing")) != SLICE_NOT_FOUND) {
        str_append_text(&ran->errors, " (git config assay.silence sets the limit)");
    }
    return 0;
}

/* --- what the remote has -------------------------------------------------------------------------------------------- */

struct heads {
    struct arena arena;
    struct table *names; /* branch to index */
    struct oid *commits;
    size_t count, capacity;
};

static void heads_init(struct heads *heads)
{
    *heads = (struct heads){.arena = ARENA_INIT, .names = table_new()};
}

static void heads_clear(struct heads *heads)
{
    arena_clear(&heads->arena);
    table_free(heads->names);
    memory_free(heads->commits);
}

/* "<oid> TAB refs/heads/NAME" */
static void parse_heads(struct slice output, struct heads *heads)
{
    struct slice line;
    const struct slice prefix = SLICE("refs/heads/");
    while (slice_cut_line(&output, &line)) {
        struct oid commit;
        const struct slice ref = slice_from(line, OID_HEX_SIZE + 1);
        if (oid_parse(slice_part(line, 0, OID_HEX_SIZE), &commit) && slice_starts_with(ref, prefix) &&
            table_add(heads->names, slice_from(ref, prefix.size), heads->count)) {
            *ARRAY_PUSH(heads->commits, heads->count, heads->capacity) = commit;
        }
    }
}

/* False, with the outcome set, when the remote did not answer. */
static int list_heads(struct exchange *exchange, struct heads *heads, bool *answered, struct error *error)
{
    const char *const arguments[] = {"ls-remote", "--heads", "--quiet", "--", repo_remote(exchange->repo), NULL};
    struct process_result ran;
    process_result_init(&ran);
    const int result = run(exchange, arguments, &ran, error);
    *answered = result == 0 && ran.exit_code == 0;
    if (*answered) {
        parse_heads(str_slice(&ran.output), heads);
    } else if (result == 0) {
        fail(exchange, &ran);
    }
    process_result_clear(&ran);
    return result;
}

static bool head_of(const struct heads *heads, struct slice name, struct oid *commit)
{
    size_t at = 0;
    *commit = (struct oid){{0}};
    if (!table_get(heads->names, name, &at) || at >= heads->count) {
        return false;
    }
    *commit = heads->commits[at];
    return true;
}

/* --- what is here ---------------------------------------------------------------------------------------------------- */

static bool same_here(const struct exchange *exchange, const char *full_name, const char *name, const struct oid *there)
{
    struct str ref = STR_INIT, target = STR_INIT;
    struct oid here = {{0}};
    str_appendf(&ref, "refs/remotes/%s/%s", repo_remote(exchange->repo), name);
    /* refs/remotes/origin/HEAD is no branch of the remote's, and --prune leaves it */
    if (refs_symbolic(exchange->repo, full_name ? full_name : ref.data, &target) ||
        !refs_find(exchange->repo, full_name ? full_name : ref.data, &here)) {
        here = (struct oid){{0}};
    }
    str_clear(&target);
    str_clear(&ref);
    return oid_equal(&here, there);
}

/* Every branch here is as it is there, and none is here that is not there. */
static int all_same(struct exchange *exchange, const struct heads *heads, bool *same, struct error *error)
{
    struct ref_list list;
    struct str prefix = STR_INIT;
    size_t matching = 0;
    refs_list_init(&list);
    str_appendf(&prefix, "refs/remotes/%s/", repo_remote(exchange->repo));
    const int result = refs_list(exchange->repo, prefix.data, &list, error);
    *same = result == 0;
    for (size_t i = 0; i < list.count; i++) {
        struct oid there;
        if (list.refs[i].symbolic.size > 0) {
            continue;
        }
        head_of(heads, slice_from(list.refs[i].name, prefix.size), &there);
        *same = *same && oid_equal(&there, &list.refs[i].commit);
        matching++;
    }
    *same = *same && matching == heads->count;
    str_clear(&prefix);
    refs_list_clear(&list);
    return result;
}

static int branches_same(struct exchange *exchange, const struct heads *heads, const char *const *names, bool *same,
                         struct error *error)
{
    if (!names) {
        return all_same(exchange, heads, same, error);
    }
    *same = true;
    for (; *names; names++) {
        struct oid there;
        head_of(heads, slice_of(*names), &there);
        *same = *same && same_here(exchange, NULL, *names, &there);
    }
    return 0;
}

/* --- fetch ----------------------------------------------------------------------------------------------------------- */

/* Runs one fetch; *code is its exit code, and the outcome is set when it failed. */
static int fetch(struct exchange *exchange, const char *prune, const char *refspec, int *code, struct error *error)
{
    const char *const arguments[] = {"fetch",
                                     "--progress", /* whoever works says so: silence is a remote that hangs */
                                     "--no-tags",
                                     "--no-recurse-submodules",
                                     "--no-write-fetch-head",
                                     "--no-auto-maintenance",
                                     prune,
                                     "--refmap=",
                                     "--",
                                     repo_remote(exchange->repo),
                                     refspec,
                                     NULL};
    struct process_result ran;
    process_result_init(&ran);
    const int result = run(exchange, arguments, &ran, error);
    *code = ran.exit_code;
    if (result == 0 && ran.exit_code != 0) {
        const bool rewound = slice_find(str_slice(&ran.errors), SLICE("non-fast-forward")) != SLICE_NOT_FOUND;
        if (rewound) {
            set_outcome(exchange, TRANSPORT_REWOUND, str_slice(&ran.errors));
        } else {
            fail(exchange, &ran);
        }
    }
    process_result_clear(&ran);
    return result;
}

/* Rewritten branches are followed and deleted ones dropped. */
static int fetch_branches(struct exchange *exchange, int *code, struct error *error)
{
    struct str refspec = STR_INIT;
    str_appendf(&refspec, "+refs/heads/*:refs/remotes/%s/*", repo_remote(exchange->repo));
    const int result = fetch(exchange, "--prune", refspec.data, code, error);
    str_clear(&refspec);
    return result;
}

/* Without a plus: git refuses a log that lost commits. */
static int fetch_log(struct exchange *exchange, int *code, struct error *error)
{
    struct str refspec = STR_INIT;
    str_appendf(&refspec, "refs/heads/%s:%s", exchange->log, OUTBOX_TRACKED_REF);
    const int result = fetch(exchange, "--no-prune", refspec.data, code, error);
    str_clear(&refspec);
    return result;
}

/* A log that is not there while it was here before is as bad as a rewound one. */
static int bring_log(struct exchange *exchange, const struct heads *heads, bool *same, int *code, struct error *error)
{
    struct oid there, here;
    const bool exists = head_of(heads, slice_of(exchange->log), &there);
    *same = true;
    *code = 0;
    if (!exists && refs_find(exchange->repo, OUTBOX_TRACKED_REF, &here)) {
        set_outcome(exchange, TRANSPORT_REWOUND, SLICE("the log is not at the remote any more"));
        *code = 1;
        return 0;
    }
    if (!exists || same_here(exchange, OUTBOX_TRACKED_REF, "", &there)) {
        return 0;
    }
    *same = false;
    return fetch_log(exchange, code, error);
}

/* One round: compares, and fetches what differs. *same: nothing did. *code: not 0 when the outcome is set already. */
static int round_trip(struct exchange *exchange, const char *const *names, bool *same, int *code, struct error *error)
{
    struct heads heads;
    bool answered = false, log_same = false;
    heads_init(&heads);
    *code = 1;
    int result = list_heads(exchange, &heads, &answered, error);
    if (result == 0 && answered) {
        result = bring_log(exchange, &heads, &log_same, code, error);
    }
    if (result == 0 && answered && *code == 0) {
        result = branches_same(exchange, &heads, names, same, error);
        if (result == 0 && !*same) {
            result = fetch_branches(exchange, code, error);
        }
        *same = *same && log_same;
    }
    heads_clear(&heads);
    return result;
}

int transport_fetch(struct repo *repo, const struct transport *transport, const char *log, const char *const *names,
                    struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    if (!repo_remote(repo)) {
        result->outcome = TRANSPORT_NO_REMOTE;
        return 0;
    }
    for (int try = 0; try < FETCH_TRIES; try++) {
        bool same = false;
        int code = 0;
        if (round_trip(&exchange, names, &same, &code, error) != 0) {
            return -1;
        }
        if (code != 0) {
            return 0;
        }
        if (same) {
            set_outcome(&exchange, TRANSPORT_DONE, SLICE(""));
            return 0;
        }
    }
    set_outcome(&exchange, TRANSPORT_BUSY, SLICE("the remote changes all the time"));
    return 0;
}

int transport_fetch_log(struct repo *repo, const struct transport *transport, const char *log,
                        struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    int code = 0;
    if (!repo_remote(repo)) {
        result->outcome = TRANSPORT_NO_REMOTE;
        return 0;
    }
    if (fetch_log(&exchange, &code, error) != 0) {
        return -1;
    }
    if (code == 0 || slice_find(str_slice(&result->words), SLICE("couldn't find remote ref")) != SLICE_NOT_FOUND) {
        set_outcome(&exchange, TRANSPORT_DONE, SLICE(""));
    }
    return 0;
}

/* --- push ------------------------------------------------------------------------------------------------------------ */

enum push_answer { PUSH_SENT, PUSH_LOST, PUSH_FAILED };

/* Reasons of a server that say only that somebody else was faster (builtin/receive-pack.c, transport.c). */
static const char *const lost_words[] = {
    "non-fast-forward", "fetch first",    "cannot lock ref",          "failed to update",
    "stale info",       "failed to lock", "reference already exists", "incorrect old value provided"};

/* The server's own lines and the reason that --porcelain gives: "!<TAB>from:to<TAB>[remote rejected] (reason)". */
static void collect_words(const struct process_result *ran, struct str *words)
{
    struct slice output = str_slice(&ran->output), errors = str_slice(&ran->errors), line;
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
    return slice_starts_with(output, SLICE("Done\n")) || slice_find(output, SLICE("\nDone\n")) != SLICE_NOT_FOUND;
}

static enum push_answer judge_push(struct exchange *exchange, const struct process_result *ran)
{
    const struct slice output = str_slice(&ran->output);
    if (ran->exit_code == 0 && says_done(output)) {
        return PUSH_SENT;
    }
    struct str words = STR_INIT;
    enum push_answer answer = PUSH_FAILED;
    const bool rejected = slice_starts_with(output, SLICE("!")) || slice_find(output, SLICE("\n!")) != SLICE_NOT_FOUND;
    collect_words(ran, &words);
    if (rejected && any_of(str_slice(&words), lost_words, ARRAY_COUNT(lost_words))) {
        answer = PUSH_LOST;
        set_outcome(exchange, TRANSPORT_BUSY, str_slice(&words));
    } else if (rejected) {
        set_outcome(exchange, TRANSPORT_DECLINED, str_slice(&words));
    } else {
        fail(exchange, ran);
    }
    str_clear(&words);
    return answer;
}

static int push(struct exchange *exchange, const struct oid *commit, const char *branch, enum push_answer *answer,
                struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    struct str refspec = STR_INIT;
    struct process_result ran;
    oid_format(commit, hex);
    str_appendf(&refspec, "%s:refs/heads/%s", hex, branch);
    const char *const arguments[] = {"push",
                                     "--porcelain",
                                     "--progress",
                                     "--no-follow-tags",
                                     "--no-verify",
                                     "--no-force-with-lease",
                                     "--recurse-submodules=no",
                                     "--",
                                     repo_remote(exchange->repo),
                                     refspec.data,
                                     NULL};
    process_result_init(&ran);
    exchange->result->attempts++;
    const int64_t begin = env_monotonic_us();
    const int result = run(exchange, arguments, &ran, error);
    exchange->push_us = env_monotonic_us() - begin;
    if (result == 0) {
        *answer = judge_push(exchange, &ran);
    }
    process_result_clear(&ran);
    str_clear(&refspec);
    return result;
}

/* Waits at random, longer after each loss, so that many writers do not meet again and again. What decides whether they
 * meet is how long a push takes: over ssh ten times as long as to a folder. */
static void wait_a_while(int lost, int64_t push_us)
{
    enum { FIRST_MS = 50, LONGEST_MS = 5000 };
    uint32_t random = 0;
    int64_t most = push_us / 1000 > FIRST_MS ? push_us / 1000 : FIRST_MS;
    most <<= lost < 6 ? lost : 6;
    env_random(&random, sizeof random);
    const long ms = (long)(random % (most < LONGEST_MS ? most : LONGEST_MS));
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* Brings the log and nothing else, with one call: the sooner the next push comes, the less often it is lost. */
static int refresh_log(struct exchange *exchange, bool *ready, struct error *error)
{
    int code = 0;
    const int result = fetch_log(exchange, &code, error);
    *ready = code == 0;
    return result;
}

/* One try: put what waits on the tip, push, note it. *done: there is nothing more to try. */
static int push_once(struct exchange *exchange, bool *done, struct error *error)
{
    struct oid tip;
    size_t count = 0;
    enum push_answer answer = PUSH_FAILED;
    if (outbox_rebuild(exchange->repo, exchange->log, exchange->transport->mode, &tip, &count, error) != 0) {
        return -1;
    }
    *done = true;
    if (oid_is_none(&tip)) {
        set_outcome(exchange, TRANSPORT_DONE, SLICE(""));
        return 0;
    }
    if (push(exchange, &tip, exchange->log, &answer, error) != 0) {
        return -1;
    }
    if (answer == PUSH_SENT) {
        set_outcome(exchange, TRANSPORT_DONE, SLICE(""));
        exchange->result->sent += count;
        return outbox_mark_sent(exchange->repo, &tip, error);
    }
    *done = answer != PUSH_LOST;
    return 0;
}

int transport_push_log(struct repo *repo, const struct transport *transport, const char *log,
                       struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .log = log, .result = result};
    result->attempts = 0;
    result->sent = 0;
    if (!repo_remote(repo)) {
        result->outcome = TRANSPORT_NO_REMOTE;
        return 0;
    }
    bool done = false, ready = true;
    for (int lost = 0; !done && ready && lost < PUSH_TRIES; lost++) {
        if (lost > 0) {
            wait_a_while(lost - 1, exchange.push_us);
        }
        /* The first try goes without looking: as a rule nobody else wrote. */
        if (lost > 0 && refresh_log(&exchange, &ready, error) != 0) {
            return -1;
        }
        if (ready && push_once(&exchange, &done, error) != 0) {
            return -1;
        }
    }
    return 0;
}

int transport_push_branch(struct repo *repo, const struct transport *transport, const struct oid *commit,
                          const char *branch, struct transport_result *result, struct error *error)
{
    struct exchange exchange = {.repo = repo, .transport = transport, .result = result};
    enum push_answer answer = PUSH_FAILED;
    result->attempts = 0;
    if (!repo_remote(repo)) {
        result->outcome = TRANSPORT_NO_REMOTE;
        return 0;
    }
    if (push(&exchange, commit, branch, &answer, error) != 0) {
        return -1;
    }
    if (answer == PUSH_SENT) {
        set_outcome(&exchange, TRANSPORT_DONE, SLICE(""));
        result->sent = 1;
    }
    return 0;
}
