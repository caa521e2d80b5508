#include "assay/trust/keys.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/trust/sshsig.h"
#include "assay/trust/sshwire.h"

enum { KEY_FILE_MAX = 64 << 10 };

/* --- finding ------------------------------------------------------------------------------------------------------- */

static const char *configured_key(const struct keys_settings *settings)
{
    if (settings->assay_signing_key && *settings->assay_signing_key)
        return settings->assay_signing_key;
    bool ssh = settings->gpg_format && strcmp(settings->gpg_format, "ssh") == 0;
    return ssh && settings->user_signing_key && *settings->user_signing_key ? settings->user_signing_key : NULL;
}

/* As git tells them apart: `key::` or a type name in front makes it the key itself. */
static bool is_literal(const char *value, const char **line)
{
    static const char *const starts[] = {"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"};
    if (strncmp(value, "key::", 5) == 0) {
        *line = value + 5;
        return true;
    }
    *line = value;
    for (size_t i = 0; i < ARRAY_COUNT(starts); i++)
        if (strncmp(value, starts[i], strlen(starts[i])) == 0 && strchr(value, ' '))
            return true;
    return false;
}

static void expand_path(const char *value, struct str *path)
{
    const char *home = env_variable("HOME");
    if (home && (strncmp(value, "~/", 2) == 0 || strcmp(value, "~") == 0)) {
        str_append_text(path, home);
        value++;
    }
    str_append_text(path, value);
}

static int check_key(const struct keys *keys, const char *where, struct error *error)
{
    struct sshkey *key;
    enum sshkey_problem problem = sshkey_new(str_slice(&keys->blob), &key);
    sshkey_free(key);
    if (problem == SSHKEY_OK)
        return 0;
    return error_set(error, ERROR_ENVIRONMENT,
                     "The signing key %s is %s; choose another with git config assay.signingKey.", where,
                     problem == SSHKEY_WEAK          ? "an RSA key that is too short"
                     : problem == SSHKEY_UNSUPPORTED ? "of a type that assay does not verify"
                                                     : "not a public key");
}

static bool take_line(struct keys *keys, struct slice text)
{
    struct slice line, comment;
    while (slice_cut_line(&text, &line)) {
        line = slice_trim(line);
        if (!line.size || line.data[0] == '#')
            continue;
        str_reset(&keys->blob);
        if (!sshkey_parse_line(line, &keys->blob, &comment))
            return false;
        str_append(&keys->line, line);
        return true;
    }
    return false;
}

/* The public half stands in clear in OpenSSH's own private key files, whatever their passphrase
 * (openssh-portable, PROTOCOL.key). */
static bool take_private_file(struct keys *keys, struct slice text)
{
    static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----", end[] = "-----END OPENSSH PRIVATE KEY-----";
    static const char magic[] = "openssh-key-v1"; /* with its NUL */
    struct str decoded = STR_INIT;
    struct slice skipped, public_key, name;
    uint32_t count;
    bool taken = false;
    text = slice_trim(text);
    size_t stop = slice_find(text, SLICE(end));
    if (slice_starts_with(text, SLICE(begin)) && stop != SLICE_NOT_FOUND &&
        sshwire_base64_decode(slice_part(text, sizeof begin - 1, stop - (sizeof begin - 1)), true, &decoded)) {
        struct slice rest = slice_from(str_slice(&decoded), sizeof magic);
        taken = slice_starts_with(str_slice(&decoded), slice_make(magic, sizeof magic)) &&
                sshwire_string(&rest, &skipped) && sshwire_string(&rest, &skipped) && sshwire_string(&rest, &skipped) &&
                sshwire_u32(&rest, &count) && count == 1 && sshwire_string(&rest, &public_key);
        if (taken) {
            struct slice inner = public_key;
            str_reset(&keys->blob);
            str_append(&keys->blob, public_key);
            if (sshwire_string(&inner, &name))
                str_append(&keys->line, name);
            str_push(&keys->line, ' ');
            sshwire_base64_encode(public_key, true, &keys->line);
        }
    }
    str_clear(&decoded);
    return taken;
}

static bool take_file(struct keys *keys, const char *path, bool private_too)
{
    struct str text = STR_INIT;
    struct error ignored = ERROR_INIT;
    bool taken = false;
    if (file_read(path, KEY_FILE_MAX, &text, &ignored) == 0)
        taken = take_line(keys, str_slice(&text)) || (private_too && take_private_file(keys, str_slice(&text)));
    memset(text.data, 0, text.size);
    str_clear(&text);
    return taken;
}

