/* Threat 13: files that are bombs. Each is refused by name, in bounded memory, and the other changes go on being listed
 * and judged. */
#include "harness/test.h"

#include <openssl/sha.h>

#include "assay/base/array.h"
#include "harness/attack.h"

#define CONCISE "prompt/concise"
#define GOLDEN  CONTENT_ASSISTANT "/tests/golden_answer.json"
#define OUTPUTS CONTENT_ASSISTANT "/tests/outputs/answer.json"

/* 512 MiB of zeros as a loose object of 2.3 MB. */
static const char *make_bomb(struct fixture *f)
{
    assert_int_equal(fixture_run(f, CONTENT_ORIGIN, "sh", "-c",
                                 "truncate -s 512M ../zeros && git -c core.compression=1 -c core.bigFileThreshold=2g "
                                 "hash-object -w --no-filters ../zeros",
                                 NULL),
                     0);
    return fixture_text(f, "%.40s", f->result.output.data);
}

/* A branch of main on which this path is that blob. */
static const char put_blob_script[] =
    "set -e; export GIT_INDEX_FILE=../bomb-index; rm -f $GIT_INDEX_FILE; from=${4:-main}\n"
    "if git rev-parse -q --verify \"refs/heads/$from\" >/dev/null; then git read-tree \"$from\"; p=\"-p $from\"; fi\n"
    "git update-index --add --cacheinfo 100644,\"$1\",\"$2\"\n"
    "git update-ref \"refs/heads/$3\" \"$(git commit-tree \"$(git write-tree)\" $p -m bomb)\"\n";

static void put_blob(struct fixture *f, const char *blob, const char *path, const char *branch, const char *from)
{
    if (fixture_run(f, CONTENT_ORIGIN, "sh", "-c", put_blob_script, "sh", blob, path, branch, from, NULL) != 0)
        fail_msg("%s: %s", path, f->result.errors.data);
}

static void threat_13_half_a_gibibyte_of_zeros(void **state)
{
    struct fixture *f = *state;
    const char *bomb = make_bomb(f);
    put_blob(f, bomb, GOLDEN, "bomb/golden", "main");
    put_blob(f, bomb, OUTPUTS, "bomb/outputs", "main");
    put_blob(f, bomb, CONTENT_ASSISTANT "/manifest.yaml", "bomb/manifest", "main");
    put_blob(f, bomb, CONTENT_ASSISTANT "/prompts/answer.tpl", "bomb/template", "main");
    put_blob(f, bomb, "prompts/global-templates.yaml", "bomb/partials", "main");
    put_blob(f, bomb, "policies/review.yaml", "bomb/policy", "main");
    const char *name = "r/prompt%2Fconcise/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json";
    put_blob(f, bomb, name, "assay/log", "assay/log");
    put_blob(f, bomb, fixture_text(f, "%s.sig", name), "assay/log", "assay/log");
    fixture_git(f, ATTACK_JUDGE, "-c", "core.bigFileThreshold=1m", "fetch", "-q", NULL);
    attack_refused(f, "bomb/golden", "golden_answer.json");
    attack_refused(f, "bomb/outputs", "outputs/answer.json");
    attack_refused(f, "bomb/manifest", "manifest.yaml");
    attack_refused(f, "bomb/template", "answer.tpl");
    attack_refused(f, "bomb/policy", "\"policies\"");
    assert_int_equal(attack_limited(f, "gate", "bomb/partials"), 0); /* no template uses it: it is about nothing */
    assert_int_equal(attack_limited(f, "gate", CONCISE), 1);
    review_said(f, "sha256:0123456789abcdef");
    assert_int_equal(attack_limited(f, "verify", NULL), 1);
    assert_int_equal(attack_limited(f, "log", NULL), 0);
}

/* ---- a pack by hand (git's gitformat-pack) ---- */

static void put_big_endian(struct str *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        str_push(out, (char)(number >> shift & 255));
}

