#include "harness/records.h"

#include "harness/test.h"

#include <openssl/evp.h>

#include "assay/base/memory.h"
#include "assay/git/log.h"
#include "assay/model/record.h"
#include "assay/trust/sshwire.h"
#include "harness/loaded.h"

enum { BASE_TIME = 1700000000, MODULES = 50 };

struct person {
    EVP_PKEY *key;
    struct str blob;       /* public key as OpenSSH writes it */
    struct digest *newest; /* [change]: name of the newest record; none */
    int64_t *seq;          /* [change] */
};

struct maker {
    struct fixture *f;
    const struct records_scale *scale;
    const char *folder;
    struct person *people;
    struct str stream;
    size_t commits, written;
    struct loaded first; /* change */
    struct oid log;      /* what later signers saw */
};

/* ---- keys ---- */

static void make_person(const struct records_scale *scale, struct person *person)
{
    unsigned char raw[32];
    size_t size = sizeof raw;
    person->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(person->key);
    assert_int_equal(EVP_PKEY_get_raw_public_key(person->key, raw, &size), 1);
    str_init(&person->blob);
    sshwire_append_string(&person->blob, SLICE("ssh-ed25519"));
    sshwire_append_string(&person->blob, slice_make((const char *)raw, size));
    person->newest = memory_new_array(scale->changes, sizeof *person->newest);
    person->seq = memory_new_array(scale->changes, sizeof *person->seq);
}

static void free_person(struct person *person)
{
    EVP_PKEY_free(person->key);
    str_clear(&person->blob);
    memory_free(person->newest);
    memory_free(person->seq);
}

/* PROTOCOL.sshsig: the bytes under the signature and the blob begin alike. */
static void append_preamble(struct str *out, const struct person *person)
{
    str_append_text(out, "SSHSIG");
    if (person) {
        sshwire_append_u32(out, 1);
        sshwire_append_string(out, str_slice(&person->blob));
    }
    sshwire_append_string(out, SLICE(RECORD_NAMESPACE));
    sshwire_append_string(out, SLICE(""));
    sshwire_append_string(out, SLICE("sha512"));
}

static void sign_ed25519(const struct person *person, struct slice bytes, unsigned char signature[64])
{
    size_t size = 64;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, person->key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const unsigned char *)bytes.data, bytes.size), 1);
    EVP_MD_CTX_free(context);
}

static void sign(const struct person *person, struct slice bytes, struct str *armor)
{
    struct str signed_bytes = STR_INIT, blob = STR_INIT, inner = STR_INIT, base64 = STR_INIT;
    unsigned char hash[64], signature[64];
    assert_int_equal(EVP_Digest(bytes.data, bytes.size, hash, NULL, EVP_sha512(), NULL), 1);
    append_preamble(&signed_bytes, NULL);
    sshwire_append_string(&signed_bytes, slice_make((const char *)hash, sizeof hash));
    sign_ed25519(person, str_slice(&signed_bytes), signature);
    sshwire_append_string(&inner, SLICE("ssh-ed25519"));
    sshwire_append_string(&inner, slice_make((const char *)signature, sizeof signature));
    append_preamble(&blob, person);
    sshwire_append_string(&blob, str_slice(&inner));
    sshwire_base64_encode(str_slice(&blob), true, &base64);
    str_append_text(armor, "-----BEGIN SSH SIGNATURE-----\n");
    for (size_t at = 0; at < base64.size; at += 70)
        str_appendf(armor, "%.*s\n", SLICE_ARG(slice_part(str_slice(&base64), at, 70)));
    str_append_text(armor, "-----END SSH SIGNATURE-----\n");
    str_clear(&signed_bytes);
    str_clear(&blob);
    str_clear(&inner);
    str_clear(&base64);
}

/* ---- the stream of git fast-import ---- */

static void put_data(struct maker *maker, struct slice bytes)
{
    str_appendf(&maker->stream, "data %zu\n", bytes.size);
    str_append(&maker->stream, bytes);
    str_push(&maker->stream, '\n');
}

