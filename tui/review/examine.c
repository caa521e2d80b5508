#include "assay/review/examine.h"

#include "assay/base/env.h"
#include "assay/base/jobs.h"
#include "assay/base/memory.h"
#include "assay/git/objects.h"
#include "assay/trust/sshsig.h"

enum { WORKERS = 2, PARTS = 16, PART_MIN = EXAMINE_ALONE / 2 };

/* A part of the items, in one worker's hands while it works. */
struct part {
    const struct examination *examination;
    struct examine_tools tools;
    struct arena *arena;
    struct examined *results; /* of the whole examination */
    size_t first, end;
    int result;
    struct error error;
};

/* ---- one record ---- */

/* What is opened here proves itself, by the name that its path gives or by its signature: git's own hash need not be
 * computed again. */
static int open_blob(const struct part *part, const struct oid *blob, size_t limit, struct object *object,
                     struct error *error)
{
    return objects_open(part->tools.repo, blob, OBJECT_BLOB, limit, object, error);
}

/* The bytes that have the name that the path gives, and nothing else, are the record. */
static int open_named(const struct part *part, const struct oid *blob, const struct digest *name, struct object *object,
                      struct error *error)
{
    struct digest digest;
    if (open_blob(part, blob, RECORD_SIZE_MAX, object, error) < 0)
        return -1;
    digest_of(object->bytes, &digest);
    if (digest_equal(&digest, name))
        return 0;
    objects_close(object);
    /* Whether git has other bytes than it says is asked only here: it tells a foreign file from a damaged repository. */
    struct str bytes = STR_INIT;
    int result = objects_read_blob(part->tools.repo, blob, RECORD_SIZE_MAX, &bytes, error);
    str_clear(&bytes);
    return result < 0 ? -1 : error_set(error, ERROR_INPUT, "its name is not the SHA-256 of its bytes");
}

/* A file that cannot be read may be a rejection: nothing is judged without it. */
static bool is_unreadable(struct part *part, const struct error *cause)
{
    if (!error_is_set(cause) || cause->kind == ERROR_INPUT)
        return false;
    if (part->result == 0)
        part->result = error_set(&part->error, cause->kind, "A record cannot be read: %s", cause->text);
    return true;
}

/* object: the record's bytes, to be closed; empty when there are none. */
static void decode(struct part *part, const struct examine_item *item, struct object *object, struct examined *out)
{
    const struct examine_blob *blobs = part->examination->blobs;
    struct error error = ERROR_INIT;
    out->decoded = RECORD_MALFORMED;
    for (size_t at = item->records; at > 0; at = blobs[at - 1].next) {
        error_clear(&error);
        if (open_named(part, &blobs[at - 1].oid, &item->name, object, &error) == 0) {
            out->blob = blobs[at - 1].oid;
            out->decoded = record_decode(object->bytes, &out->record, &error);
            break;
        }
        if (is_unreadable(part, &error))
            return;
    }
    if (error_is_set(&error))
        out->detail = arena_printf(part->arena, "%s", error.text);
}

static struct slice describe_window(const struct part *part, const struct signer *signer, int64_t sealed_at)
{
    int64_t now = sealed_at == SIGNERS_NOT_SEALED ? part->examination->now : sealed_at;
    bool early = signer->valid_after != SIGNERS_ALWAYS && now < signer->valid_after;
    int64_t edge = early ? signer->valid_after : signer->valid_before;
    char time[21];
    if (edge == SIGNERS_ALWAYS || edge == SIGNERS_FOREVER)
        return SLICE("");
    env_format_utc(edge, time);
    return arena_printf(part->arena, early ? "it is valid from %.10s on" : "it was valid until %.10s", time);
}

static struct slice describe_revocation(const struct part *part, const struct signer *signer, const char *kind)
{
    const struct revocations *revocations = part->examination->revocations;
    int64_t since = revocations && signer ? revocations_since(revocations, sshkey_blob(signer->key)) : SEALING_NEVER;
    char time[21];
    if (since == SEALING_NEVER)
        return arena_printf(part->arena, WORKSPACE_REVOKED_PATH " lists it as %s", kind);
    env_format_utc(since, time);
    return arena_printf(part->arena, WORKSPACE_REVOKED_PATH " lists it as %s, on the target since %.10s", kind, time);
}