/* A zlib stream of one stored block (RFC 1950, RFC 1951). */
static void put_stored(struct str *out, struct slice bytes)
{
    const uint16_t size = (uint16_t)bytes.size, inverse = (uint16_t)~size;
    uint32_t a = 1, b = 0;
    const char head[] = {
        '\x78', '\x01', '\x01', (char)(size & 255), (char)(size >> 8), (char)(inverse & 255), (char)(inverse >> 8)};
    str_append(out, slice_make(head, sizeof head));
    str_append(out, bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        a = (a + (unsigned char)bytes.data[i]) % 65521;
        b = (b + a) % 65521;
    }
    put_big_endian(out, b << 16 | a);
}

/* How far back the base lies: seven bits a byte, the highest first, each but the last one less. */
static void put_distance(struct str *out, size_t distance)
{
    char digits[10];
    size_t count = 0;
    digits[count++] = (char)(distance & 127);
    while (distance >>= 7)
        digits[count++] = (char)(128 | (--distance & 127));
    while (count > 0)
        str_push(out, digits[--count]);
}

/* A pack of the bomb and of "[]\n" as a difference to it, of which git itself thinks nothing. */
static void install_pack(struct fixture *f, const char *bomb)
{
    static const char delta[] = "\x80\x80\x80\x80\x02\x03\x03[]\n"; /* from 512 MiB to 3 bytes: put these in */
    struct str pack = STR_INIT;
    unsigned char sha1[SHA_DIGEST_LENGTH];
    assert_int_equal(fixture_run(f, CONTENT_ORIGIN, "sh", "-c",
                                 "echo \"$1\" | git -c core.bigFileThreshold=1m pack-objects -q --stdout >../bomb.pack",
                                 "sh", bomb, NULL),
                     0);
    const struct slice alone = fixture_read(f, "bomb.pack");
    const size_t entry = alone.size - 12 - sizeof sha1;
    str_append(&pack, slice_part(alone, 0, 8));
    put_big_endian(&pack, 2);
    str_append(&pack, slice_part(alone, 12, entry));
    str_push(&pack, (char)(6 << 4 | (sizeof delta - 1))); /* OBJ_OFS_DELTA */
    put_distance(&pack, entry);
    put_stored(&pack, slice_make(delta, sizeof delta - 1));
    SHA1((const unsigned char *)pack.data, pack.size, sha1);
    str_append(&pack, slice_make((const char *)sha1, sizeof sha1));
    assert_int_equal(fixture_run_with_input(f, ATTACK_JUDGE, str_slice(&pack), "git", "-c", "core.bigFileThreshold=1m",
                                            "index-pack", "--stdin", NULL),
                     0);
    str_clear(&pack);
}

/* Its header says three bytes, and to read them is to inflate half a gibibyte. */
static void threat_13_a_small_file_that_is_packed_against_a_bomb(void **state)
{
    struct fixture *f = *state;
    const char *bomb = make_bomb(f);
    fixture_write_text(f, "small", "[]\n");
    const char *small = fixture_git_output(f, CONTENT_ORIGIN, "hash-object", "-w", "../small", NULL);
    put_blob(f, small, GOLDEN, "bomb/packed", "main");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    assert_int_equal(
        fixture_run(f, ATTACK_JUDGE, "rm", fixture_text(f, ".git/objects/%.2s/%s", small, small + 2), NULL), 0);
    install_pack(f, bomb);
    assert_int_equal(attack_limited(f, "gate", "bomb/packed"), 4);
    review_complained(f, "is packed as a difference to one of more than 128 MiB");
    assert_int_equal(attack_limited(f, "queue", NULL), 4);
    review_complained(f, "bomb/packed");
}