static void put_file(struct maker *maker, struct slice path, struct slice bytes)
{
    str_appendf(&maker->stream, "M 100644 inline %.*s\n", SLICE_ARG(path));
    put_data(maker, bytes);
}

static void put_commit(struct maker *maker, const char *ref, const char *from)
{
    str_appendf(&maker->stream, "commit %s\ncommitter Author <author@example.com> %zu +0000\n", ref,
                (size_t)BASE_TIME + 60 * maker->commits++);
    put_data(maker, SLICE("records\n"));
    if (from)
        str_appendf(&maker->stream, "from %s\n", from);
}

static void import(struct maker *maker)
{
    str_append_text(&maker->stream, "done\n");
    if (fixture_run_with_input(maker->f, maker->folder, str_slice(&maker->stream), "git", "fast-import", "--quiet",
                               "--done", (char *)NULL))
        fail_msg("%s", maker->f->result.errors.data);
    str_reset(&maker->stream);
}

/* ---- content ---- */

static const char *principal(struct maker *maker, size_t person)
{
    return fixture_text(maker->f, "reviewer-%02zu@acme.example", person);
}

static void put_policies(struct maker *maker, struct str *allowed)
{
    struct str policy = STR_INIT;
    str_append_text(&policy,
                    "schema: assay.policy/1\nrepository: acme/records\ntarget: main\nlog: assay/log\npeople:\n");
    for (size_t p = 0; p < maker->scale->signers; p++) {
        str_appendf(&policy, "  - {principal: %s, name: Reviewer %02zu, roles: [content-owner]}\n", principal(maker, p),
                    p);
        str_appendf(allowed, "%s ssh-ed25519 ", principal(maker, p));
        sshwire_base64_encode(str_slice(&maker->people[p].blob), true, allowed);
        str_push(allowed, '\n');
    }
    str_append_text(&policy,
                    "roles:\n  content-owner: {title: Content owner, duty: score, meaning: \"It is accurate.\"}\n"
                    "rubric:\n  version: 1\n  scale: [1, 5]\n  criteria:\n"
                    "    - {id: clarity, title: Clarity, minimum: 3, levels: {1: Confusing, 5: Clear}}\n"
                    "    - {id: tone, title: Tone, minimum: 3, levels: {1: Wrong, 5: Right}}\n"
                    "  mean_minimum: 3.0\n  comment_required_at: 2\n"
                    "require:\n  - {when: {}, roles: {content-owner: 5}}\nthresholds: {}\n");
    put_file(maker, SLICE("policies/review.yaml"), str_slice(&policy));
    put_file(maker, SLICE("policies/allowed_signers"), str_slice(allowed));
    str_clear(&policy);
}

static void put_module_file(struct maker *maker, size_t module, const char *name, struct slice bytes)
{
    put_file(maker, slice_of(fixture_text(maker->f, "modules/module-%02zu/%s", module, name)), bytes);
}

static void put_module(struct maker *maker, size_t module)
{
    struct str golden = STR_INIT;
    for (size_t c = 0; c < maker->scale->cases; c++)
        str_appendf(&golden, "{\"id\": \"case-%02zu\", \"vars\": {}, \"expected\": \"An answer that is right.\"}\n", c);
    put_module_file(maker, module, "manifest.yaml",
                    slice_of(fixture_text(maker->f,
                                          "name: module-%02zu\nversion: 1.0.0\nprompts:\n  - {id: explain, file: "
                                          "prompts/explain.tpl, tests: tests/golden_explain.jsonl}\n",
                                          module)));
    put_module_file(maker, module, "prompts/explain.tpl", SLICE("Explain it.\n"));
    put_module_file(maker, module, "tests/golden_explain.jsonl", str_slice(&golden));
    str_clear(&golden);
}