/* More than the reason's own words say. */
static struct slice describe(const struct part *part, enum gate_signature signature, const struct signer *signer,
                             const struct examined *examined, int64_t sealed_at)
{
    struct slice claimed = examined->decoded == RECORD_OK ? examined->record.reviewer.principal : SLICE("");
    if (signature == GATE_SIGNATURE_EXPIRED)
        return describe_window(part, signer, sealed_at);
    if (signature == GATE_SIGNATURE_RETIRED)
        return describe_revocation(part, signer, "retired");
    if (signature == GATE_SIGNATURE_COMPROMISED)
        return describe_revocation(part, signer, "compromised");
    if (signature != GATE_SIGNATURE_UNKNOWN || claimed.size == 0)
        return SLICE("");
    if (!signer)
        return arena_printf(part->arena, "the record claims to be %.*s's; the key is nobody's", SLICE_ARG(claimed));
    return arena_printf(part->arena, "the record claims to be %.*s's; the key is %.*s's", SLICE_ARG(claimed),
                        SLICE_ARG(signer->principal));
}

/* What came to the target after its key was revoked, or together with that, is as if it had not come. */
static int64_t sealed_in_time(const struct part *part, struct slice key_blob, int64_t sealed_at)
{
    const struct revocations *revocations = part->examination->revocations;
    const struct signer *signer = signers_find(part->tools.signers, key_blob);
    if (!revocations || (signer && signer->revocation == SIGNERS_NOT_REVOKED))
        return sealed_at;
    int64_t since = revocations_since(revocations, key_blob);
    return since != SEALING_NEVER && sealed_at >= since ? SIGNERS_NOT_SEALED : sealed_at;
}

static enum gate_signature judge(const struct part *part, const struct sshsig *signature,
                                 const struct examined *examined, int64_t sealed_at, const struct signer **signer_out,
                                 struct slice *principal)
{
    const struct signer *signer = NULL;
    enum signers_judgement judgement =
        signers_judge(part->tools.signers, signature->public_key, RECORD_NAMESPACE, part->examination->now,
                      sealed_in_time(part, signature->public_key, sealed_at), &signer);
    *signer_out = signer;
    if (!signer)
        return GATE_SIGNATURE_UNKNOWN;
    *principal = signer->principal;
    if (examined->decoded == RECORD_OK && !slice_equal(examined->record.reviewer.principal, signer->principal))
        return GATE_SIGNATURE_UNKNOWN;
    switch (judgement) {
    case SIGNERS_GOOD:
        return GATE_SIGNATURE_GOOD;
    case SIGNERS_EXPIRED_KEY:
        return GATE_SIGNATURE_EXPIRED;
    case SIGNERS_REVOKED_RETIRED:
        return GATE_SIGNATURE_RETIRED;
    case SIGNERS_REVOKED_COMPROMISED:
        return GATE_SIGNATURE_COMPROMISED;
    case SIGNERS_WRONG_NAMESPACE:
        return GATE_SIGNATURE_NAMESPACE;
    case SIGNERS_UNKNOWN_SIGNER:
        break;
    }
    return GATE_SIGNATURE_UNKNOWN;
}

/* Made for another purpose: it counts for nothing, and who made it is told where it signs these bytes. */
static void name_signer(const struct part *part, const struct sshsig *signature, const struct signer *signer,
                        struct slice bytes, struct slice *principal, struct slice *detail)
{
    const struct sshsig_options options = {.key = signer ? signer->key : NULL};
    struct slice purpose = arena_copy(part->arena, signature->namespace_name);
    if (!signer || sshsig_verify(signature, bytes, purpose.data, &options) != SSHSIG_GOOD)
        return;
    *principal = signer->principal;
    *detail = arena_printf(part->arena, "it was made for “%.*s”", SLICE_ARG(purpose));
}

