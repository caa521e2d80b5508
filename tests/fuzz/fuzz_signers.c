/* allowed_signers and revoked_signers: the input is the one, and then the other. */
#include "assay/trust/signers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(struct slice allowed, struct slice revoked)
{
    struct signers *signers;
    struct error error = ERROR_INIT;
    if (signers_load(allowed, "allowed_signers", revoked, "revoked_signers", &signers, &error) != 0)
        return;
    for (size_t i = 0; i < signers_count(signers); i++)
        signers_judge(signers, sshkey_blob(signers_at(signers, i)->key), "review.v1@assay", 0, SIGNERS_NOT_SEALED,
                      NULL);
    signers_free(signers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    load(bytes, (struct slice){NULL, 0});
    load(SLICE(""), bytes);
    return 0;
}
