/* allowed_signers and revoked_signers: strict where ssh-keygen is lenient, and never more generous. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/trust/signers.h"
#include "assay/trust/sshsig.h"
#include "harness/keygen.h"

#define NAMESPACE "review.v1@assay"
static const struct slice none = {NULL, 0};

static struct signers *load(const char *allowed, struct slice revoked)
{
    struct signers *signers;
    struct error error = ERROR_INIT;
    assert_success(signers_load(slice_of(allowed), "allowed_signers", revoked, "revoked_signers", &signers, &error),
                   error);
    return signers;
}

static void refuse(const char *allowed, struct slice revoked, const char *expected)
{
    struct signers *signers;
    struct error error = ERROR_INIT;
    assert_failure(signers_load(slice_of(allowed), "allowed_signers", revoked, "revoked_signers", &signers, &error),
                   error, ERROR_INPUT, expected);
    assert_null(signers);
}

static void reads_lines(void **state)
{
    struct fixture *f = *state;
    const char *ana = keygen_key(f, "ana", "ed25519", NULL), *lena = keygen_key(f, "lena", "ecdsa", "384");
    const char *text = fixture_text(f,
                                    "# people\n\n  \t# more\r\nana@acme.example %s ana's laptop\r\n"
                                    "lena@acme.example\tnamespaces=\"review.v1@assay,seal.v1@assay\",VALID-AFTER="
                                    "\"20200229Z\",valid-before=\"20301231235959Z\"  %s",
                                    keygen_public_line(f, ana), keygen_public_line(f, lena));
    struct signers *signers = load(text, none);
    assert_int_equal(signers_count(signers), 2);
    assert_null(signers_at(signers, 2));
    const struct signer *first = signers_find(signers, keygen_public_blob(f, ana));
    const struct signer *second = signers_find_principal(signers, SLICE("lena@acme.example"));
    assert_slice(first->principal, "ana@acme.example");
    assert_int_equal(first->line, 4);
    assert_null(first->namespaces.data);
    assert_true(first->valid_after == SIGNERS_ALWAYS && first->valid_before == SIGNERS_FOREVER);
    assert_ptr_equal(second, signers_at(signers, 1));
    assert_slice(second->namespaces, "review.v1@assay,seal.v1@assay");
    assert_int_equal(second->valid_after, 1582934400);
    assert_int_equal(second->valid_before, 1924991999);
    assert_true(slice_equal(sshkey_blob(second->key), keygen_public_blob(f, lena)));
    assert_null(signers_find(signers, SLICE("no such key")));
    assert_null(signers_find_principal(signers, SLICE("lena")));
    signers_free(signers);
    signers = load("", none);
    assert_int_equal(signers_count(signers), 0);
    signers_free(signers);
}

/* %s is ana's key. Each is refused as a whole, with the line that is to blame; some of them ssh-keygen accepts or
 * skips in silence. */
static const struct {
    const char *line, *expected;
} broken[] = {
    {"ana", "allowed_signers:2: "},
    {"ana %.11s", "allowed_signers:2: "},
    {"ana ssh-ed25519 AAAA", "no public key"},
    {"ana ssh-rsa %2$s", "no public key"},
    {"ana x%s", "allowed_signers:2: "},
    {"a*@acme.example %s", "without *, ? and !"},
    {"a?a %s", "without *, ? and !"},
    {"!ana %s", "without *, ? and !"},
    {"ana,lena %s", "belongs to one principal"},
    {"\"ana\" %s", "quotes"},
    {"ana cert-authority %s", "cert-authority is unsupported"},
    {"ana CERT-AUTHORITY,namespaces=\"git\" %s", "cert-authority is unsupported"},
    {"ana namespaces=\"git\",cert-authority %s", "cert-authority is unsupported"},
    {"ana namespaces=\"\" %s", "namespaces is empty"},
    {"ana namespaces=git %s", "not within quotes"},
    {"ana namespaces=\"git %s", "allowed_signers:2: "},
    {"ana namespaces=\"git\",namespaces=\"file\" %s", "given twice"},
    {"ana valid-after=\"20200101Z\",valid-after=\"20210101Z\" %s", "given twice"},
    {"ana valid-before=\"20200101Z\",valid-before=\"20210101Z\" %s", "given twice"},
    {"ana valid-after=\"20200101\" %s", "the Z (UTC) is required"},
    {"ana valid-after=\"20200101z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"20200230Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"20210229Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"20201301Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"202001012400Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"202001012360Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"20200101235960Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"2020010123Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"-0200101Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"19700101Z\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"\" %s", "YYYYMMDDZ"},
    {"ana valid-after=\"20200101Z\",valid-before=\"20200101Z\" %s", "not later"},
    {"ana valid-until=\"20200101Z\" %s", "unknown option"},
    {"ana namespaces=\"git\", valid-after=\"20200101Z\" %s", "single commas"},
    {"ana namespaces=\"git\"valid-after=\"20200101Z\" %s", "single commas"},
    {"ana ,namespaces=\"git\" %s", "nor an option"},
    {"ana\x01 %s", "control characters"},
    {"ana %s\x1b[2J", "control characters"},
    {"lena %s", "belongs to another principal on line 1"},
};