/* What one armor says about the record; *detail gets a sentence where it is not good. */
static enum gate_signature verify_armor(const struct part *part, const struct examined *examined, struct slice bytes,
                                        struct slice armor, int64_t sealed_at, struct slice *principal,
                                        struct slice *detail)
{
    struct error error = ERROR_INIT;
    struct sshsig signature = {0};
    enum gate_signature result = GATE_SIGNATURE_BAD;
    if (sshsig_parse(armor, &signature, &error) < 0) {
        *detail = arena_printf(part->arena, "%s", error.text);
    } else {
        const struct signer *signer = signers_find(part->tools.signers, signature.public_key);
        struct sshsig_options options = {.key = signer ? signer->key : NULL};
        enum sshsig_result checked = sshsig_verify(&signature, bytes, RECORD_NAMESPACE, &options);
        if (checked == SSHSIG_GOOD) {
            result = judge(part, &signature, examined, sealed_at, &signer, principal);
            *detail = describe(part, result, signer, examined, sealed_at);
        } else if (checked == SSHSIG_WRONG_NAMESPACE) {
            result = GATE_SIGNATURE_NAMESPACE;
            name_signer(part, &signature, signer, bytes, principal, detail);
        } else {
            *detail = arena_printf(part->arena, "%s", sshsig_result_name(checked));
        }
    }
    sshsig_clear(&signature);
    return result;
}

/* A record counts as sealed when it and this signature lie on the target; a copy elsewhere is judged today. */
static int64_t sealed_time(int64_t record, int64_t signature)
{
    if (record == SIGNERS_NOT_SEALED || signature == SIGNERS_NOT_SEALED)
        return SIGNERS_NOT_SEALED;
    return signature > record ? signature : record;
}

static int64_t record_sealed_at(const struct part *part, const struct examine_item *item)
{
    const struct examine_blob *blobs = part->examination->blobs;
    int64_t sealed_at = SIGNERS_NOT_SEALED;
    for (size_t at = item->records; at > 0; at = blobs[at - 1].next)
        if (blobs[at - 1].sealed_at != SIGNERS_NOT_SEALED)
            sealed_at = blobs[at - 1].sealed_at;
    return sealed_at;
}

static void verify(struct part *part, const struct examine_item *item, struct slice bytes, struct examined *out)
{
    const struct examine_blob *blobs = part->examination->blobs;
    int64_t sealed_at = record_sealed_at(part, item);
    for (size_t at = item->signatures; at > 0; at = blobs[at - 1].next) {
        struct error error = ERROR_INIT;
        struct slice principal = {0}, detail = {0};
        enum gate_signature signature = GATE_SIGNATURE_BAD;
        struct object armor = {.handle = NULL};
        if (open_blob(part, &blobs[at - 1].oid, SSHSIG_ARMOR_MAX, &armor, &error) < 0 && is_unreadable(part, &error))
            return;
        if (error_is_set(&error))
            detail = arena_printf(part->arena, "%s", error.text);
        else
            signature = verify_armor(part, out, bytes, armor.bytes, sealed_time(sealed_at, blobs[at - 1].sealed_at),
                                     &principal, &detail);
        objects_close(&armor);
        if (signature >= out->signature) /* the enumeration runs from the best to the worst */
            continue;
        out->signature = signature;
        out->sealed_at = sealed_time(sealed_at, blobs[at - 1].sealed_at);
        out->principal = arena_copy(part->arena, principal);
        out->signature_blob = blobs[at - 1].oid;
        if (out->decoded == RECORD_OK && (detail.size > 0 || signature == GATE_SIGNATURE_GOOD))
            out->detail = detail;
    }
}

/* ---- what is kept ---- */

