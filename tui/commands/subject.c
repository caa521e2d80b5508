#include "assay/commands/subject.h"

#include <unistd.h>

#include "assay/commands/print.h"
#include "assay/data/value.h"
#include "assay/review/sync.h"

int subject_open(const struct command_line *line, struct subject *subject, struct error *error)
{
    *subject = (struct subject){.workspace = NULL};
    changes_init(&subject->changes);
    process_follow_signals();
    if (workspace_open(line->folder, &subject->workspace, error) < 0)
        return -1;
    if (subject->workspace->notes.size > 0)
        print_note("%s", subject->workspace->notes.data);
    subject->cache = cache_new(subject->workspace);
    return 0;
}

static void forget_ledger(struct subject *subject)
{
    if (subject->has_ledger)
        ledger_clear(&subject->ledger);
    subject->has_ledger = false;
}

static void forget_change(struct subject *subject)
{
    forget_ledger(subject);
    if (subject->has_load)
        load_clear(&subject->load);
    subject->has_load = false;
}

void subject_close(struct subject *subject)
{
    forget_change(subject);
    changes_clear(&subject->changes);
    cache_free(subject->cache);
    workspace_close(subject->workspace);
}

int subject_load_change(struct subject *subject, const struct change *change, struct ancestry *ancestry,
                        struct error *error)
{
    forget_change(subject);
    cache_trim(subject->cache);
    if (load_change(subject->workspace, subject->cache, change, &subject->load, error) < 0)
        return -1;
    subject->has_load = true;
    if (!workspace_has_policy(subject->workspace) || error_is_set(&subject->workspace->signers_error))
        return 0;
    return load_authors(subject->workspace, ancestry, &subject->load, error);
}

int subject_load(struct subject *subject, const char *change, struct error *error)
{
    const struct change *found;
    if (load_find(subject->workspace, slice_of(change), &subject->changes, &found, error) < 0)
        return -1;
    return subject_load_change(subject, found, NULL, error);
}

int subject_read_ledger(struct subject *subject, struct error *error)
{
    struct slice change = subject->has_load ? subject->load.change : (struct slice){0};
    const struct oid *candidate = subject->has_load ? &subject->load.commit : NULL;
    forget_ledger(subject);
    subject->has_ledger = ledger_read(subject->workspace, change, candidate, &subject->ledger, error) == 0;
    return subject->has_ledger ? 0 : -1;
}

int subject_read_headers(struct subject *subject, struct error *error)
{
    struct slice change = subject->has_load ? subject->load.change : (struct slice){0};
    const struct oid *candidate = subject->has_load ? &subject->load.commit : NULL;
    forget_ledger(subject);
    subject->has_ledger = ledger_read_headers(subject->workspace, change, candidate, &subject->ledger, error) == 0;
    return subject->has_ledger ? 0 : -1;
}

int subject_read_relevant(struct subject *subject, struct error *error)
{
    forget_ledger(subject);
    subject->has_ledger = ledger_read_relevant(subject->workspace, &subject->load, &subject->ledger, error) == 0;
    return subject->has_ledger ? 0 : -1;
}

int subject_list(struct subject *subject, struct error *error)
{
    struct workspace *workspace = subject->workspace;
    if (changes_list(workspace->repo, &workspace->target, slice_of(workspace_log(workspace)), &subject->changes,
                     error) < 0)
        return -1;
    return changes_trace(workspace->repo, &workspace->target.commit, &subject->changes, NULL, error);
}

enum process_mode subject_mode(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) ? PROCESS_FOREGROUND : PROCESS_BACKGROUND;
}

struct transport subject_transport(const struct workspace *workspace)
{
    return (struct transport){.mode = subject_mode(), .silence_ms = transport_silence_ms(workspace->settings)};
}

int subject_freshen(struct workspace *workspace, struct slice change, bool *rewound, struct error *error)
{
    const struct transport transport = subject_transport(workspace);
    struct error cause = ERROR_INIT;
    if (sync_freshen(workspace, change, &transport, rewound, &cause) == 0)
        return 0;
    const bool not_fresh = slice_starts_with(slice_of(cause.text), SLICE("Not fresh: "));
    return error_set(error, cause.kind, "%s%s", cause.text, not_fresh ? "; --offline uses what is here." : "");
}

struct value subject_digest(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE + 1];
    if (digest_is_none(digest))
        return value_of_null();
    digest_format(digest, text);
    return value_of_text(arena_copy(arena, slice_of(text)));
}

struct value subject_oid(struct arena *arena, const struct oid *oid)
{
    char hex[OID_HEX_SIZE + 1];
    if (oid_is_none(oid))
        return value_of_null();
    oid_format(oid, hex);
    return value_of_text(arena_copy(arena, slice_of(hex)));
}

struct value subject_text(struct slice text)
{
    return text.size ? value_of_text(text) : value_of_null();
}
