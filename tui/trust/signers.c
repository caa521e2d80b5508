#include "assay/trust/signers.h"

#include <string.h>

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

struct signers {
    struct arena arena; /* the text of both files */
    struct signer *items;
    size_t count, capacity;
    struct table *by_key, *by_principal; /* to the first line */
    struct table *revoked;               /* key blob to enum signers_revocation */
};

/* One file while it is read; every complaint names its line. */
struct reader {
    const char *name;
    size_t line;
    struct error *error;
};

static int bad(const struct reader *reader, const char *what)
{
    return error_set(reader->error, ERROR_INPUT, "%s:%zu: %s", reader->name, reader->line, what);
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct slice *rest)
{
    while (rest->size && is_blank(rest->data[0]))
        *rest = slice_from(*rest, 1);
}

/* Up to a blank that is not within quotes. */
static struct slice take_word(struct slice *rest)
{
    bool quoted = false;
    size_t end = 0;
    for (; end < rest->size && (quoted || !is_blank(rest->data[end])); end++) {
        if (quoted && rest->data[end] == '\\' && end + 1 < rest->size && rest->data[end + 1] == '"')
            end++;
        else if (rest->data[end] == '"')
            quoted = !quoted;
    }
    struct slice word = slice_part(*rest, 0, end);
    *rest = slice_from(*rest, end);
    skip_blanks(rest);
    return word;
}

static bool has_control_bytes(struct slice line)
{
    for (size_t i = 0; i < line.size; i++)
        if (((unsigned char)line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
            return true;
    return false;
}

static bool has_any_of(struct slice text, const char *bytes)
{
    for (; *bytes; bytes++)
        if (slice_find_byte(text, *bytes) != SLICE_NOT_FOUND)
            return true;
    return false;
}

/* Calls back for each line that says something. */
typedef int line_reader(struct signers *signers, const struct reader *reader, struct slice line);

static int read_lines(struct signers *signers, struct slice bytes, const char *name, line_reader *read,
                      struct error *error)
{
    struct reader reader = {.name = name, .error = error};
    struct slice rest, line;
    if (bytes.size > SIGNERS_SIZE_MAX)
        return error_set(error, ERROR_INPUT, "%s: the file is larger than 4 MiB; remove what is not a signer.", name);
    rest = arena_copy(&signers->arena, bytes);
    while (slice_cut_line(&rest, &line)) {
        reader.line++;
        skip_blanks(&line);
        if (!line.size || line.data[0] == '#')
            continue;
        if (has_control_bytes(line))
            return bad(&reader, "the line holds control characters; remove them.");
        if (read(signers, &reader, line) != 0)
            return -1;
    }
    return 0;
}

/* --- times --------------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar: H. Hinnant, "chrono-compatible low-level date
 * algorithms", days_from_civil. */
static int64_t days_from_date(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400, of_era = y % 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS and a Z. */
static bool parse_time(struct slice text, int64_t *seconds)
{
    char digits[15] = "00000000000000";
    size_t size = text.size ? text.size - 1 : 0;
    if ((size != 8 && size != 12 && size != 14) || text.data[size] != 'Z')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        digits[i] = text.data[i];
    }
    int year = two_digits(digits) * 100 + two_digits(digits + 2), month = two_digits(digits + 4);
    int day = two_digits(digits + 6), hour = two_digits(digits + 8);
    int minute = two_digits(digits + 10), second = two_digits(digits + 12);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59 || second > 59)
        return false;
    *seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return *seconds > 0; /* OpenSSH takes 0 for "none" */
}

/* --- options ------------------------------------------------------------------------------------------------------- */

static bool equal_ignoring_case(struct slice text, const char *word)
{
    size_t i = 0;
    for (; i < text.size && word[i]; i++) {
        char c = text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] + 32) : text.data[i];
        if (c != word[i])
            return false;
    }
    return i == text.size && !word[i];
}

/* Takes `"…"` off the front, without its quotes; `\"` becomes a quote. */
static bool take_quoted(struct signers *signers, struct slice *rest, struct slice *value)
{
    if (!rest->size || rest->data[0] != '"')
        return false;
    char *copy = arena_alloc(&signers->arena, rest->size);
    size_t size = 0, i = 1;
    for (; i < rest->size && rest->data[i] != '"'; i++) {
        if (rest->data[i] == '\\' && i + 1 < rest->size && rest->data[i + 1] == '"')
            i++;
        copy[size++] = rest->data[i];
    }
    if (i == rest->size)
        return false;
    *value = slice_make(copy, size);
    *rest = slice_from(*rest, i + 1);
    return true;
}