static void refuse_half(const struct keys *keys, struct slice beside, struct error *error)
{
    struct str command = STR_INIT;
    str_append_text(&command, "ssh-keygen -y -f ");
    str_append_argument(&command, str_slice(&keys->path));
    str_append_text(&command, " > ");
    str_append_argument(&command, beside);
    error_set(error, ERROR_ENVIRONMENT, "The public half of the signing key %s cannot be read; write it with %s.",
              keys->path.data, command.data);
    str_clear(&command);
}

static int find_in_file(struct keys *keys, const char *value, struct error *error)
{
    struct str beside = STR_INIT;
    int result = -1;
    expand_path(value, &keys->path);
    str_append(&beside, str_slice(&keys->path));
    str_append_text(&beside, ".pub");
    if (take_file(keys, beside.data, false) || take_file(keys, keys->path.data, true))
        result = check_key(keys, keys->path.data, error);
    else if (!file_exists(keys->path.data) && !file_exists(beside.data))
        error_set(error, ERROR_ENVIRONMENT,
                  "There is no signing key %s; make one with ssh-keygen -t ed25519, or correct git config "
                  "assay.signingKey or user.signingKey.",
                  keys->path.data);
    else
        refuse_half(keys, str_slice(&beside), error);
    str_clear(&beside);
    return result;
}

int keys_find(const struct keys_settings *settings, struct keys *keys, struct error *error)
{
    const char *value = configured_key(settings), *line;
    *keys = (struct keys){.path = STR_INIT, .line = STR_INIT, .blob = STR_INIT};
    if (!value)
        return error_set(error, ERROR_ENVIRONMENT,
                         "No signing key is configured; set one with git config --global assay.signingKey "
                         "~/.ssh/id_ed25519.pub (ssh-keygen -t ed25519 makes one).");
    if (!is_literal(value, &line))
        return find_in_file(keys, value, error);
    if (!take_line(keys, slice_of(line)))
        return error_set(error, ERROR_ENVIRONMENT,
                         "The signing key in git config is not a public key; expected key:: and the line of a .pub "
                         "file.");
    return check_key(keys, "in git config", error);
}

void keys_clear(struct keys *keys)
{
    str_clear(&keys->path);
    str_clear(&keys->line);
    str_clear(&keys->blob);
}

/* --- signing ------------------------------------------------------------------------------------------------------- */

/* What ssh-keygen says when it fails, and what helps. The first that occurs decides. */
static const struct complaint {
    const char *needle;
    bool foreground_helps;
    const char *background, *foreground; /* the sentence after the key's name, by mode */
} complaints[] = {
    {"incorrect passphrase", true,
     "needs its passphrase; sign in the foreground, or hand it to an agent with ssh-add first.",
     "was not unlocked: the passphrase is wrong; try again."},
    {"UNPROTECTED PRIVATE KEY FILE", false, "may be read by others, so ssh-keygen ignores it; chmod 600 it.", NULL},
    {"agent refused operation", true, "was refused by the agent; confirm or touch when it asks, or unlock the agent.",
     NULL},
    {"device not found", true, "is on a security key that is not plugged in; plug it in and try again.", NULL},
    {"incorrect PIN", true, "needs the PIN of its security key; sign in the foreground.",
     "was not unlocked: the PIN is wrong; try again."},
    {"PIN required", true, "needs the PIN of its security key; sign in the foreground.",
     "was not unlocked: the PIN is missing; try again."},
    {"No private key found", false,
     "has no private half here: no such file, and the agent does not hold it; ssh-add it, or correct git config "
     "assay.signingKey.",
     NULL},
    {"Couldn't get agent socket", false, "is held by an agent, and none runs; start one and ssh-add the key.", NULL},
    {"Couldn't find key in agent", false, "is not in the agent; ssh-add it.", NULL},
    {"Couldn't load public key", false, "is missing or is no key; correct git config assay.signingKey.", NULL},
};

