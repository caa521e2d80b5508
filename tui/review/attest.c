#include "assay/review/attest.h"

#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/trust/sshwire.h"

static struct value base64(struct arena *arena, struct slice bytes)
{
    struct str text = STR_INIT;
    sshwire_base64_encode(bytes, true, &text);
    struct slice kept = arena_copy(arena, str_slice(&text));
    str_clear(&text);
    return value_of_text(kept);
}

static struct value *new_subject(struct arena *arena, const struct record *record)
{
    struct value *subjects = value_new_list(arena), *subject = value_new_map(arena), *digests = value_new_map(arena);
    char hex[64 + 1];
    digest_format_hex(&record->module.digest, hex);
    struct value digest = value_of_text(arena_copy(arena, slice_of(hex)));
    value_set(arena, digests, "dirHash", digest);
    value_set(arena, digests, "sha256", digest);
    value_set(arena, subject, "name", value_of_text(record->module.path));
    value_set(arena, subject, "digest", *digests);
    value_add(arena, subjects, *subject);
    return subjects;
}

static struct value *new_predicate(struct arena *arena, const struct ledger_record *record, struct slice bytes,
                                   struct slice armor)
{
    struct value *predicate = value_new_map(arena);
    char name[DIGEST_TEXT_SIZE + 1];
    digest_format(&record->name, name);
    value_set(arena, predicate, "name", value_of_text(arena_copy(arena, slice_of(name))));
    value_set(arena, predicate, "principal", value_of_text(record->principal));
    value_set(arena, predicate, "role", value_of_text(record->record.reviewer.role));
    value_set(arena, predicate, "verdict", value_of_text(slice_of(record_verdict_name(record->record.verdict))));
    value_set(arena, predicate, "change", value_of_text(record->record.change));
    value_set(arena, predicate, "repository", value_of_text(record->record.repository));
    value_set(arena, predicate, "target", value_of_text(record->record.target));
    value_set(arena, predicate, "namespace", value_of_text(SLICE(RECORD_NAMESPACE)));
    value_set(arena, predicate, "record", base64(arena, bytes));
    value_set(arena, predicate, "signature", value_of_text(armor));
    return predicate;
}

void attest_statement(const struct ledger_record *record, struct slice bytes, struct slice armor, struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct value *statement = value_new_map(&arena);
    value_set(&arena, statement, "_type", value_of_text(SLICE(ATTEST_STATEMENT_TYPE)));
    value_set(&arena, statement, "subject", *new_subject(&arena, &record->record));
    value_set(&arena, statement, "predicateType", value_of_text(SLICE(ATTEST_PREDICATE_TYPE)));
    value_set(&arena, statement, "predicate", *new_predicate(&arena, record, bytes, armor));
    json_encode(statement, JSON_CANONICAL, out);
    arena_clear(&arena);
}

void attest_encoding(struct slice payload, struct str *out)
{
    str_appendf(out, "DSSEv1 %zu %s %zu ", sizeof ATTEST_PAYLOAD_TYPE - 1, ATTEST_PAYLOAD_TYPE, payload.size);
    str_append(out, payload);
}

static void encode_envelope(const struct keys *keys, struct slice payload, struct slice signature, struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct str fingerprint = STR_INIT;
    struct value *envelope = value_new_map(&arena), *signatures = value_new_list(&arena), *one = value_new_map(&arena);
    sshkey_fingerprint(str_slice(&keys->blob), &fingerprint);
    value_set(&arena, one, "keyid", value_of_text(str_slice(&fingerprint)));
    value_set(&arena, one, "sig", base64(&arena, signature));
    value_add(&arena, signatures, *one);
    value_set(&arena, envelope, "payload", base64(&arena, payload));
    value_set(&arena, envelope, "payloadType", value_of_text(SLICE(ATTEST_PAYLOAD_TYPE)));
    value_set(&arena, envelope, "signatures", *signatures);
    json_encode(envelope, JSON_CANONICAL, out);
    str_clear(&fingerprint);
    arena_clear(&arena);
}

int attest_envelope(const struct workspace *workspace, const struct ledger_record *record, enum process_mode mode,
                    struct str *out, struct error *error)
{
    const struct keys *keys = &workspace->identity.keys;
    struct str bytes = STR_INIT, armor = STR_INIT, statement = STR_INIT, encoding = STR_INIT, signature = STR_INIT;
    int result = ledger_read_bytes(workspace, record, &bytes, &armor, error);
    if (result == 0) {
        attest_statement(record, str_slice(&bytes), str_slice(&armor), &statement);
        attest_encoding(str_slice(&statement), &encoding);
        result = keys_sign(keys, ATTEST_NAMESPACE, str_slice(&encoding), mode, &signature, NULL, error);
    }
    if (result == 0)
        encode_envelope(keys, str_slice(&statement), str_slice(&signature), out);
    str_clear(&signature);
    str_clear(&encoding);
    str_clear(&statement);
    str_clear(&armor);
    str_clear(&bytes);
    return result;
}
