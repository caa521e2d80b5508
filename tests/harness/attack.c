#include "harness/attack.h"

#include "assay/data/json.h"
#include "assay/git/log.h"
#include "assay/git/outbox.h"
#include "harness/keygen.h"
#include "harness/test.h"

#define NAMESPACE "review.v1@assay"

int attack_setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    content_clone(*state, ATTACK_SIGNER);
    return 0;
}

/* ---- records in hand ---- */

static struct slice read_object(struct fixture *f, const char *folder, const char *name)
{
    if (fixture_git(f, folder, "cat-file", "blob", name, NULL) != 0)
        fail_msg("%s: %s", name, f->result.errors.data);
    return arena_copy(&f->arena, str_slice(&f->result.output));
}

static const char *encoded(struct fixture *f, const char *change)
{
    struct str name = STR_INIT;
    log_encode_change(slice_of(change), &name);
    return keygen_keep(f, &name).data;
}

enum { WORDS_MAX = 16 };

struct attack_record attack_take(struct fixture *f, const char *person, const char *change, const char *module,
                                 const char *role, const char *verdict, ...)
{
    const char *words[WORDS_MAX + 1] = {"--offline"};
    size_t count = 1;
    va_list more;
    va_start(more, verdict);
    while (count < WORDS_MAX && (words[count] = va_arg(more, const char *)) != NULL)
        count++;
    va_end(more);
    fixture_git(f, ATTACK_SIGNER, "fetch", "-q", NULL);
    struct attack_record record = {.name = review_signed(f, ATTACK_SIGNER, person, change, module, role, verdict,
                                                         words[0], words[1], words[2], words[3], words[4], NULL)};
    const char *path = fixture_text(f, "%s:r/%s/%s.json", OUTBOX_PENDING_REF, encoded(f, change), record.name);
    record.bytes = read_object(f, ATTACK_SIGNER, path);
    record.armor = read_object(f, ATTACK_SIGNER, fixture_text(f, "%s.sig", path));
    return record;
}

struct attack_record attack_take_legal(struct fixture *f, const char *verdict)
{
    return attack_take(f, "lena", ATTACK_CHANGE, "assistant", "legal", verdict, "--comment", "Because.", NULL);
}

void attack_all_but_legal(struct fixture *f)
{
    review_signed(f, ATTACK_JUDGE, "ana", ATTACK_CHANGE, "assistant", "content-owner", "approve", NULL);
}

struct slice attack_bend(struct fixture *f, struct slice bytes, const char *from, const char *to)
{
    struct str bent = STR_INIT;
    size_t at = slice_find(bytes, slice_of(from));
    if (at == SLICE_NOT_FOUND)
        fail_msg("there is no %s in %.*s", from, SLICE_ARG(bytes));
    str_append(&bent, slice_part(bytes, 0, at));
    str_append_text(&bent, to);
    str_append(&bent, slice_from(bytes, at + strlen(from)));
    return keygen_keep(f, &bent);
}

struct attack_record attack_sign(struct fixture *f, const char *person, struct slice bytes)
{
    return (struct attack_record){
        .name = fixture_sha256(f, bytes) + strlen("sha256:"),
        .bytes = bytes,
        .armor = keygen_sign(f, fixture_path(f, fixture_text(f, "keys/%s", person)), NAMESPACE, bytes, NULL)};
}

/* ---- putting things where they do not belong ---- */

static void commit(struct fixture *f, const char *branch, const char *author, const struct fixture_file *files,
                   size_t count)
{
    const char *ref = fixture_text(f, "refs/heads/%s", branch);
    bool is_there = fixture_git(f, CONTENT_ORIGIN, "rev-parse", "-q", "--verify", ref, NULL) == 0;
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){
            .branch = branch, .from = is_there ? NULL : "", .author = author, .files = files, .file_count = count});
}

void attack_put(struct fixture *f, const char *branch, const char *folder, const struct attack_record *records,
                size_t count)
{
    struct fixture_file *files = arena_alloc_array(&f->arena, 2 * count, sizeof *files);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const char *path = fixture_text(f, "%s/%s.json", folder, records[i].name);
        files[used++] = (struct fixture_file){path, records[i].bytes};
        if (records[i].armor.data)
            files[used++] = (struct fixture_file){fixture_text(f, "%s.sig", path), records[i].armor};
    }
    commit(f, branch, NULL, files, used);
}

void attack_log(struct fixture *f, const char *change, const struct attack_record *record)
{
    attack_put(f, "assay/log", fixture_text(f, "r/%s", encoded(f, change)), record, 1);
}

void attack_commit(struct fixture *f, const char *branch, const char *author, const char *path, const char *bytes)
{
    commit(f, branch, author, &(struct fixture_file){path, slice_of(bytes)}, 1);
}