static void refuses_a_whole_file_for_one_line(void **state)
{
    struct fixture *f = *state;
    const char *line = keygen_public_line(f, keygen_key(f, "ana", "ed25519", NULL));
    for (size_t i = 0; i < ARRAY_COUNT(broken); i++) {
        struct str text = STR_INIT;
        str_appendf(&text, "ana %s\n", line);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (strstr(broken[i].line, "%2$s"))
            str_appendf(&text, "ana ssh-rsa %s", line + sizeof "ssh-ed25519");
        else if (strstr(broken[i].line, "%"))
            str_appendf(&text, broken[i].line, line);
        else
            str_append_text(&text, broken[i].line);
#pragma GCC diagnostic pop
        str_appendf(&text, "\nana %s\n", line);
        refuse(text.data, none, broken[i].expected);
        str_clear(&text);
    }
    struct str huge = STR_INIT;
    str_append_repeat(&huge, '\n', SIGNERS_SIZE_MAX + 1);
    refuse(huge.data, none, "larger than 4 MiB");
    str_clear(&huge);
    struct signers *signers;
    struct error error = ERROR_INIT;
    assert_failure(signers_load(SLICE("ana\0 x"), "a", none, "b", &signers, &error), error, ERROR_INPUT, "a:1: ");
}

static void refuses_weak_and_unsupported_keys(void **state)
{
    struct fixture *f = *state;
    const char *weak = keygen_public_line(f, keygen_key(f, "weak", "rsa", "1024"));
    const char *ca = keygen_key(f, "ca", "ed25519", NULL), *ana = keygen_key(f, "ana", "ed25519", NULL);
    refuse(fixture_text(f, "ana %s\n", weak), none, "allowed_signers:1: the RSA key is weak");
    fixture_run(f, NULL, "ssh-keygen", "-q", "-s", ca, "-I", "id", "-n", "ana", fixture_text(f, "%s.pub", ana),
                (char *)NULL);
    struct slice certificate = fixture_read(f, fixture_text(f, "%s-cert.pub", ana));
    refuse(fixture_text(f, "ana %.*s\n", SLICE_ARG(certificate)), none, "unsupported key type");
}

static void count_key(void *context, struct slice key_blob)
{
    assert_true(key_blob.size > 0);
    ++*(size_t *)context;
}

/* Of an older version every line that can be read counts. */
static void lists_what_an_unsound_file_revokes(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    const char *ana = keygen_public_line(f, keygen_key(f, "ana", "ed25519", NULL));
    const char *unsound =
        fixture_text(f, "# %s retired\nnonsense\n  %s compromised: stolen\n%s lost\n\n%s retired", ana, ana, ana, ana);
    signers_each_revoked(slice_of(unsound), count_key, &count);
    assert_int_equal(count, 2);
    signers_each_revoked((struct slice){.data = NULL}, count_key, &count);
    assert_int_equal(count, 2);
}

static void reads_revoked_lines(void **state)
{
    struct fixture *f = *state;
    const char *ana = keygen_public_line(f, keygen_key(f, "ana", "ed25519", NULL));
    const char *weak = keygen_public_line(f, keygen_key(f, "weak", "rsa", "1024"));
    const char *allowed = fixture_text(f, "ana %s\n", ana);
    static const struct {
        const char *comment;
        enum signers_revocation revocation;
    } rows[] = {{"compromised", SIGNERS_COMPROMISED},
                {"compromised: laptop stolen 2026-11-02", SIGNERS_COMPROMISED},
                {"retired 2026", SIGNERS_RETIRED},
                {"  retired", SIGNERS_RETIRED}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const char *revoked = fixture_text(f, "# gone\n%s %s\n%s retired\n", ana, rows[i].comment, weak);
        struct signers *signers = load(allowed, slice_of(revoked));
        assert_int_equal(signers_at(signers, 0)->revocation, rows[i].revocation);
        signers_free(signers);
    }
    const char *twice = fixture_text(f, "%s compromised\n%s retired\n", ana, ana);
    struct signers *signers = load(allowed, slice_of(twice));
    assert_int_equal(signers_at(signers, 0)->revocation, SIGNERS_COMPROMISED);
    signers_free(signers);
    signers = load(allowed, SLICE(""));
    assert_int_equal(signers_at(signers, 0)->revocation, SIGNERS_NOT_REVOKED);
    signers_free(signers);
    refuse(allowed, slice_of(fixture_text(f, "\n%s\n", ana)), "revoked_signers:2: the comment");
    refuse(allowed, slice_of(fixture_text(f, "%s lost\n", ana)), "revoked_signers:1: the comment");
    refuse(allowed, slice_of(fixture_text(f, "%s retired-not\n", ana)), "revoked_signers:1: the comment");
    refuse(allowed, slice_of(fixture_text(f, "ana %s retired\n", ana)), "revoked_signers:1: no public key");
    refuse(allowed, SLICE("compromised\n"), "revoked_signers:1: no public key");
}