static int set_time(const struct reader *reader, struct slice value, bool given, int64_t *time)
{
    if (given)
        return bad(reader, "a valid-after or valid-before is given twice; keep one.");
    if (!parse_time(value, time))
        return bad(reader, "a time is not YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ; the Z (UTC) is required, since "
                           "local time would mean another moment on another machine.");
    return 0;
}

static int set_option(const struct reader *reader, struct signer *signer, struct slice name, struct slice value)
{
    if (equal_ignoring_case(name, "valid-after"))
        return set_time(reader, value, signer->valid_after != SIGNERS_ALWAYS, &signer->valid_after);
    if (equal_ignoring_case(name, "valid-before"))
        return set_time(reader, value, signer->valid_before != SIGNERS_FOREVER, &signer->valid_before);
    if (!equal_ignoring_case(name, "namespaces"))
        return bad(reader, "unknown option; there are namespaces, valid-after and valid-before.");
    if (signer->namespaces.data)
        return bad(reader, "namespaces is given twice; keep one.");
    if (!value.size)
        return bad(reader, "namespaces is empty, so the key could sign nothing; name some or remove the option.");
    signer->namespaces = value;
    return 0;
}

static int read_options(struct signers *signers, const struct reader *reader, struct signer *signer,
                        struct slice options)
{
    for (;;) {
        size_t end = 0;
        while (end < options.size && options.data[end] != '=' && options.data[end] != ',')
            end++;
        struct slice name = slice_part(options, 0, end), value;
        if (equal_ignoring_case(name, "cert-authority"))
            return bad(reader, "cert-authority is unsupported: assay does not verify certificates yet; list the "
                               "people's own keys.");
        options = slice_from(options, end);
        if (!options.size || options.data[0] != '=')
            return bad(reader, "neither a key type that assay knows nor an option; expected `principal [options] "
                               "keytype base64 [comment]`.");
        options = slice_from(options, 1);
        if (!take_quoted(signers, &options, &value))
            return bad(reader, "an option's value is not within quotes.");
        if (set_option(reader, signer, name, value) != 0)
            return -1;
        if (!options.size)
            break;
        if (options.data[0] != ',' || options.size == 1)
            return bad(reader, "options are separated by single commas, without spaces.");
        options = slice_from(options, 1);
    }
    if (signer->valid_before <= signer->valid_after)
        return bad(reader, "valid-before is not later than valid-after.");
    return 0;
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static int read_principal(const struct reader *reader, struct slice word, struct slice *principal)
{
    if (has_any_of(word, ","))
        return bad(reader, "a key belongs to one principal; give each person a key and a line of their own.");
    if (has_any_of(word, "*?!"))
        return bad(reader, "a principal is written out, without *, ? and !.");
    if (has_any_of(word, "\"\\"))
        return bad(reader, "a principal is written without quotes and backslashes.");
    *principal = word;
    return 0;
}

static int key_problem(const struct reader *reader, enum sshkey_problem problem)
{
    switch (problem) {
    case SSHKEY_OK:
        return 0;
    case SSHKEY_MALFORMED:
        break;
    case SSHKEY_UNSUPPORTED:
        return bad(reader, "unsupported key type; use ed25519, ecdsa, rsa or a security key, no certificate.");
    case SSHKEY_WEAK:
        return bad(reader, "the RSA key is weak; it needs at least 2048 bits, better 3072.");
    }
    return bad(reader, "the public key is malformed; copy the whole line of the .pub file.");
}

/* A line's key begins with its type, which has neither quotes nor an equals sign and is not the word of a flag. */
static bool looks_like_key(struct slice rest)
{
    struct slice word = take_word(&rest);
    return rest.size && !has_any_of(word, "\"=,") && !equal_ignoring_case(word, "cert-authority");
}

static int read_key(const struct reader *reader, struct slice rest, struct sshkey **key)
{
    struct str blob = STR_INIT;
    struct slice comment;
    int result = sshkey_parse_line(rest, &blob, &comment)
                     ? key_problem(reader, sshkey_new(str_slice(&blob), key))
                     : bad(reader, "no public key; expected `principal [options] keytype base64 [comment]`.");
    str_clear(&blob);
    return result;
}

/* The first line of a key decides whose it is; every further one must agree. */
static int add_signer(struct signers *signers, const struct reader *reader, const struct signer *signer)
{
    struct slice blob = sshkey_blob(signer->key);
    size_t first;
    if (table_get(signers->by_key, blob, &first) && !slice_equal(signers->items[first].principal, signer->principal))
        return error_set(reader->error, ERROR_INPUT,
                         "%s:%zu: the key belongs to another principal on line %zu already; a key has one owner.",
                         reader->name, reader->line, signers->items[first].line);
    table_add(signers->by_key, blob, signers->count);
    table_add(signers->by_principal, signer->principal, signers->count);
    *ARRAY_PUSH(signers->items, signers->count, signers->capacity) = *signer;
    return 0;
}

static int read_allowed(struct signers *signers, const struct reader *reader, struct slice line)
{
    struct signer signer = {.valid_after = SIGNERS_ALWAYS, .valid_before = SIGNERS_FOREVER, .line = reader->line};
    if (read_principal(reader, take_word(&line), &signer.principal) != 0)
        return -1;
    if (!looks_like_key(line) && read_options(signers, reader, &signer, take_word(&line)) != 0)
        return -1;
    if (read_key(reader, line, &signer.key) != 0)
        return -1;
    if (add_signer(signers, reader, &signer) == 0)
        return 0;
    sshkey_free(signer.key);
    return -1;
}

static enum signers_revocation revocation_of(struct slice comment)
{
    struct slice word = take_word(&comment);
    size_t end = 0; /* `compromised:` and `retired,` are the words too */
    while (end < word.size && word.data[end] >= 'a' && word.data[end] <= 'z')
        end++;
    if (end < word.size && ((word.data[end] >= 'A' && word.data[end] <= 'Z') || has_any_of(word, "_-")))
        return SIGNERS_NOT_REVOKED;
    word = slice_part(word, 0, end);
    return slice_is(word, "compromised") ? SIGNERS_COMPROMISED
           : slice_is(word, "retired")   ? SIGNERS_RETIRED
                                         : SIGNERS_NOT_REVOKED;
}

/* A key of any type can be revoked, also one that could never sign here. */
static int read_revoked(struct signers *signers, const struct reader *reader, struct slice line)
{
    struct str blob = STR_INIT;
    struct slice comment;
    struct sshkey *key = NULL;
    enum signers_revocation revocation;
    size_t before = SIGNERS_NOT_REVOKED;
    int result = -1;
    if (!sshkey_parse_line(line, &blob, &comment) || sshkey_new(str_slice(&blob), &key) == SSHKEY_MALFORMED)
        bad(reader, "no public key; expected `keytype base64 compromised|retired [why]`.");
    else if ((revocation = revocation_of(comment)) == SIGNERS_NOT_REVOKED)
        bad(reader, "the comment begins with neither `compromised` nor `retired`; say which.");
    else {
        table_get(signers->revoked, str_slice(&blob), &before);
        if ((size_t)revocation > before)
            table_set(signers->revoked, str_slice(&blob), revocation);
        result = 0;
    }
    sshkey_free(key);
    str_clear(&blob);
    return result;
}

void signers_each_revoked(struct slice revoked, void (*take)(void *context, struct slice key_blob), void *context)
{
    struct slice line, comment;
    while (slice_cut_line(&revoked, &line)) {
        struct str blob = STR_INIT;
        skip_blanks(&line);
        if (line.size && line.data[0] != '#' && sshkey_parse_line(line, &blob, &comment) &&
            revocation_of(comment) != SIGNERS_NOT_REVOKED)
            take(context, str_slice(&blob));
        str_clear(&blob);
    }
}

static enum signers_revocation find_revocation(const struct signers *signers, struct slice key_blob)
{
    size_t number = SIGNERS_NOT_REVOKED;
    table_get(signers->revoked, key_blob, &number);
    return (enum signers_revocation)number;
}

int signers_load(struct slice allowed, const char *allowed_name, struct slice revoked, const char *revoked_name,
                 struct signers **signers, struct error *error)
{
    struct signers *made = memory_new(sizeof *made);
    made->by_key = table_new();
    made->by_principal = table_new();
    made->revoked = table_new();
    *signers = NULL;
    if (read_lines(made, allowed, allowed_name, read_allowed, error) != 0 ||
        (revoked.data && read_lines(made, revoked, revoked_name, read_revoked, error) != 0)) {
        signers_free(made);
        return -1;
    }
    for (size_t i = 0; i < made->count; i++)
        made->items[i].revocation = find_revocation(made, sshkey_blob(made->items[i].key));
    *signers = made;
    return 0;
}

void signers_free(struct signers *signers)
{
    if (!signers)
        return;
    for (size_t i = 0; i < signers->count; i++)
        sshkey_free(signers->items[i].key);
    memory_free(signers->items);
    table_free(signers->by_key);
    table_free(signers->by_principal);
    table_free(signers->revoked);
    arena_clear(&signers->arena);
    memory_free(signers);
}

/* --- questions ----------------------------------------------------------------------------------------------------- */

size_t signers_count(const struct signers *signers)
{
    return signers->count;
}

const struct signer *signers_at(const struct signers *signers, size_t at)
{
    return at < signers->count ? &signers->items[at] : NULL;
}

const struct signer *signers_find(const struct signers *signers, struct slice key_blob)
{
    size_t at;
    return table_get(signers->by_key, key_blob, &at) ? &signers->items[at] : NULL;
}

const struct signer *signers_find_principal(const struct signers *signers, struct slice principal)
{
    size_t at;
    return table_get(signers->by_principal, principal, &at) ? &signers->items[at] : NULL;
}

/* One pattern with * and ?, as match_pattern of OpenSSH, without its recursion: only the last * is ever tried again. */
static bool matches_pattern(struct slice pattern, struct slice text)
{
    size_t p = 0, t = 0, star = SLICE_NOT_FOUND, mark = 0;
    while (t < text.size) {
        if (p < pattern.size && pattern.data[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size && (pattern.data[p] == '?' || pattern.data[p] == text.data[t])) {
            p++;
            t++;
        } else if (star != SLICE_NOT_FOUND) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.data[p] == '*')
        p++;
    return p == pattern.size;
}

/* match_pattern_list of OpenSSH: a matching `!pattern` decides at once, else one match is enough. */
static bool matches_list(struct slice list, struct slice text)
{
    struct slice pattern;
    bool matched = false;
    while (slice_cut(&list, ',', &pattern)) {
        bool negated = pattern.size && pattern.data[0] == '!';
        if (!matches_pattern(slice_from(pattern, negated), text))
            continue;
        if (negated)
            return false;
        matched = true;
    }
    return matched;
}

static enum signers_judgement judge_line(const struct signer *signer, struct slice namespace_name, int64_t at)
{
    if (signer->namespaces.data && !matches_list(signer->namespaces, namespace_name))
        return SIGNERS_WRONG_NAMESPACE;
    return at < signer->valid_after || at > signer->valid_before ? SIGNERS_EXPIRED_KEY : SIGNERS_GOOD;
}

/* A key may stand on several lines, one for each namespace or window: as in OpenSSH, one that lets it pass is enough;
 * among those that do not, a window that is over says more than another namespace. */
static enum signers_judgement judge_lines(const struct signers *signers, size_t first, struct slice namespace_name,
                                          int64_t at)
{
    struct slice blob = sshkey_blob(signers->items[first].key);
    enum signers_judgement best = SIGNERS_WRONG_NAMESPACE;
    for (size_t i = first; i < signers->count && best != SIGNERS_GOOD; i++) {
        if (i != first && !slice_equal(sshkey_blob(signers->items[i].key), blob))
            continue;
        enum signers_judgement judgement = judge_line(&signers->items[i], namespace_name, at);
        if (judgement != SIGNERS_WRONG_NAMESPACE)
            best = judgement;
    }
    return best;
}

enum signers_judgement signers_judge(const struct signers *signers, struct slice key_blob, const char *namespace_name,
                                     int64_t now, int64_t sealed_at, const struct signer **signer)
{
    bool sealed = sealed_at != SIGNERS_NOT_SEALED;
    enum signers_revocation revocation = find_revocation(signers, key_blob);
    size_t first;
    bool known = table_get(signers->by_key, key_blob, &first);
    if (signer)
        *signer = known ? &signers->items[first] : NULL;
    if (revocation == SIGNERS_COMPROMISED && !sealed)
        return SIGNERS_REVOKED_COMPROMISED;
    if (!known)
        return SIGNERS_UNKNOWN_SIGNER;
    enum signers_judgement judgement = judge_lines(signers, first, slice_of(namespace_name), sealed ? sealed_at : now);
    if (judgement == SIGNERS_WRONG_NAMESPACE)
        return judgement;
    return revocation == SIGNERS_RETIRED && !sealed ? SIGNERS_REVOKED_RETIRED : judgement;
}

bool signers_may_reject(enum signers_judgement judgement)
{
    return judgement == SIGNERS_GOOD || judgement == SIGNERS_EXPIRED_KEY || judgement == SIGNERS_REVOKED_RETIRED;
}

const char *signers_judgement_name(enum signers_judgement judgement)
{
    static const char *const names[] = {
        [SIGNERS_GOOD] = "good",
        [SIGNERS_UNKNOWN_SIGNER] = "unknown-signer",
        [SIGNERS_EXPIRED_KEY] = "expired-key",
        [SIGNERS_REVOKED_RETIRED] = "revoked-key",
        [SIGNERS_REVOKED_COMPROMISED] = "revoked-key",
        [SIGNERS_WRONG_NAMESPACE] = "wrong-namespace",
    };
    return names[judgement];
}