void attack_push_main(struct fixture *f, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", "maintainer", NULL);
    content_clone(f, "maintainer");
    const char *script = fixture_text(f, "set -e; %s; git push -q origin main", commands);
    if (fixture_run(f, "maintainer", "sh", "-c", script, NULL) != 0)
        fail_msg("%s: %s", script, f->result.errors.data);
}

void attack_policy(struct fixture *f, const char *from, const char *to)
{
    attack_commit(f, "main", NULL, "policies/review.yaml", attack_bend(f, slice_of(content_policy), from, to).data);
}

void attack_signers(struct fixture *f, const char *lines)
{
    attack_commit(f, "main", NULL, "policies/allowed_signers", lines);
}

/* ---- what was said ---- */

static bool load(struct fixture *f, struct document *document)
{
    struct error error = ERROR_INIT;
    if (json_load(str_slice(&f->result.output), SLICE("output"), 1 << 28, 32, document, &error) == 0)
        return true;
    fail_msg("%s\n%s\n%s", error.text, f->result.output.data, f->result.errors.data);
    return false;
}

void attack_gate(struct fixture *f, const char *change, const char *result)
{
    struct document document;
    int code = fixture_assay(f, ATTACK_JUDGE, "gate", change, "--json", NULL);
    if (code > 1)
        fail_msg("gate ended with %d: %s", code, f->result.errors.data);
    assert_true(load(f, &document));
    struct slice said = value_text(value_get(document.root, "result"));
    if (!slice_is(said, result) || code != (slice_is(said, "pass") ? 0 : 1))
        fail_msg("the gate says %.*s (exit %d), expected %s:\n%s", SLICE_ARG(said), code, result,
                 f->result.output.data);
    document_clear(&document);
}

/* Address space in KiB and seconds; the sanitizers take terabytes of it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMITED "exec timeout 100 \"$@\""
#else
#define LIMITED "ulimit -v 450000; exec timeout 60 \"$@\""
#endif

int attack_limited(struct fixture *f, const char *command, const char *change)
{
    return fixture_run(f, ATTACK_JUDGE, "sh", "-c", LIMITED, "sh", ASSAY_BINARY, command, "--json", change, NULL);
}

void attack_refused(struct fixture *f, const char *change, const char *named)
{
    int code = attack_limited(f, "gate", change);
    bool told = review_says(f, named) || strstr(f->result.errors.data, named);
    if ((code != 1 && code != 3) || !told)
        fail_msg("%s: gate ended with %d and does not say “%s”:\n%s\n%s", change, code, named, f->result.output.data,
                 f->result.errors.data);
    code = attack_limited(f, "show", change);
    if (code > 4)
        fail_msg("%s: show ended with %d", change, code);
    if (attack_limited(f, "queue", NULL) != 0)
        fail_msg("%s: queue: %s", change, f->result.errors.data);
    review_said(f, "\"change\": \"" ATTACK_CHANGE "\"");
}

static bool list_blocks(const struct value *list, const char *reason)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (slice_is(value_text(value_get(value_at(list, i), "reason")), reason))
            return true;
    return false;
}

bool attack_blocks(struct fixture *f, const char *reason)
{
    struct document document;
    assert_true(load(f, &document));
    bool blocks = list_blocks(value_get(document.root, "blocking"), reason);
    const struct value *modules = value_get(document.root, "modules");
    for (size_t i = 0; !blocks && i < value_count(modules); i++)
        blocks = list_blocks(value_get(value_at(modules, i), "blocking"), reason);
    document_clear(&document);
    return blocks;
}

static bool is_record(const struct value *value, const char *record)
{
    return slice_is(slice_from(value_text(value), strlen("sha256:")), record);
}

bool attack_counts(struct fixture *f, const char *record)
{
    struct document document;
    bool counts = false;
    assert_true(load(f, &document));
    const struct value *counted = value_get(value_get(document.root, "records"), "counted");
    for (size_t i = 0; !counts && i < value_count(counted); i++)
        counts = is_record(value_at(counted, i), record);
    document_clear(&document);
    return counts;
}

/* "records" is a map of lists in what gate prints and the list itself in what verify prints. */
static const struct value *judged_list(const struct document *document)
{
    const struct value *records = value_get(document->root, "records");
    return value_is_list(records) ? records : value_get(records, "ignored");
}

const char *attack_ignored(struct fixture *f, const char *record)
{
    struct document document;
    const char *found = NULL;
    assert_true(load(f, &document));
    const struct value *list = judged_list(&document);
    const char *key = list == value_get(document.root, "records") ? "result" : "reason";
    for (size_t i = 0; !found && i < value_count(list); i++)
        if (is_record(value_get(value_at(list, i), "record"), record))
            found = fixture_text(f, "%.*s", SLICE_ARG(value_text(value_get(value_at(list, i), key))));
    document_clear(&document);
    return found;
}

size_t attack_ignored_count(struct fixture *f)
{
    struct document document;
    assert_true(load(f, &document));
    size_t count = value_count(judged_list(&document));
    document_clear(&document);
    return count;
}