static struct digest *copy_digests(struct arena *arena, const struct digest *digests, size_t count)
{
    struct digest *copy = arena_alloc_array(arena, count, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = digests[i];
    return copy;
}

/* A decoded record holds several times its bytes: of ten thousand, only what tells them apart. */
static void keep_header(struct arena *arena, struct record *record)
{
    struct record kept = {.arena = ARENA_INIT,
                          .name = record->name,
                          .repository = arena_copy(arena, record->repository),
                          .target = arena_copy(arena, record->target),
                          .change = arena_copy(arena, record->change),
                          .candidate = record->candidate,
                          .merge_base = record->merge_base,
                          .log = record->log,
                          .module = {.path = arena_copy(arena, record->module.path), .digest = record->module.digest},
                          .evidence = record->evidence,
                          .policy = record->policy,
                          .rubric = record->rubric,
                          .reviewer = {.principal = arena_copy(arena, record->reviewer.principal),
                                       .role = arena_copy(arena, record->reviewer.role)},
                          .verdict = record->verdict,
                          .signed_at = arena_copy(arena, record->signed_at),
                          .seq = record->seq,
                          .prev = copy_digests(arena, record->prev, record->prev_count),
                          .prev_count = record->prev_count,
                          .supersedes = copy_digests(arena, record->supersedes, record->supersedes_count),
                          .supersedes_count = record->supersedes_count};
    record_clear(record);
    *record = kept;
}

/* ---- many ---- */

static void work_off(struct part *part)
{
    for (size_t i = part->first; i < part->end && part->result == 0; i++) {
        const struct examine_item *item = &part->examination->items[i];
        struct examined *out = &part->results[i];
        *out = (struct examined){.signature = GATE_SIGNATURE_NONE, .sealed_at = SIGNERS_NOT_SEALED};
        struct object object = {.handle = NULL};
        decode(part, item, &object, out);
        if (part->examination->depth != EXAMINE_HEADERS && !oid_is_none(&out->blob))
            verify(part, item, object.bytes, out);
        else if (item->signatures > 0) /* of something that is not here */
            out->signature = GATE_SIGNATURE_BAD;
        if (part->examination->depth != EXAMINE_WHOLE)
            keep_header(part->arena, &out->record);
        objects_close(&object);
    }
}

int examine_open_tools(const struct workspace *workspace, enum examine_depth depth, struct examine_tools *tools,
                       struct error *error)
{
    *tools = (struct examine_tools){.repo = NULL};
    if (repo_open(repo_folder(workspace->repo), &tools->repo, error) < 0)
        return -1;
    if (depth == EXAMINE_HEADERS || workspace_read_signers(tools->repo, &workspace->target_tree,
                                                           workspace->target.name.data, &tools->signers, error) == 0)
        return 0;
    examine_close_tools(tools);
    return -1;
}

void examine_close_tools(struct examine_tools *tools)
{
    signers_free(tools->signers);
    repo_close(tools->repo);
    *tools = (struct examine_tools){.repo = NULL};
}

static void work(struct job *job, void *context)
{
    struct part *part = context;
    const struct examination *examination = part->examination;
    (void)job;
    part->result = examine_open_tools(examination->workspace, examination->depth, &part->tools, &part->error);
    if (part->result == 0)
        work_off(part);
    examine_close_tools(&part->tools);
}

static void done(void *context, bool cancelled)
{
    struct part *part = context;
    if (cancelled && part->result == 0)
        part->result = error_set(&part->error, ERROR_INTERRUPTED, "The records were not read to the end.");
}

static int run_parts(struct part *parts, size_t count, struct error *error)
{
    struct jobs *jobs = jobs_new(WORKERS);
    int result = 0;
    if (!jobs)
        return error_set(error, ERROR_ENVIRONMENT, "No worker could be started; too many files are open.");
    for (size_t i = 0; i < count; i++)
        jobs_submit(jobs, "records", work, done, &parts[i]);
    jobs_wait(jobs);
    jobs_free(jobs);
    memory_return();
    for (size_t i = 0; i < count && result == 0; i++)
        if (parts[i].result < 0)
            result = error_set(error, parts[i].error.kind, "%s", parts[i].error.text);
    return result;
}

int examine(const struct examination *examination, struct examine_results *results, struct error *error)
{
    size_t count = examination->count / PART_MIN;
    struct part parts[PARTS];
    int result = 0;
    count = count < 2 ? 1 : count > PARTS ? PARTS : count;
    *results = (struct examine_results){.items = memory_new_array(examination->count, sizeof *results->items),
                                        .arenas = memory_new_array(count, sizeof *results->arenas),
                                        .count = examination->count,
                                        .arena_count = count};
    for (size_t i = 0; i < count; i++) {
        arena_init(&results->arenas[i]);
        parts[i] = (struct part){.examination = examination,
                                 .tools = examination->tools,
                                 .arena = &results->arenas[i],
                                 .results = results->items,
                                 .first = examination->count * i / count,
                                 .end = examination->count * (i + 1) / count};
    }
    if (count == 1) {
        work_off(&parts[0]);
        result = parts[0].result < 0 ? error_set(error, parts[0].error.kind, "%s", parts[0].error.text) : 0;
    } else {
        result = run_parts(parts, count, error);
    }
    if (result < 0)
        examine_clear(results);
    return result;
}

void examine_clear(struct examine_results *results)
{
    for (size_t i = 0; i < results->count; i++)
        record_clear(&results->items[i].record);
    for (size_t i = 0; i < results->arena_count; i++)
        arena_clear(&results->arenas[i]);
    memory_free(results->items);
    memory_free(results->arenas);
    *results = (struct examine_results){0};
}
