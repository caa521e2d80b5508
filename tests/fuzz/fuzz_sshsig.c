/* Armor, blob and key: the input is an armor, and once more the bytes of a blob in a good armor. */
#include "assay/trust/sshsig.h"
#include "assay/trust/sshwire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void verify(struct slice armor)
{
    struct sshsig signature;
    struct error error = ERROR_INIT;
    if (sshsig_parse(armor, &signature, &error) == 0)
        sshsig_verify(&signature, SLICE("message"), "review.v1@assay", NULL);
    sshsig_clear(&signature);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    struct str armor = STR_INIT;
    struct sshkey *key;
    verify(bytes);
    str_append_text(&armor, "-----BEGIN SSH SIGNATURE-----\n");
    sshwire_base64_encode(bytes, true, &armor);
    str_append_text(&armor, "\n-----END SSH SIGNATURE-----\n");
    verify(str_slice(&armor));
    str_clear(&armor);
    if (sshkey_new(bytes, &key) == SSHKEY_OK)
        sshkey_free(key);
    return 0;
}