static void put_branch(struct maker *maker)
{
    const struct slice text = SLICE("Explain it plainly.\n");
    struct str outputs = STR_INIT;
    str_appendf(&outputs,
                "{\"schema\": \"assay.outputs/1\", \"prompt\": \"explain\", \"prompt_hash\": \"%s\", "
                "\"model\": {\"id\": \"some-model\", \"parameters\": {}}, \"outputs\": [",
                fixture_sha256(maker->f, text));
    for (size_t c = 0; c < maker->scale->cases; c++)
        str_appendf(&outputs, "%s{\"case\": \"case-%02zu\", \"text\": \"An answer that is right.\", \"error\": null}",
                    c ? ", " : "", c);
    str_append_text(&outputs, "]}\n");
    put_commit(maker, "refs/heads/" RECORDS_CHANGE, "refs/heads/main");
    put_module_file(maker, 0, "prompts/explain.tpl", text);
    put_module_file(maker, 0, "tests/outputs/explain.json", str_slice(&outputs));
    str_clear(&outputs);
}

/* ---- records ---- */

static void fill_subject(struct maker *maker, size_t change, struct record *record)
{
    const struct module *module = &maker->first.load.modules[0];
    record->module.path = slice_of(fixture_text(maker->f, "modules/module-%02zu", change % MODULES));
    record->module.name = slice_from(record->module.path, sizeof "modules/" - 1);
    record->module.version = SLICE("1.0.0");
    record->module.digest = module->digest;
    record->evidence.digest = module->evidence;
    record->evidence.cases = record->evidence.seen = (int64_t)maker->scale->cases;
    if (change > 0) { /* of some other content */
        digest_of(slice_of(fixture_text(maker->f, "module %zu", change)), &record->module.digest);
        digest_of(slice_of(fixture_text(maker->f, "evidence %zu", change)), &record->evidence.digest);
    }
    record->candidate = maker->first.load.commit;
    record->merge_base = maker->first.load.merge_base;
    record->policy = maker->first.workspace->policy.digest;
    record->rubric = maker->first.workspace->policy.rubric.digest;
}

static void fill_scores(struct maker *maker, size_t number, struct record_score *scores, struct record *record)
{
    const struct module_prompt *prompt = &maker->first.load.modules[0].prompts[0];
    record->criteria[0] = SLICE("clarity");
    record->criteria[1] = SLICE("tone");
    record->criteria_count = 2;
    record->scores = scores;
    record->score_count = prompt->case_count;
    for (size_t c = 0; c < prompt->case_count; c++)
        scores[c] = (struct record_score){.prompt = prompt->id,
                                          .case_id = prompt->cases[c].id,
                                          .output = prompt->cases[c].candidate->digest,
                                          .scores = {4, (signed char)(3 + (number + c) % 3)},
                                          .comment = SLICE("Reads well, and says what it should.")};
}

