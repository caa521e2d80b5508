/* 1,000 records of 5 KB. First what ssh-keygen -Y verify does (armor, signers, namespace, window, hash, signature), then
 * the same with the record decoded and its bytes proved canonical. Prints `name | ours | theirs | ratio | must`.
 * ssh-keygen is called for 100 of them and its time multiplied by ten. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/model/record.h"
#include "assay/trust/signers.h"
#include "assay/trust/sshsig.h"
#include "harness/keygen.h"

enum { RECORDS = 1000, SIGNED = 20, CALLS = 100, RUNS = 5, CASES = 12, MUST_VERIFY = 50, MUST_DECODE = 35 };

struct pair {
    struct str bytes;
    struct slice armor;
};

static void make_record(struct fixture *f, const char *key, size_t number, struct pair *pair)
{
    struct record_score scores[CASES];
    struct record record = {.repository = SLICE("acme/learning-content"),
                            .target = SLICE("main"),
                            .change = slice_of(fixture_text(f, "prompt/change-%zu", number)),
                            .reviewer = {SLICE("ana@acme.example"), SLICE("Ana Ruiz"), SLICE("content-owner")},
                            .meaning = SLICE("The content is accurate and meets its teaching goals."),
                            .criteria = {SLICE("clarity"), SLICE("correctness"), SLICE("tone")},
                            .criteria_count = 3,
                            .scores = scores,
                            .score_count = CASES,
                            .via = SLICE("console"),
                            .seq = 1};
    for (size_t i = 0; i < CASES; i++)
        scores[i] = (struct record_score){.prompt = SLICE("explain_product"),
                                          .case_id = slice_of(fixture_text(f, "case-%zu", i)),
                                          .scores = {4, 5, 3},
                                          .comment = SLICE("reads well")};
    record_encode(&record, &pair->bytes);
    pair->armor = keygen_sign(f, key, RECORD_NAMESPACE, str_slice(&pair->bytes), NULL);
}

static bool verify_one(const struct pair *pair, const struct signers *signers, bool decode)
{
    struct sshsig signature;
    struct record record;
    struct error error = ERROR_INIT;
    const struct signer *signer;
    bool good = sshsig_parse(pair->armor, &signature, &error) == 0 &&
                signers_judge(signers, signature.public_key, RECORD_NAMESPACE, env_now(), SIGNERS_NOT_SEALED,
                              &signer) == SIGNERS_GOOD &&
                sshsig_verify(&signature, str_slice(&pair->bytes), RECORD_NAMESPACE,
                              &(struct sshsig_options){.key = signer->key}) == SSHSIG_GOOD;
    sshsig_clear(&signature);
    if (good && decode) {
        good = record_decode(str_slice(&pair->bytes), &record, &error) == RECORD_OK;
        record_clear(&record);
    }
    return good;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Median of the runs, in microseconds for all records. */
static int64_t measure_ours(const struct pair *pairs, const struct signers *signers, bool decode)
{
    int64_t times[RUNS];
    for (size_t run = 0; run < RUNS; run++) {
        int64_t start = env_monotonic_us();
        for (size_t i = 0; i < RECORDS; i++)
            if (!verify_one(&pairs[i % SIGNED], signers, decode))
                abort();
        times[run] = env_monotonic_us() - start;
    }
    qsort(times, RUNS, sizeof *times, compare_times);
    return times[RUNS / 2];
}

static int64_t measure_theirs(struct fixture *f, const struct pair *pairs)
{
    int64_t start = env_monotonic_us();
    for (size_t i = 0; i < CALLS; i++)
        if (!keygen_verifies(f, fixture_path(f, "allowed"), "ana@acme.example", pairs[i % SIGNED].armor,
                             RECORD_NAMESPACE, str_slice(&pairs[i % SIGNED].bytes), NULL))
            abort();
    return (env_monotonic_us() - start) * RECORDS / CALLS;
}

static bool report(const char *name, int64_t ours, int64_t theirs, int must)
{
    double ratio = (double)theirs / (double)ours;
    printf("%s | %.1f ms | %.0f ms | %.1f | %d\n", name, (double)ours / 1000, (double)theirs / 1000, ratio, must);
    return ratio >= must;
}

int main(void)
{
    struct fixture *f = fixture_new();
    const char *key = keygen_key(f, "ana", "ed25519", NULL);
    const char *allowed = fixture_text(f, "ana@acme.example %s\n", keygen_public_line(f, key));
    struct pair *pairs = memory_new_array(SIGNED, sizeof *pairs);
    struct signers *signers;
    struct error error = ERROR_INIT;
    fixture_write_text(f, "allowed", allowed);
    for (size_t i = 0; i < SIGNED; i++) {
        str_init(&pairs[i].bytes);
        make_record(f, key, i, &pairs[i]);
    }
    if (signers_load(slice_of(allowed), "allowed_signers", (struct slice){NULL, 0}, "", &signers, &error) != 0)
        abort();
    int64_t theirs = measure_theirs(f, pairs);
    bool verified = report("1,000 ed25519 records verified, beside ssh-keygen -Y verify (100 calls, times ten)",
                           measure_ours(pairs, signers, false), theirs, MUST_VERIFY);
    bool decoded = report("the same, and decoded", measure_ours(pairs, signers, true), theirs, MUST_DECODE);
    for (size_t i = 0; i < SIGNED; i++)
        str_clear(&pairs[i].bytes);
    memory_free(pairs);
    signers_free(signers);
    fixture_free(f);
    return !(verified && decoded);
}
