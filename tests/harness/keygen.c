#include "harness/test.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "assay/base/file.h"
#include "assay/trust/sshwire.h"
#include "harness/keygen.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END   "\n-----END SSH SIGNATURE-----"

struct slice keygen_keep(struct fixture *f, struct str *text)
{
    struct slice kept = arena_copy(&f->arena, str_slice(text));
    str_clear(text);
    return kept;
}

const char *keygen_key(struct fixture *f, const char *name, const char *type, const char *bits)
{
    struct error error = ERROR_INIT;
    const char *path = fixture_text(f, "%s/keys/%s", f->root, name);
    assert_success(file_make_folders(fixture_path(f, "keys"), 0700, &error), error);
    int code =
        bits ? fixture_run(f, NULL, "ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", name, "-f", path,
                           (char *)NULL)
             : fixture_run(f, NULL, "ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", path, (char *)NULL);
    assert_int_equal(code, 0);
    return path;
}

const char *keygen_public_line(struct fixture *f, const char *key)
{
    struct slice line = fixture_read(f, fixture_text(f, "%s.pub", key)), type, base64;
    assert_true(slice_cut(&line, ' ', &type) && slice_cut(&line, ' ', &base64));
    return fixture_text(f, "%.*s %.*s", SLICE_ARG(type), SLICE_ARG(base64));
}

struct slice keygen_public_blob(struct fixture *f, const char *key)
{
    struct slice line = slice_of(keygen_public_line(f, key)), type;
    struct str blob = STR_INIT;
    assert_true(slice_cut(&line, ' ', &type));
    assert_true(sshwire_base64_decode(line, false, &blob));
    return keygen_keep(f, &blob);
}

struct slice keygen_sign(struct fixture *f, const char *key, const char *namespace_name, struct slice message,
                         const char *hash)
{
    const char *option = fixture_text(f, "hashalg=%s", hash ? hash : "sha512");
    assert_int_equal(fixture_run_with_input(f, NULL, message, "ssh-keygen", "-Y", "sign", "-n", namespace_name, "-O",
                                            option, "-f", key, (char *)NULL),
                     0);
    return arena_copy(&f->arena, str_slice(&f->result.output));
}

/* Without an fsync, since this is done thousands of times. */
static const char *write_signature(struct fixture *f, struct slice armor)
{
    const char *path = fixture_path(f, "oracle.sig");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(armor.data, 1, armor.size, file), armor.size);
    fclose(file);
    return path;
}

bool keygen_checks(struct fixture *f, struct slice armor, const char *namespace_name, struct slice message)
{
    const char *path = write_signature(f, armor);
    return fixture_run_with_input(f, NULL, message, "ssh-keygen", "-Y", "check-novalidate", "-n", namespace_name, "-s",
                                  path, (char *)NULL) == 0;
}

bool keygen_verifies(struct fixture *f, const char *allowed, const char *principal, struct slice armor,
                     const char *namespace_name, struct slice message, const char *time)
{
    const char *path = write_signature(f, armor);
    const char *option = time ? fixture_text(f, "verify-time=%s", time) : "print-pubkey";
    return fixture_run_with_input(f, NULL, message, "ssh-keygen", "-Y", "verify", "-O", option, "-f", allowed, "-I",
                                  principal, "-n", namespace_name, "-s", path, (char *)NULL) == 0;
}

struct keygen_parts keygen_take_apart(struct fixture *f, struct slice armor)
{
    struct keygen_parts parts;
    struct str blob = STR_INIT;
    struct slice inner;
    size_t end = slice_find(armor, SLICE(END));
    assert_true(slice_starts_with(armor, SLICE(BEGIN)) && end != SLICE_NOT_FOUND);
    assert_true(sshwire_base64_decode(slice_part(armor, sizeof BEGIN - 1, end - (sizeof BEGIN - 1)), true, &blob));
    struct slice rest = slice_from(keygen_keep(f, &blob), 6);
    assert_true(sshwire_u32(&rest, &parts.version));
    assert_true(sshwire_string(&rest, &parts.public_key));
    assert_true(sshwire_string(&rest, &parts.namespace_name));
    assert_true(sshwire_string(&rest, &parts.reserved));
    assert_true(sshwire_string(&rest, &parts.hash));
    assert_true(sshwire_string(&rest, &inner));
    parts.trailer = rest;
    assert_true(sshwire_string(&inner, &parts.type));
    assert_true(sshwire_string(&inner, &parts.signature));
    parts.signature_trailer = inner;
    return parts;
}

struct slice keygen_blob(struct fixture *f, const struct keygen_parts *parts)
{
    struct str blob = STR_INIT, inner = STR_INIT;
    sshwire_append_string(&inner, parts->type);
    sshwire_append_string(&inner, parts->signature);
    str_append(&inner, parts->signature_trailer);
    str_append_text(&blob, "SSHSIG");
    sshwire_append_u32(&blob, parts->version);
    sshwire_append_string(&blob, parts->public_key);
    sshwire_append_string(&blob, parts->namespace_name);
    sshwire_append_string(&blob, parts->reserved);
    sshwire_append_string(&blob, parts->hash);
    sshwire_append_string(&blob, str_slice(&inner));
    str_append(&blob, parts->trailer);
    str_clear(&inner);
    return keygen_keep(f, &blob);
}

struct slice keygen_armor(struct fixture *f, struct slice blob)
{
    struct str armor = STR_INIT, base64 = STR_INIT;
    sshwire_base64_encode(blob, true, &base64);
    str_append_text(&armor, BEGIN);
    for (size_t at = 0; at < base64.size; at += 70) {
        str_append(&armor, slice_part(str_slice(&base64), at, 70));
        if (at + 70 < base64.size)
            str_push(&armor, '\n');
    }
    str_append_text(&armor, END "\n");
    str_clear(&base64);
    return keygen_keep(f, &armor);
}

struct slice keygen_signed_bytes(struct fixture *f, const struct keygen_parts *parts, struct slice message)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size;
    struct str bytes = STR_INIT;
    const EVP_MD *kind = slice_is(parts->hash, "sha256") ? EVP_sha256() : EVP_sha512();
    assert_int_equal(EVP_Digest(message.data, message.size, hash, &size, kind, NULL), 1);
    str_append_text(&bytes, "SSHSIG");
    sshwire_append_string(&bytes, parts->namespace_name);
    sshwire_append_string(&bytes, SLICE(""));
    sshwire_append_string(&bytes, parts->hash);
    sshwire_append_string(&bytes, slice_make((const char *)hash, size));
    return keygen_keep(f, &bytes);
}
