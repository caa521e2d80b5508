#include "assay/review/short_key.h"

#define WAY_OUT "make a new one with “ssh-keygen -t ed25519”"

bool short_key_own(const struct workspace *workspace, struct str *out)
{
    const struct signer *signer =
        workspace->signers ? signers_find(workspace->signers, str_slice(&workspace->identity.keys.blob)) : NULL;
    if (!signer || !sshkey_is_short(signer->key))
        return false;
    str_appendf(out, "Your key is RSA with %u bits, fewer than the %d that are safe for long: it counts; " WAY_OUT ".",
                sshkey_bits(signer->key), SSHKEY_RSA_BITS_GOOD);
    return true;
}

bool short_key_at(const struct workspace *workspace, size_t line, struct str *out)
{
    const struct signer *signer = signers_at(workspace->signers, line);
    if (!sshkey_is_short(signer->key) || signer->revocation != SIGNERS_NOT_REVOKED ||
        signers_find(workspace->signers, sshkey_blob(signer->key)) != signer)
        return false;
    str_appendf(out,
                WORKSPACE_SIGNERS_PATH ":%zu: the key of %.*s is RSA with %u bits, fewer than the %d that are safe for "
                                       "long: it counts; " WAY_OUT ", and list this one as retired.",
                signer->line, SLICE_ARG(signer->principal), sshkey_bits(signer->key), SSHKEY_RSA_BITS_GOOD);
    return true;
}