/* One in thirty asks for changes, and names it as superseded in the next one. */
static void put_record(struct maker *maker, size_t change, size_t at)
{
    size_t by = (change + at) % maker->scale->signers;
    struct person *person = &maker->people[by];
    struct record_score *scores = memory_new_array(maker->scale->cases, sizeof *scores);
    struct str bytes = STR_INIT, armor = STR_INIT, path = STR_INIT;
    struct record record = {.repository = SLICE("acme/records"),
                            .target = SLICE("main"),
                            .change = slice_of(fixture_text(maker->f, "prompt/change-%03zu", change)),
                            .log = maker->log,
                            .reviewer = {slice_of(principal(maker, by)),
                                         slice_of(fixture_text(maker->f, "Reviewer %02zu", by)),
                                         SLICE("content-owner")},
                            .verdict = at == 0 ? VERDICT_REQUEST_CHANGES : VERDICT_APPROVE,
                            .meaning = SLICE("It is accurate."),
                            .metrics = SLICE("1"),
                            .via = SLICE("console"),
                            .assay = SLICE("0.1.0"),
                            .signed_at = SLICE("2023-11-20T10:12:00Z"),
                            .seq = ++person->seq[change],
                            .prev = &person->newest[change],
                            .prev_count = person->seq[change] > 1};
    struct digest rejected = person->newest[change];
    if (record.prev_count && at == maker->scale->signers) {
        record.supersedes = &rejected;
        record.supersedes_count = 1;
    }
    fill_subject(maker, change, &record);
    fill_scores(maker, change + at, scores, &record);
    record_encode(&record, &bytes);
    sign(person, str_slice(&bytes), &armor);
    digest_of(str_slice(&bytes), &person->newest[change]);
    char hex[65];
    digest_format_hex(&person->newest[change], hex);
    put_commit(maker, "refs/heads/assay/log",
               maker->written > 0 && maker->stream.size == 0 ? "refs/heads/assay/log^0" : NULL);
    str_append_text(&path, "r/");
    log_encode_change(record.change, &path);
    str_appendf(&path, "/%s.json", hex);
    put_file(maker, str_slice(&path), str_slice(&bytes));
    str_append_text(&path, ".sig");
    put_file(maker, str_slice(&path), str_slice(&armor));
    if (maker->written < RECORDS_SAMPLE) {
        const char *sample = fixture_text(maker->f, "%s-sample/%zu", maker->folder, maker->written);
        fixture_write(maker->f, fixture_text(maker->f, "%s.json", sample), str_slice(&bytes));
        fixture_write(maker->f, fixture_text(maker->f, "%s.json.sig", sample), str_slice(&armor));
        fixture_write_text(maker->f, fixture_text(maker->f, "%s.principal", sample), principal(maker, by));
    }
    maker->written++;
    memory_free(scores);
    str_clear(&bytes);
    str_clear(&armor);
    str_clear(&path);
}

static void load_first(struct maker *maker)
{
    struct error error = ERROR_INIT;
    assert_success(loaded_open(fixture_path(maker->f, maker->folder), RECORDS_CHANGE, &maker->first, &error), error);
}

static void make_content(struct maker *maker)
{
    struct str allowed = STR_INIT;
    put_commit(maker, "refs/heads/main", NULL);
    put_policies(maker, &allowed);
    for (size_t m = 0; m < MODULES; m++)
        put_module(maker, m);
    put_branch(maker);
    fixture_write(maker->f, fixture_text(maker->f, "%s-sample/allowed_signers", maker->folder), str_slice(&allowed));
    str_clear(&allowed);
    import(maker);
}

/* The first change begins the log; the signers of all others saw that much of it. Records of a change do not stand
 * together, as in life. */
static void make_log(struct maker *maker)
{
    for (size_t at = 0; at < maker->scale->each; at++)
        put_record(maker, 0, at);
    import(maker);
    assert_true(oid_parse(slice_of(fixture_commit_of(maker->f, maker->folder, "refs/heads/assay/log")), &maker->log));
    for (size_t at = 0; at < maker->scale->each; at++)
        for (size_t change = 1; change < maker->scale->changes; change++)
            put_record(maker, change, at);
    import(maker);
}

void records_make(struct fixture *f, const struct records_scale *scale, const char *folder)
{
    struct maker maker = {.f = f, .scale = scale, .folder = folder, .stream = STR_INIT};
    const char *clone = fixture_text(f, "%s-clone", folder);
    maker.people = memory_new_array(scale->signers, sizeof *maker.people);
    for (size_t p = 0; p < scale->signers; p++)
        make_person(scale, &maker.people[p]);
    assert_int_equal(fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", folder, (char *)NULL), 0);
    make_content(&maker);
    load_first(&maker);
    make_log(&maker);
    loaded_close(&maker.first);
    for (size_t p = 0; p < scale->signers; p++)
        free_person(&maker.people[p]);
    memory_free(maker.people);
    str_clear(&maker.stream);
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "--no-local", folder, clone, (char *)NULL), 0);
}