static void threat_13_the_target_s_policy_is_a_bomb(void **state)
{
    struct fixture *f = *state;
    struct str deep = STR_INIT;
    for (int i = 0; i < 100000; i++)
        str_append_text(&deep, "[");
    attack_commit(f, "main", NULL, "policies/review.yaml", deep.data);
    assert_int_equal(attack_limited(f, "gate", CONCISE), 3);
    review_complained(f, "policies/review.yaml");
    attack_commit(f, "main", NULL, "policies/review.yaml", "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n");
    assert_int_equal(attack_limited(f, "gate", CONCISE), 3);
    review_complained(f, "policies/review.yaml:1");
    str_clear(&deep);
}

static void put_text(struct fixture *f, const char *change, const char *path, const char *text)
{
    fixture_git(f, CONTENT_ORIGIN, "branch", "-f", change, "main", NULL);
    attack_commit(f, change, NULL, path, text);
}

static void threat_13_json_and_yaml_bombs(void **state)
{
    struct fixture *f = *state;
    struct str deep = STR_INIT;
    for (int i = 0; i < 200000; i++)
        str_append_text(&deep, i % 2 ? "[" : "{\"a\":");
    put_text(f, "bomb/deep-golden", GOLDEN, deep.data);
    put_text(f, "bomb/deep-outputs", OUTPUTS, deep.data);
    put_text(f, "bomb/keys", GOLDEN, "{\"prompt\": \"answer\", \"cases\": [], \"cases\": [{\"id\": \"c1\"}]}\n");
    put_text(f, "bomb/output-keys", OUTPUTS, "{\"schema\": \"assay.outputs/1\",\n\"schema\": \"assay.outputs/1\"}\n");
    put_text(f, "bomb/same-ids", GOLDEN,
             "{\"prompt\": \"answer\", \"cases\": [{\"id\": \"c1\", \"expected\": \"x\"},\n{\"id\": \"c1\", "
             "\"expected\": \"y\"}]}\n");
    put_text(f, "bomb/utf-16", GOLDEN, "\xff\xfe{");
    put_text(f, "bomb/number", OUTPUTS,
             "{\"schema\": \"assay.outputs/1\", \"outputs\": [{\"case\": \"c1\", \"latency_ms\": 1e999}]}");
    put_text(f, "bomb/laughs", CONTENT_ASSISTANT "/manifest.yaml", "a: &a [x,x]\nb: &b [*a,*a]\nname: *b\n");
    put_text(f, "bomb/yaml-deep", CONTENT_ASSISTANT "/manifest.yaml", deep.data);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    static const char *const golden[] = {"bomb/deep-golden", "bomb/keys", "bomb/same-ids", "bomb/utf-16"};
    for (size_t i = 0; i < ARRAY_COUNT(golden); i++)
        attack_refused(f, golden[i], "golden_answer.json:");
    attack_refused(f, "bomb/deep-outputs", "outputs/answer.json:");
    attack_refused(f, "bomb/output-keys", "outputs/answer.json:2");
    attack_refused(f, "bomb/number", "outputs/answer.json:");
    attack_refused(f, "bomb/laughs", "manifest.yaml:1");
    attack_refused(f, "bomb/yaml-deep", "manifest.yaml:");
    str_clear(&deep);
}

static void threat_13_a_million_cases(void **state)
{
    struct fixture *f = *state;
    struct str golden = STR_INIT;
    str_append_text(&golden, "[");
    for (int i = 0; i < 1000000; i++)
        str_appendf(&golden, "%s{\"id\":\"%d\",\"expected\":\"\"}", i ? ",\n" : "", i);
    str_append_text(&golden, "]");
    put_text(f, "bomb/million", GOLDEN, golden.data);
    str_clear(&golden);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    attack_refused(f, "bomb/million", "golden_answer.json");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_13_half_a_gibibyte_of_zeros),
        TEST(threat_13_a_small_file_that_is_packed_against_a_bomb),
        TEST(threat_13_the_target_s_policy_is_a_bomb),
        TEST(threat_13_json_and_yaml_bombs),
        TEST(threat_13_a_million_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