/* --- judging ------------------------------------------------------------------------------------------------------- */

enum { T2019 = 1546300800, T2020 = 1577836800, T2021 = 1609459200, T2022 = 1640995200 };

static void judges_windows_and_revocations(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    struct slice blob = keygen_public_blob(f, key);
    const char *plain = fixture_text(f, "ana namespaces=\"review.*,!review.v9*\" %s\n", line);
    const char *window = fixture_text(f, "ana valid-after=\"20200101Z\",valid-before=\"20210101Z\" %s\n", line);
    const struct {
        const char *allowed, *revoked, *namespace_name;
        int64_t now, sealed_at;
        enum signers_judgement judgement;
    } rows[] = {
        {plain, NULL, NAMESPACE, T2020, SIGNERS_NOT_SEALED, SIGNERS_GOOD},
        {plain, NULL, "git", T2020, SIGNERS_NOT_SEALED, SIGNERS_WRONG_NAMESPACE},
        {plain, NULL, "review.v9@assay", T2020, SIGNERS_NOT_SEALED, SIGNERS_WRONG_NAMESPACE},
        {"", NULL, NAMESPACE, T2020, SIGNERS_NOT_SEALED, SIGNERS_UNKNOWN_SIGNER},
        {"", "retired", NAMESPACE, T2020, SIGNERS_NOT_SEALED, SIGNERS_UNKNOWN_SIGNER},
        {"", "compromised", NAMESPACE, T2020, SIGNERS_NOT_SEALED, SIGNERS_REVOKED_COMPROMISED},
        {window, NULL, "any", T2020 - 1, SIGNERS_NOT_SEALED, SIGNERS_EXPIRED_KEY},
        {window, NULL, "any", T2020, SIGNERS_NOT_SEALED, SIGNERS_GOOD},
        {window, NULL, "any", T2021, SIGNERS_NOT_SEALED, SIGNERS_GOOD},
        {window, NULL, "any", T2021 + 1, SIGNERS_NOT_SEALED, SIGNERS_EXPIRED_KEY},
        {window, NULL, "any", T2022, T2020, SIGNERS_GOOD},        /* sealed in time */
        {window, NULL, "any", T2020, T2022, SIGNERS_EXPIRED_KEY}, /* sealed too late */
        {window, NULL, "any", T2020, T2019, SIGNERS_EXPIRED_KEY},
        {plain, "compromised", NAMESPACE, T2022, SIGNERS_NOT_SEALED, SIGNERS_REVOKED_COMPROMISED},
        {plain, "compromised", NAMESPACE, T2022, T2020, SIGNERS_GOOD},
        {plain, "retired", NAMESPACE, T2022, SIGNERS_NOT_SEALED, SIGNERS_REVOKED_RETIRED},
        {plain, "retired", NAMESPACE, T2022, T2020, SIGNERS_GOOD},
        {plain, "retired", "git", T2022, T2020, SIGNERS_WRONG_NAMESPACE},
        {window, "retired", "any", T2022, T2022, SIGNERS_EXPIRED_KEY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const char *revoked = rows[i].revoked ? fixture_text(f, "%s %s\n", line, rows[i].revoked) : NULL;
        struct signers *signers = load(rows[i].allowed, slice_of(revoked));
        const struct signer *signer;
        enum signers_judgement judgement =
            signers_judge(signers, blob, rows[i].namespace_name, rows[i].now, rows[i].sealed_at, &signer);
        if (judgement != rows[i].judgement)
            fail_msg("row %zu: %s", i, signers_judgement_name(judgement));
        assert_int_equal(signer != NULL, *rows[i].allowed != '\0');
        signers_free(signers);
    }
}

/* Rotation: the same key on two lines, as OpenSSH reads them: one that lets it pass is enough. */
static void judges_all_lines_of_a_key(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    struct slice blob = keygen_public_blob(f, key);
    struct signers *signers = load(fixture_text(f,
                                                "ana namespaces=\"git\" %s\n"
                                                "ana namespaces=\"review.v1@assay\",valid-before=\"20210101Z\" %s\n",
                                                line, line),
                                   none);
    const int64_t unsealed = SIGNERS_NOT_SEALED;
    assert_int_equal(signers_judge(signers, blob, "git", T2022, unsealed, NULL), SIGNERS_GOOD);
    assert_int_equal(signers_judge(signers, blob, NAMESPACE, T2020, unsealed, NULL), SIGNERS_GOOD);
    assert_int_equal(signers_judge(signers, blob, NAMESPACE, T2022, unsealed, NULL), SIGNERS_EXPIRED_KEY);
    assert_int_equal(signers_judge(signers, blob, "file", T2020, unsealed, NULL), SIGNERS_WRONG_NAMESPACE);
    signers_free(signers);
}

static void only_the_compromised_lose_their_rejections(void **state)
{
    (void)state;
    assert_true(signers_may_reject(SIGNERS_GOOD));
    assert_true(signers_may_reject(SIGNERS_EXPIRED_KEY));
    assert_true(signers_may_reject(SIGNERS_REVOKED_RETIRED));
    assert_false(signers_may_reject(SIGNERS_REVOKED_COMPROMISED));
    assert_false(signers_may_reject(SIGNERS_UNKNOWN_SIGNER));
    assert_false(signers_may_reject(SIGNERS_WRONG_NAMESPACE));
    assert_string_equal(signers_judgement_name(SIGNERS_REVOKED_RETIRED), "revoked-key");
}

/* Patterns that would take a recursive matcher years. */
static void matches_hostile_patterns_quickly(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL);
    struct str pattern = STR_INIT, name = STR_INIT;
    for (int i = 0; i < 2000; i++)
        str_append_text(&pattern, "*a");
    str_append_text(&pattern, "b");
    str_append_repeat(&name, 'a', 4000);
    struct signers *signers =
        load(fixture_text(f, "ana namespaces=\"%s\" %s\n", pattern.data, keygen_public_line(f, key)), none);
    assert_int_equal(signers_judge(signers, keygen_public_blob(f, key), name.data, 0, 0, NULL),
                     SIGNERS_WRONG_NAMESPACE);
    signers_free(signers);
    str_clear(&pattern);
    str_clear(&name);
}

