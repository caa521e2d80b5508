#include "assay/trust/sshsig.h"

#include <openssl/evp.h>

#include "assay/base/array.h"
#include "assay/trust/sshwire.h"

#define MAGIC "SSHSIG"
#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END   "\n-----END SSH SIGNATURE-----"

static const struct {
    const char *name;
    const EVP_MD *(*hash)(void);
} hashes[] = {{"sha512", EVP_sha512}, {"sha256", EVP_sha256}};

static const EVP_MD *find_hash(struct slice name)
{
    for (size_t i = 0; i < ARRAY_COUNT(hashes); i++)
        if (slice_is(name, hashes[i].name))
            return hashes[i].hash();
    return NULL;
}

static int malformed(struct error *error, const char *what)
{
    return error_set(error, ERROR_INPUT, "The signature is malformed: %s; sign again with ssh-keygen -Y sign.", what);
}

static int take_armor(struct slice armor, struct str *blob, struct error *error)
{
    if (armor.size > SSHSIG_ARMOR_MAX)
        return malformed(error, "it is larger than 64 KiB");
    if (!slice_starts_with(armor, SLICE(BEGIN)))
        return malformed(error, "its first line is not \"-----BEGIN SSH SIGNATURE-----\"");
    struct slice body = slice_from(armor, sizeof BEGIN - 1);
    size_t end = slice_find(body, SLICE(END));
    if (end == SLICE_NOT_FOUND)
        return malformed(error, "it has no END line");
    for (size_t i = end + sizeof END - 1; i < body.size; i++)
        if (body.data[i] != '\n' && body.data[i] != '\r')
            return malformed(error, "something follows its END line");
    if (!sshwire_base64_decode(slice_part(body, 0, end), true, blob))
        return malformed(error, "it is not base64");
    return 0;
}

static int take_blob(struct slice rest, struct sshsig *signature, struct error *error)
{
    uint32_t version;
    struct slice reserved;
    if (!slice_starts_with(rest, SLICE(MAGIC)))
        return malformed(error, "it does not hold an SSHSIG");
    rest = slice_from(rest, sizeof MAGIC - 1);
    if (!sshwire_u32(&rest, &version) || version != 1)
        return malformed(error, "its version is not 1");
    if (!sshwire_string(&rest, &signature->public_key) || !sshwire_string(&rest, &signature->namespace_name) ||
        !sshwire_string(&rest, &reserved) || !sshwire_string(&rest, &signature->hash) ||
        !sshwire_string(&rest, &signature->signature))
        return malformed(error, "it ends too early");
    if (rest.size)
        return malformed(error, "bytes follow its last field");
    if (reserved.size)
        return malformed(error, "its reserved field is not empty");
    if (!signature->namespace_name.size || slice_find_byte(signature->namespace_name, '\0') != SLICE_NOT_FOUND)
        return malformed(error, "its namespace is empty or holds a NUL");
    if (!find_hash(signature->hash))
        return malformed(error, "its hash is neither sha512 nor sha256");
    return 0;
}

int sshsig_parse(struct slice armor, struct sshsig *signature, struct error *error)
{
    *signature = (struct sshsig){.blob = STR_INIT};
    if (take_armor(armor, &signature->blob, error) != 0)
        return -1;
    return take_blob(str_slice(&signature->blob), signature, error);
}

void sshsig_clear(struct sshsig *signature)
{
    str_clear(&signature->blob);
    *signature = (struct sshsig){.blob = STR_INIT};
}

/* The bytes under the signature (PROTOCOL.sshsig, 2). */
static bool append_signed_bytes(const struct sshsig *signature, struct slice message, struct str *out)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const char *data = message.data ? message.data : "";
    if (EVP_Digest(data, message.size, hash, &size, find_hash(signature->hash), NULL) != 1)
        return false;
    str_append(out, SLICE(MAGIC));
    sshwire_append_string(out, signature->namespace_name);
    sshwire_append_string(out, SLICE(""));
    sshwire_append_string(out, signature->hash);
    sshwire_append_string(out, slice_make((const char *)hash, size));
    return true;
}

static enum sshsig_result judge_presence(const struct sshkey *key, const struct sshkey_presence *presence,
                                         bool user_verification)
{
    bool security_key = sshkey_type(key) == SSHKEY_SK_ED25519 || sshkey_type(key) == SSHKEY_SK_ECDSA_256;
    if (!presence->present)
        return SSHSIG_USER_ABSENT;
    return security_key && user_verification && !presence->verified ? SSHSIG_USER_UNVERIFIED : SSHSIG_GOOD;
}

static enum sshsig_result verify_with(const struct sshsig *signature, const struct sshkey *key, struct slice message,
                                      bool user_verification)
{
    struct sshkey_presence presence;
    struct str data = STR_INIT;
    enum sshkey_verdict verdict = SSHKEY_NOT_SIGNED;
    if (append_signed_bytes(signature, message, &data))
        verdict = sshkey_verify(key, signature->signature, str_slice(&data), &presence);
    str_clear(&data);
    if (verdict == SSHKEY_SIGNED)
        return judge_presence(key, &presence, user_verification);
    return verdict == SSHKEY_SIGNATURE_MALFORMED ? SSHSIG_MALFORMED : SSHSIG_BAD_SIGNATURE;
}

static enum sshsig_result result_of_problem(enum sshkey_problem problem)
{
    switch (problem) {
    case SSHKEY_UNSUPPORTED:
        return SSHSIG_UNSUPPORTED_KEY;
    case SSHKEY_WEAK:
        return SSHSIG_WEAK_KEY;
    case SSHKEY_OK:
    case SSHKEY_MALFORMED:
        break;
    }
    return SSHSIG_MALFORMED;
}

enum sshsig_result sshsig_verify(const struct sshsig *signature, struct slice message, const char *namespace_name,
                                 const struct sshsig_options *options)
{
    struct sshkey *made = NULL;
    const struct sshkey *key = options ? options->key : NULL;
    if (!key || !slice_equal(sshkey_blob(key), signature->public_key)) {
        enum sshkey_problem problem = sshkey_new(signature->public_key, &made);
        if (problem != SSHKEY_OK)
            return result_of_problem(problem);
        key = made;
    }
    enum sshsig_result result = SSHSIG_WRONG_NAMESPACE;
    if (slice_is(signature->namespace_name, namespace_name))
        result = verify_with(signature, key, message, options && options->user_verification);
    sshkey_free(made);
    return result;
}

const char *sshsig_result_name(enum sshsig_result result)
{
    static const char *const names[] = {
        [SSHSIG_GOOD] = "good",
        [SSHSIG_BAD_SIGNATURE] = "bad-signature",
        [SSHSIG_WRONG_NAMESPACE] = "wrong-namespace",
        [SSHSIG_MALFORMED] = "malformed",
        [SSHSIG_UNSUPPORTED_KEY] = "unsupported-key",
        [SSHSIG_WEAK_KEY] = "weak-key",
        [SSHSIG_USER_ABSENT] = "user-absent",
        [SSHSIG_USER_UNVERIFIED] = "user-unverified",
    };
    return names[result];
}
