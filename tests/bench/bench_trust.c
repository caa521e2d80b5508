/* 1,000 records of 3 KB: hash, signature and parse in process, beside `ssh-keygen -Y verify` of the same. Prints
 * `name | ours | theirs | ratio | must`. ssh-keygen is called for 100 of them and its time multiplied by ten. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/model/record.h"
#include "assay/trust/signers.h"
#include "assay/trust/sshsig.h"
#include "harness/keygen.h"

enum { RECORDS = 1000, SIGNED = 20, CALLS = 100, RUNS = 5, CASES = 12, MUST = 50 };

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

static size_t verify_all(const struct pair *pairs, const struct signers *signers)
{
    size_t good = 0;
    for (size_t i = 0; i < RECORDS; i++) {
        const struct pair *pair = &pairs[i % SIGNED];
        struct sshsig signature;
        struct record record;
        struct error error = ERROR_INIT;
        const struct signer *signer;
        if (sshsig_parse(pair->armor, &signature, &error) == 0 &&
            signers_judge(signers, signature.public_key, RECORD_NAMESPACE, env_now(), SIGNERS_NOT_SEALED, &signer) ==
                SIGNERS_GOOD &&
            sshsig_verify(&signature, str_slice(&pair->bytes), RECORD_NAMESPACE,
                          &(struct sshsig_options){.key = signer->key}) == SSHSIG_GOOD) {
            good += record_decode(str_slice(&pair->bytes), &record, &error) == RECORD_OK;
            record_clear(&record);
        }
        sshsig_clear(&signature);
    }
    return good;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    struct fixture *f = fixture_new();
    const char *key = keygen_key(f, "ana", "ed25519", NULL);
    const char *allowed = fixture_text(f, "ana@acme.example %s\n", keygen_public_line(f, key));
    struct pair *pairs = memory_new_array(SIGNED, sizeof *pairs);
    struct signers *signers;
    struct error error = ERROR_INIT;
    int64_t times[RUNS], start;
    fixture_write_text(f, "allowed", allowed);
    for (size_t i = 0; i < SIGNED; i++) {
        str_init(&pairs[i].bytes);
        make_record(f, key, i, &pairs[i]);
    }
    if (signers_load(slice_of(allowed), "allowed_signers", (struct slice){NULL, 0}, "", &signers, &error) != 0)
        abort();
    for (size_t run = 0; run < RUNS; run++) {
        start = env_monotonic_us();
        if (verify_all(pairs, signers) != RECORDS)
            abort();
        times[run] = env_monotonic_us() - start;
    }
    qsort(times, RUNS, sizeof *times, compare_times);
    start = env_monotonic_us();
    for (size_t i = 0; i < CALLS; i++)
        if (!keygen_verifies(f, fixture_path(f, "allowed"), "ana@acme.example", pairs[i % SIGNED].armor,
                             RECORD_NAMESPACE, str_slice(&pairs[i % SIGNED].bytes), NULL))
            abort();
    double ours = (double)times[RUNS / 2] / 1000,
           theirs = (double)(env_monotonic_us() - start) / 1000 * RECORDS / CALLS;
    printf("1,000 ed25519 records verified, beside ssh-keygen -Y verify (100 calls, times ten) | %.1f ms | %.0f ms | "
           "%.1f | %d\n",
           ours, theirs, theirs / ours, MUST);
    for (size_t i = 0; i < SIGNED; i++)
        str_clear(&pairs[i].bytes);
    memory_free(pairs);
    signers_free(signers);
    fixture_free(f);
    return theirs / ours < MUST;
}
