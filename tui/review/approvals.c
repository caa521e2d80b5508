#include "assay/review/approvals.h"

#include <stdlib.h>

#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/model/chain.h"

int approvals_read(struct workspace *workspace, struct approvals *approvals, struct error *error)
{
    *approvals = (struct approvals){.workspace = workspace};
    return ledger_read_headers(workspace, (struct slice){0}, NULL, &approvals->ledger, error);
}

void approvals_clear(struct approvals *approvals)
{
    ledger_clear(&approvals->ledger);
    *approvals = (struct approvals){.workspace = NULL};
}

static bool approves(const struct approvals_subject *subject, const struct record *record)
{
    return record->verdict == VERDICT_APPROVE && slice_equal(record->module.path, subject->path) &&
           digest_equal(&record->module.digest, &subject->digest) &&
           digest_equal(&record->evidence.digest, &subject->evidence);
}

static bool is_sealed(const struct approvals *approvals, const struct ledger_record *record)
{
    return (record->places & LEDGER_TARGET) && ledger_reason(approvals->workspace, record) == REASON_NONE;
}

/* The blobs that lie under reviews/ of the commit. */
static int find_blobs(const struct approvals *approvals, const struct oid *commit, struct table *blobs,
                      struct error *error)
{
    struct log reviews;
    log_init(&reviews);
    int result = log_read_reviews(approvals->workspace->repo, commit, (struct slice){0}, &reviews, error);
    for (size_t i = 0; result == 0 && i < reviews.file_count; i++)
        if (reviews.files[i].kind == LOG_RECORD)
            table_add(blobs, oid_slice(&reviews.files[i].blob), 0);
    log_clear(&reviews);
    return result;
}

static int compare_digests(const void *a, const void *b)
{
    return slice_compare(digest_slice(a), digest_slice(b));
}

/* A record counts with what its signer had said by then, so the chain is that of the commit too. */
static void list(const struct approvals *approvals, const struct approvals_subject *subject, const struct table *blobs,
                 struct arena *arena, struct approvals_list *out)
{
    const struct ledger *ledger = &approvals->ledger;
    const struct record **sealed = memory_new_array(ledger->count, sizeof *sealed);
    size_t count = 0;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_sealed(approvals, &ledger->records[i]) && table_has(blobs, oid_slice(&ledger->records[i].blob)))
            sealed[count++] = &ledger->records[i].record;
    struct chain *chain = chain_new(sealed, count);
    out->names = arena_alloc_array(arena, count, sizeof *out->names);
    for (size_t i = 0; i < count; i++)
        if (approves(subject, sealed[i]) && chain_is_newest(chain, i))
            out->names[out->count++] = sealed[i]->name;
    chain_free(chain);
    memory_free(sealed);
    if (out->count > 1)
        qsort(out->names, out->count, sizeof *out->names, compare_digests);
}

int approvals_find(const struct approvals *approvals, const struct approvals_subject *subject, struct arena *arena,
                   struct approvals_list *out, struct error *error)
{
    struct table *blobs = table_new();
    *out = (struct approvals_list){.names = NULL};
    int result = find_blobs(approvals, &subject->commit, blobs, error);
    if (result == 0)
        list(approvals, subject, blobs, arena, out);
    table_free(blobs);
    return result;
}

bool approvals_has(const struct approvals_list *approved, const struct digest *name)
{
    return approved->count > 0 &&
           bsearch(name, approved->names, approved->count, sizeof *approved->names, compare_digests) != NULL;
}

static const struct ledger_record *find_sealed(const struct ledger *ledger, const struct digest *name)
{
    for (size_t i = 0; i < ledger->count; i++)
        if ((ledger->records[i].places & LEDGER_TARGET) && digest_equal(&ledger->records[i].name, name))
            return &ledger->records[i];
    return NULL;
}

enum reason approvals_refusal(const struct approvals *approvals, const struct approvals_subject *subject,
                              const struct digest *name, struct arena *arena, struct slice *detail)
{
    const struct ledger_record *record = find_sealed(&approvals->ledger, name);
    enum reason reason = record ? ledger_reason(approvals->workspace, record) : REASON_MISSING_SIGN_OFF;
    struct slice why;
    char text[DIGEST_TEXT_SIZE + 1];
    if (!record) {
        why = arena_printf(arena, "is not sealed on %s", approvals->workspace->target.name.data);
    } else if (reason != REASON_NONE) {
        why = arena_printf(arena, "does not count: %s%s%.*s", reason_words(reason), record->detail.size ? ", " : "",
                           SLICE_ARG(record->detail));
    } else if (!approves(subject, &record->record)) {
        reason = REASON_STALE_MODULE;
        why = SLICE("is no approval of this content");
    } else {
        reason = REASON_SUPERSEDED;
        why = SLICE("did not stand at its commit: it was sealed later, or its signer had replaced it");
    }
    digest_format(name, text);
    *detail = arena_printf(arena, "the record %s, which it names, %.*s", text, SLICE_ARG(why));
    return reason;
}