/* --- against ssh-keygen -------------------------------------------------------------------------------------------- */

static bool ours_accepts(const char *allowed, struct slice blob, const char *namespace_name, int64_t now)
{
    struct signers *signers;
    struct error error = ERROR_INIT;
    if (signers_load(slice_of(allowed), "a", none, "r", &signers, &error) != 0)
        return false;
    const struct signer *signer;
    bool good = signers_judge(signers, blob, namespace_name, now, SIGNERS_NOT_SEALED, &signer) == SIGNERS_GOOD &&
                slice_is(signer->principal, "ana");
    signers_free(signers);
    return good;
}

/* What both understand, both judge alike. */
static void agrees_with_ssh_keygen(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    struct slice blob = keygen_public_blob(f, key), message = SLICE("m");
    static const char *const options[] = {
        "",
        "namespaces=\"review.v1@assay\" ",
        "namespaces=\"review.*\" ",
        "namespaces=\"review.v?@assay\" ",
        "namespaces=\"*,!review.v1@assay\" ",
        "namespaces=\"!review.v1@assay,*\" ",
        "namespaces=\"git,review.v1@assay\" ",
        "NameSpaces=\"git\" ",
        "namespaces=\"a\\\"b,review.v1@assay\" ",
        "valid-after=\"20200101Z\" ",
        "valid-before=\"20200101Z\" ",
        "valid-after=\"20200101000000Z\",valid-before=\"20200101000001Z\" ",
        "valid-before=\"202001010000Z\",namespaces=\"*\" ",
        "valid-after=\"202001010001Z\" ",
    };
    static const struct {
        const char *text;
        int64_t seconds;
    } times[] = {{"20191231235959Z", T2020 - 1}, {"20200101000000Z", T2020}, {"20200101000002Z", T2020 + 2}};
    struct slice armor = keygen_sign(f, key, NAMESPACE, message, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        const char *allowed = fixture_text(f, "ana %s%s comment\n", options[i], line);
        fixture_write_text(f, "allowed", allowed);
        for (size_t t = 0; t < ARRAY_COUNT(times); t++) {
            bool theirs =
                keygen_verifies(f, fixture_path(f, "allowed"), "ana", armor, NAMESPACE, message, times[t].text);
            if (ours_accepts(allowed, blob, NAMESPACE, times[t].seconds) != theirs)
                fail_msg("%s at %s: ssh-keygen says %d", options[i], times[t].text, theirs);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_lines),
        TEST(refuses_a_whole_file_for_one_line),
        TEST(refuses_weak_and_unsupported_keys),
        TEST(lists_what_an_unsound_file_revokes),
        TEST(reads_revoked_lines),
        TEST(judges_windows_and_revocations),
        TEST(judges_all_lines_of_a_key),
        TEST(only_the_compromised_lose_their_rejections),
        TEST(matches_hostile_patterns_quickly),
        TEST(agrees_with_ssh_keygen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