static int complain(const char *name, enum process_mode mode, const struct process_result *result,
                    bool *foreground_helps, struct error *error)
{
    struct slice errors = str_slice(&result->errors), line = {NULL, 0}, last = {NULL, 0};
    for (size_t i = 0; i < ARRAY_COUNT(complaints); i++) {
        const struct complaint *complaint = &complaints[i];
        if (slice_find(errors, slice_of(complaint->needle)) == SLICE_NOT_FOUND)
            continue;
        *foreground_helps = complaint->foreground_helps && mode == PROCESS_BACKGROUND;
        bool foreground = mode == PROCESS_FOREGROUND && complaint->foreground;
        return error_set(error, ERROR_ENVIRONMENT, "The signing key %s %s", name,
                         foreground ? complaint->foreground : complaint->background);
    }
    while (slice_cut_line(&errors, &line))
        if (line.size)
            last = line;
    return error_set(error, ERROR_ENVIRONMENT, "ssh-keygen could not sign with the key %s (exit %d): %.*s", name,
                     result->exit_code, SLICE_ARG(slice_part(last, 0, 300)));
}

/* A signature that ssh-keygen made, but that nobody could verify, is caught before it is published. */
static int check_own(const struct keys *keys, const char *namespace_name, struct slice message, struct slice armor,
                     struct error *error)
{
    struct sshsig made;
    enum sshsig_result result = SSHSIG_MALFORMED;
    struct error ignored = ERROR_INIT;
    if (sshsig_parse(armor, &made, &ignored) == 0 && slice_equal(made.public_key, str_slice(&keys->blob)))
        result = sshsig_verify(&made, message, namespace_name, NULL);
    sshsig_clear(&made);
    if (result == SSHSIG_GOOD)
        return 0;
    return error_set(error, ERROR_ENVIRONMENT,
                     "ssh-keygen made a signature that does not verify (%s); nothing was published, check the key and "
                     "the agent.",
                     sshsig_result_name(result));
}

static int run_keygen(const struct keys *keys, const char *path, const char *namespace_name, struct slice message,
                      enum process_mode mode, struct str *signature, bool *foreground_helps, struct error *error)
{
    const char *const arguments[] = {"ssh-keygen", "-Y", "sign", "-n", namespace_name, "-f", path, NULL};
    /* LC_ALL: the complaints are matched. A security key asks for its touch on standard error, so the person sees it. */
    const char *const background[] = {"SSH_ASKPASS_REQUIRE=never", "LC_ALL=C", NULL}, *const *foreground =
                                                                                          background + 1;
    const struct process process = {
        .arguments = arguments,
        .environment = mode == PROCESS_BACKGROUND ? background : foreground,
        .input = message.data ? message : SLICE(""),
        .mode = mode,
        .inherit_errors = mode == PROCESS_FOREGROUND && slice_starts_with(str_slice(&keys->line), SLICE("sk-")),
    };
    struct process_result result;
    process_result_init(&result);
    int status = process_run(&process, &result, error);
    if (status == 0 && result.exit_code != 0)
        status = complain(keys->path.size ? keys->path.data : "in git config", mode, &result, foreground_helps, error);
    if (status == 0)
        status = check_own(keys, namespace_name, message, str_slice(&result.output), error);
    if (status == 0)
        str_append(signature, str_slice(&result.output));
    process_result_clear(&result);
    return status;
}

/* ssh-keygen takes a key from a file only; with the public half there it asks the agent for the other. */
static int sign_with_agent(const struct keys *keys, const char *namespace_name, struct slice message,
                           enum process_mode mode, struct str *signature, bool *foreground_helps, struct error *error)
{
    struct str folder = STR_INIT, path = STR_INIT;
    struct error ignored = ERROR_INIT;
    int status = file_make_temporary_folder("assay-key-", &folder, error);
    if (status == 0) {
        file_join(&path, folder.data, "key.pub");
        status = file_write(path.data, str_slice(&keys->line), 0600, error);
        if (status == 0)
            status = run_keygen(keys, path.data, namespace_name, message, mode, signature, foreground_helps, error);
        file_remove_tree(folder.data, &ignored);
    }
    str_clear(&folder);
    str_clear(&path);
    return status;
}

int keys_sign(const struct keys *keys, const char *namespace_name, struct slice message, enum process_mode mode,
              struct str *signature, bool *foreground_helps, struct error *error)
{
    bool ignored;
    if (!foreground_helps)
        foreground_helps = &ignored;
    *foreground_helps = false;
    if (!process_available("ssh-keygen"))
        return error_set(error, ERROR_ENVIRONMENT, "ssh-keygen is not installed; install OpenSSH (openssh-client).");
    if (keys->path.size)
        return run_keygen(keys, keys->path.data, namespace_name, message, mode, signature, foreground_helps, error);
    return sign_with_agent(keys, namespace_name, message, mode, signature, foreground_helps, error);
}
