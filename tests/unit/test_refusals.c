/* Every word for a record that does not count: a world that has one refused for each, and what gate, verify, log, audit
 * and the console say of it: its file, its signer where known, the reason by its name, and what would make it count. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/model/reason.h"
#include "harness/answer.h"
#include "harness/attack.h"
#include "harness/keygen.h"
#include "harness/sitting.h"

#define CONCISE   "prompt/concise"
#define IN_LOG    "r/prompt%2Fconcise"
#define WRONG     "2222222222222222222222222222222222222222222222222222222222222222"
#define ON_TARGET "reviews/prompt%2Fconcise"
#define NOBODY    "sha256:1111111111111111111111111111111111111111111111111111111111111111"

struct refused {
    const char *what;
    enum reason gate, alone; /* in the gate of the change; by itself, as `verify` says */
    const char *signer;      /* NULL: not known */
    const char *advice;      /* a part of it */
    struct attack_record record;
    bool blocks, sealed;
};

/* Rows are filled in by make_world, by their number. */
enum {
    ROW_FORGED,
    ROW_WRONG_NAME,
    ROW_UNSIGNED,
    ROW_STRANGER,
    ROW_IMPOSTOR,
    ROW_FOR_GIT,
    ROW_REVOKED,
    ROW_EXPIRED,
    ROW_ROLE,
    ROW_AUTHOR,
    ROW_REPOSITORY,
    ROW_TARGET,
    ROW_CHANGE,
    ROW_MODULE,
    ROW_EVIDENCE,
    ROW_RUBRIC,
    ROW_MEANING,
    ROW_SUPERSEDED,
    ROW_SPENT,
    ROW_SEAT,
    ROW_NO_RECORD,
    ROW_UNSEEN,
    ROW_NEWER,
    ROW_GAP,
    ROW_NUMBER,
    ROW_REWOUND,
    ROW_REJECTED,
    ROWS
};

static struct refused rows[ROWS] = {
    [ROW_FORGED] = {"bytes changed after signing", REASON_BAD_SIGNATURE, REASON_BAD_SIGNATURE, NULL, "signs again"},
    [ROW_WRONG_NAME] = {"bytes of another name", REASON_BAD_SIGNATURE, REASON_BAD_SIGNATURE, NULL, "signs again"},
    [ROW_UNSIGNED] = {"no signature", REASON_NO_SIGNATURE, REASON_NO_SIGNATURE, NULL, "adds the .sig file"},
    [ROW_STRANGER] = {"a key of nobody", REASON_UNKNOWN_SIGNER, REASON_UNKNOWN_SIGNER, NULL, "allowed_signers"},
    [ROW_IMPOSTOR] = {"a key of another", REASON_UNKNOWN_SIGNER, REASON_UNKNOWN_SIGNER, "ana", "allowed_signers"},
    [ROW_FOR_GIT] = {"made for git", REASON_WRONG_NAMESPACE, REASON_WRONG_NAMESPACE, "lena", "assay sign"},
    [ROW_REVOKED] = {"revoked", REASON_REVOKED_KEY, REASON_REVOKED_KEY, "rita", "not revoked"},
    [ROW_EXPIRED] = {"expired", REASON_EXPIRED_KEY, REASON_EXPIRED_KEY, "olga", "valid today"},
    [ROW_ROLE] = {"a role not held", REASON_ROLE_NOT_HELD, REASON_ROLE_NOT_HELD, "lena", "holds the role signs"},
    [ROW_AUTHOR] = {"by an author", REASON_SELF_APPROVAL, REASON_NONE, "ana", "wrote nothing"},
    [ROW_REPOSITORY] = {"elsewhere", REASON_OTHER_REPOSITORY, REASON_OTHER_REPOSITORY, "lena", "this repository"},
    [ROW_TARGET] = {"for a release", REASON_OTHER_TARGET, REASON_OTHER_TARGET, "lena", "this target"},
    [ROW_CHANGE] = {"for another change", REASON_OTHER_CHANGE, REASON_OTHER_CHANGE, "lena", "this change"},
    [ROW_MODULE] = {"another module", REASON_STALE_MODULE, REASON_NONE, "lena", "module as it is now"},
    [ROW_EVIDENCE] = {"other outputs", REASON_STALE_EVIDENCE, REASON_NONE, "lena", "outputs of today"},
    [ROW_RUBRIC] = {"another rubric", REASON_STALE_RUBRIC, REASON_NONE, "lena", "rubric and the meaning"},
    [ROW_MEANING] = {"another meaning", REASON_STALE_RUBRIC, REASON_NONE, "lena", "rubric and the meaning"},
    [ROW_SUPERSEDED] = {"an older one", REASON_SUPERSEDED, REASON_NONE, "ines", "Nothing is to be done"},
    [ROW_SPENT] = {"sealed before", REASON_SPENT, REASON_NONE, "lena", "sign again", .sealed = true},
    [ROW_SEAT] = {"nobody asked", REASON_NO_SEAT, REASON_NONE, "ines", "Nothing is to be done"},
    [ROW_NO_RECORD] = {"no record", REASON_MALFORMED, REASON_MALFORMED, "lena", "no record never counts"},
    [ROW_UNSEEN] = {"hasty", REASON_NOT_ALL_SEEN, REASON_NONE, "lena", "looks at every case"},
    [ROW_NEWER] = {"a newer schema", REASON_UNKNOWN_SCHEMA, REASON_UNKNOWN_SCHEMA, "lena", "Update", .blocks = true},
    [ROW_GAP] = {"after a lost one", REASON_CHAIN_GAP, REASON_CHAIN_GAP, "lena", "assay sync", .blocks = true},
    [ROW_NUMBER] = {"misnumbered", REASON_CHAIN_GAP, REASON_CHAIN_GAP, "lena", "assay sync", .blocks = true},
    [ROW_REWOUND] = {"saw another log", REASON_LOG_REWOUND, REASON_NONE, "lena", "missing commits", .blocks = true},
    [ROW_REJECTED] = {"rejects", REASON_REQUEST_CHANGES, REASON_NONE, "vera", "withdraws it", .blocks = true},
};

/* ---- the world ---- */

static struct fixture *world;

static struct attack_record unsigned_record(struct slice bytes, struct slice armor)
{
    return (struct attack_record){fixture_sha256(world, bytes) + strlen("sha256:"), bytes, armor};
}

/* A legal approval of lena's that could be good, with this comment; `from` becomes `to`. */
static struct slice approval(const struct attack_record *base, const char *comment, const char *from, const char *to)
{
    struct slice bytes =
        attack_bend(world, base->bytes, "\"comment\": \"\"", fixture_text(world, "\"comment\": \"%s\"", comment));
    return from ? attack_bend(world, bytes, from, to) : bytes;
}

static struct slice of_person(struct slice bytes, const char *person)
{
    return attack_bend(world, bytes, "lena@example.com", fixture_text(world, "%s@example.com", person));
}

/* The first digest after `section` becomes another. */
static struct slice other_digest(struct slice bytes, const char *section)
{
    size_t at = slice_find(bytes, slice_of(section));
    at += slice_find(slice_from(bytes, at), SLICE("sha256:"));
    return attack_bend(world, bytes, fixture_text(world, "%.*s", 71, bytes.data + at), NOBODY);
}

static void add_people(void)
{
    static const char *const names[] = {"rita", "olga", "vera"};
    struct str people = STR_INIT, signers = STR_INIT;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        fixture_key(world, names[i]);
        str_appendf(&people, "  - {principal: %s@example.com, name: %s, roles: [legal]}\n", names[i], names[i]);
    }
    str_append(&people, SLICE("roles:\n"));
    for (const char *const *name = (const char *const[]){"ana", "lena", "ines", "rita", "vera", NULL}; *name; name++)
        str_append_text(&signers, content_signer(world, *name));
    str_append(&signers, attack_bend(world, slice_of(content_signer(world, "olga")),
                                     "namespaces=", "valid-before=\"20200101Z\",namespaces="));
    attack_policy(world, "roles:\n", people.data);
    attack_signers(world, signers.data);
    attack_commit(world, "main", NULL, "policies/revoked_signers",
                  fixture_text(world, "%s compromised 2026-11-20\n",
                               keygen_public_line(world, fixture_path(world, "keys/rita"))));
    str_clear(&people);
    str_clear(&signers);
}

static void forge(const struct attack_record *base)
{
    rows[ROW_FORGED].record = unsigned_record(approval(base, "Forged.", NULL, NULL), base->armor);
    rows[ROW_WRONG_NAME].record = attack_sign(world, "lena", approval(base, "Under a wrong name.", NULL, NULL));
    rows[ROW_WRONG_NAME].record.name = WRONG;
    rows[ROW_UNSIGNED].record = unsigned_record(approval(base, "Unsigned.", NULL, NULL), (struct slice){0});
    rows[ROW_STRANGER].record = attack_sign(world, "mallory", approval(base, "By mallory.", NULL, NULL));
    rows[ROW_IMPOSTOR].record = attack_sign(world, "ana", approval(base, "By ana.", NULL, NULL));
    struct slice git = approval(base, "For git.", NULL, NULL);
    rows[ROW_FOR_GIT].record =
        unsigned_record(git, keygen_sign(world, fixture_path(world, "keys/lena"), "git", git, NULL));
    rows[ROW_NO_RECORD].record = attack_sign(world, "lena", SLICE("{\"schema\": \"assay.review/1\"}\n"));
}

static void bend(const struct attack_record *base)
{
    static const struct {
        int row;
        const char *signer, *from, *to;
    } bent[] = {
        {ROW_ROLE, "lena", "\"role\": \"legal\"", "\"role\": \"content-owner\""},
        {ROW_REPOSITORY, "lena", "example/learning-content", "example/fork"},
        {ROW_TARGET, "lena", "\"target\": \"main\"", "\"target\": \"release\""},
        {ROW_CHANGE, "lena", "\"change\": \"prompt/concise\"", "\"change\": \"prompt/verbose\""},
        {ROW_MEANING, "lena", "The content meets", "Somebody says that the content meets"},
        {ROW_SPENT, "lena", NULL, NULL},
        {ROW_UNSEEN, "lena", "\"seen\": 3", "\"seen\": 2"},
        {ROW_NEWER, "lena", "assay.review/1", "assay.review/2"},
        {ROW_GAP, "lena", "\"prev\": []", "\"prev\": [\n    \"" NOBODY "\"\n  ]"},
        {ROW_NUMBER, "lena", "\"seq\": 1", "\"seq\": 7"},
        {ROW_REWOUND, "lena", "\"log\": null", "\"log\": \"1111111111111111111111111111111111111111\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(bent); i++)
        rows[bent[i].row].record =
            attack_sign(world, bent[i].signer, approval(base, rows[bent[i].row].what, bent[i].from, bent[i].to));
    rows[ROW_MODULE].record =
        attack_sign(world, "lena", other_digest(approval(base, "Module.", NULL, NULL), "\"module\": {"));
    rows[ROW_EVIDENCE].record =
        attack_sign(world, "lena", other_digest(approval(base, "Evidence.", NULL, NULL), "\"evidence\": {"));
    rows[ROW_RUBRIC].record =
        attack_sign(world, "lena", other_digest(approval(base, "Rubric.", NULL, NULL), "\"rubric\": "));
}

static void let_others_sign(const struct attack_record *base)
{
    rows[ROW_REVOKED].record = attack_sign(world, "rita", of_person(approval(base, "Revoked.", NULL, NULL), "rita"));
    rows[ROW_EXPIRED].record = attack_sign(world, "olga", of_person(approval(base, "Expired.", NULL, NULL), "olga"));
    rows[ROW_AUTHOR].record = attack_sign(
        world, "ana", of_person(approval(base, "Mine.", "\"role\": \"legal\"", "\"role\": \"content-owner\""), "ana"));
    rows[ROW_REJECTED].record = attack_sign(
        world, "vera",
        of_person(approval(base, "No.", "\"verdict\": \"approve\"", "\"verdict\": \"request-changes\""), "vera"));
    rows[ROW_SUPERSEDED].record = attack_take(world, "ines", CONCISE, "assistant", "content-owner", "abstain", NULL);
    struct attack_record newer =
        attack_take(world, "ines", CONCISE, "assistant", "content-owner", "abstain", "--comment", "Again.", NULL);
    rows[ROW_SEAT].record = attack_take(world, "ines", CONCISE, "assistant", "learning-designer", "approve", NULL);
    attack_log(world, CONCISE, &newer);
}

static int make_world(void **state)
{
    struct attack_record all[ROWS];
    size_t count = 0;
    if (attack_setup(state) != 0)
        return -1;
    world = *state;
    add_people();
    attack_commit(world, CONCISE, "Ana Ruiz <ana@example.com>", CONTENT_ASSISTANT "/NOTES.md", "by ana\n");
    struct attack_record base = attack_take(world, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    forge(&base);
    bend(&base);
    let_others_sign(&base);
    for (size_t i = 0; i < ROWS; i++)
        if (!rows[i].sealed)
            all[count++] = rows[i].record;
    attack_put(world, "assay/log", IN_LOG, all, count);
    attack_put(world, "main", ON_TARGET, &rows[ROW_SPENT].record, 1);
    content_become(world, "vera");
    return 0;
}

static int remove_world(void **state)
{
    (void)state;
    fixture_free(world);
    return 0;
}

/* ---- what is said of a row ---- */

static const char *file_of(const struct refused *row)
{
    return fixture_text(world, "%s/%s.json", row->sealed ? ON_TARGET : IN_LOG, row->record.name);
}

static const char *signer_of(const struct refused *row)
{
    return row->signer ? fixture_text(world, "%s@example.com", row->signer) : NULL;
}

/* The entry about the row's record and, where it is given, with this reason; NULL: none. */
static const struct value *find_entry(const struct value *list, const struct refused *row, const char *key,
                                      const char *reason)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *entry = value_at(list, i);
        if (slice_is(value_text(value_get(entry, "record")), fixture_text(world, "sha256:%s", row->record.name)) &&
            (!reason || slice_is(value_text(value_get(entry, key)), reason)))
            return entry;
    }
    return NULL;
}

/* The advice is not the same for everybody. */
static bool names_people(enum reason reason)
{
    return reason == REASON_REQUEST_CHANGES;
}

static void check_entry(const struct value *entry, const struct refused *row, enum reason reason)
{
    const struct value *principal = value_get(entry, "principal");
    assert_slice(value_text(value_get(entry, "file")), file_of(row));
    if (row->signer)
        assert_slice(value_text(principal), signer_of(row));
    else if (principal->kind != VALUE_NULL)
        fail_msg("%s: the signer should not be known", row->what);
    if (reason == REASON_NONE)
        return;
    struct slice advice = value_text(value_get(entry, "advice"));
    if (!names_people(reason))
        assert_slice(advice, reason_advice(reason));
    if (slice_find(advice, slice_of(row->advice)) == SLICE_NOT_FOUND)
        fail_msg("%s: “%.*s” does not say “%s”", row->what, SLICE_ARG(advice), row->advice);
}

/* `alone`: what is said of the record by itself. */
static void check_list(const char *command, bool change)
{
    struct document document;
    fixture_assay(world, ATTACK_JUDGE, command, "--json", change ? CONCISE : NULL, NULL);
    answer_parse(world, fixture_text(world, "schema/%s.schema.json", command), &document);
    for (size_t i = 0; i < ROWS; i++) {
        const struct value *entry =
            find_entry(value_get(document.root, "records"), &rows[i], "result", reason_name(rows[i].alone));
        if (!entry)
            fail_msg("%s: no entry says %s:\n%s", rows[i].what, reason_name(rows[i].alone), world->result.output.data);
        check_entry(entry, &rows[i], rows[i].alone);
    }
    document_clear(&document);
}

static void the_gate_says_it_in_json(void **state)
{
    struct document document;
    (void)state;
    assert_int_equal(review_gate(world, ATTACK_JUDGE, CONCISE), 1);
    answer_parse(world, "schema/gate.schema.json", &document);
    const struct value *ignored = value_get(value_get(document.root, "records"), "ignored");
    const struct value *module = value_at(value_get(document.root, "modules"), 0);
    for (size_t i = 0; i < ROWS; i++) {
        const struct refused *row = &rows[i];
        const char *reason = reason_name(row->gate);
        const struct value *entry = row->blocks
                                        ? find_entry(value_get(document.root, "blocking"), row, "reason", reason)
                                        : find_entry(ignored, row, "reason", reason);
        if (!entry && row->blocks)
            entry = find_entry(value_get(module, "blocking"), row, "reason", reason);
        if (!entry)
            fail_msg("%s: nothing says %s:\n%s", row->what, reason, world->result.output.data);
        check_entry(entry, row, row->gate);
    }
    document_clear(&document);
}

static void verify_says_it_in_json(void **state)
{
    (void)state;
    check_list("verify", false);
    check_list("verify", true);
}

static void log_says_it_in_json(void **state)
{
    (void)state;
    check_list("log", true);
}

/* In a text: the file in a line of its own, what to do in the next, reason and signer above. */
static void check_text(const struct refused *row, enum reason reason, const char *name_of_signer)
{
    const char *text = world->result.output.data, *at = strstr(text, file_of(row));
    if (!at)
        fail_msg("%s: its file is not there:\n%s", row->what, text);
    const char *line = at, *before;
    for (int lines = 0; line > text && lines < 3; line--)
        lines += line[-1] == '\n';
    before = fixture_text(world, "%.*s", (int)(at - line), line);
    if (!strstr(before, fixture_text(world, "%s: %s", reason_name(reason), reason_words(reason))) ||
        !strstr(before, name_of_signer))
        fail_msg("%s: neither %s nor %s in “%s”", row->what, reason_name(reason), name_of_signer, before);
    at = strchr(at, '\n') + 1;
    at += strspn(at, " ");
    const char *advice = names_people(reason) ? fixture_text(world, "It holds until %s withdraws it", name_of_signer)
                                              : reason_advice(reason);
    if (strncmp(at, advice, strlen(advice)) != 0)
        fail_msg("%s: not followed by “%s”: %.80s", row->what, reason_advice(reason), at);
}

/* What asks nothing of anybody is told in one line, after the others. */
static void check_harmless(const struct refused *row, const char *name_of_signer)
{
    const char *text = world->result.output.data, *title = strstr(text, "Records that are not needed any more:");
    const char *at = title ? strstr(title, fixture_text(world, "  %.12s  %s  %s: ", row->record.name, name_of_signer,
                                                        reason_name(row->gate)))
                           : NULL;
    if (!at || strstr(text, file_of(row)))
        fail_msg("%s: not in a line of its own:\n%s", row->what, text);
}

static void the_gate_says_it_in_words(void **state)
{
    static const char *const names[][2] = {{"ana", "Ana Ruiz"}, {"lena", "Lena Ortiz"}, {"ines", "Ines Roy"}};
    (void)state;
    assert_int_equal(fixture_assay(world, ATTACK_JUDGE, "gate", CONCISE, NULL), 1);
    for (size_t i = 0; i < ROWS; i++) {
        const char *signer = rows[i].signer ? rows[i].signer : "signer unknown";
        for (size_t n = 0; !rows[i].blocks && n < ARRAY_COUNT(names); n++)
            signer = strcmp(signer, names[n][0]) == 0 ? names[n][1] : signer;
        if (reason_is_harmless(rows[i].gate))
            check_harmless(&rows[i], signer);
        else
            check_text(&rows[i], rows[i].gate, signer);
    }
}

static void lists_say_it_in_words(void **state)
{
    static const char *const commands[] = {"verify", "log"};
    (void)state;
    for (size_t c = 0; c < ARRAY_COUNT(commands); c++) {
        fixture_assay(world, ATTACK_JUDGE, commands[c], CONCISE, NULL);
        for (size_t i = 0; i < ROWS; i++)
            if (rows[i].alone != REASON_NONE)
                check_text(&rows[i], rows[i].alone, rows[i].signer ? signer_of(&rows[i]) : "signer unknown");
    }
}

/* A log that a signer saw and that is gone is no fault of the record; verify tells it beside the list. */
static void a_rewound_log_is_told_with_the_record_that_remembers_it(void **state)
{
    (void)state;
    assert_int_equal(fixture_assay(world, ATTACK_JUDGE, "verify", NULL), 1);
    review_complained(world, "log-rewound: lena@example.com signed with a log in sight");
    review_complained(world, file_of(&rows[ROW_REWOUND]));
    review_complained(world, reason_advice(REASON_LOG_REWOUND));
}

/* What the log does not have, or broke, audit says too. */
static void audit_says_what_is_missing(void **state)
{
    static const struct {
        int row;
        const char *reason, *advice;
    } expected[] = {
        {ROW_GAP, "chain-gap", "assay sync"},
        {ROW_NUMBER, "chain-gap", "assay sync"},
        {ROW_REWOUND, "log-rewound", "missing commits"},
        {ROW_SPENT, "records-removed", "from a clone that has it"},
    };
    struct document document;
    (void)state;
    assert_int_equal(fixture_assay(world, ATTACK_JUDGE, "audit", "--json", NULL), 1);
    answer_parse(world, "schema/audit.schema.json", &document);
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        const struct refused *row = &rows[expected[i].row];
        const struct value *entry = find_entry(value_get(document.root, "problems"), row, "reason", expected[i].reason);
        if (!entry)
            fail_msg("%s: nothing says %s:\n%s", row->what, expected[i].reason, world->result.output.data);
        assert_slice(value_text(value_get(entry, "file")), file_of(row));
        assert_slice(value_text(value_get(entry, "principal")), signer_of(row));
        assert_true(slice_find(value_text(value_get(entry, "advice")), slice_of(expected[i].advice)) !=
                    SLICE_NOT_FOUND);
    }
    document_clear(&document);
    assert_int_equal(fixture_assay(world, ATTACK_JUDGE, "audit", NULL), 1);
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        review_said(world,
                    fixture_text(world, "    %s, signed by lena@example.com\n", file_of(&rows[expected[i].row])));
        review_said(world, expected[i].advice);
    }
}

/* ---- the console ---- */

static const struct refused *row_on_screen(struct screen *screen)
{
    for (size_t i = 0; i < ROWS; i++)
        if (screen_has(screen, rows[i].record.name))
            return &rows[i];
    return NULL;
}

static void check_page(struct screen *screen, const struct refused *row)
{
    enum reason reason = row->alone != REASON_NONE ? row->alone : row->gate;
    if (reason == REASON_LOG_REWOUND || reason == REASON_REQUEST_CHANGES)
        return; /* the record is in order */
    sitting_expect(screen, fixture_text(world, "no, %s: %s", reason_name(reason), reason_words(reason)));
    sitting_expect(screen, reason_advice(reason));
    sitting_expect(screen, file_of(row));
    sitting_expect(screen, row->signer ? signer_of(row) : "not known");
}

static void the_console_says_it_on_the_page_of_the_record(void **state)
{
    bool seen[ROWS] = {false};
    (void)state;
    struct screen *screen = sitting_start(world, ATTACK_JUDGE, 40, 180);
    sitting_expect(screen, "in step");
    sitting_open_change(screen, CONCISE);
    sitting_expect(screen, "c1");
    screen_keys(screen, "<Tab><Tab><Tab>");
    sitting_expect(screen, "REMARK");
    for (size_t i = 0; i < ROWS + 1; i++) {
        screen_keys(screen, "<Enter>");
        sitting_expect(screen, "A signed record");
        assert_true(screen_wait_quiet(screen)); /* the page is drawn to its end */
        const struct refused *row = row_on_screen(screen);
        if (row) {
            check_page(screen, row);
            seen[row - rows] = true;
        }
        screen_keys(screen, "q");
        sitting_expect(screen, "REMARK");
        screen_keys(screen, "j");
    }
    for (size_t i = 0; i < ROWS; i++)
        if (!seen[i])
            fail_msg("%s: the console has no page of it", rows[i].what);
    sitting_quit(screen);
}

/* ---- a signers file with one bad line ---- */

/* Whoever judges stops, and names the line; a line that was skipped could be the one that revokes or limits a key. */
static void a_bad_line_of_signers_stops_whoever_judges(void **state)
{
    static const char *const bad[] = {
        "vera@example.com ssh-ed25519 AAAA",
        "vera@example.com",
        "vera@example.com ssh-dss AAAAB3NzaC1kc3M=",
        "*@example.com %s",
        "!vera@example.com %s",
        "vera@example.com valid-before=\"20200101\" %s",
        "vera@example.com valid-before=\"20200230Z\" %s",
        "vera@example.com namespaces=\"a\",namespaces=\"b\" %s",
        "vera@example.com cert-authority %s",
        "vera@example.com colour=\"red\" %s",
    };
    static const char *const judges[][2] = {
        {"gate", CONCISE}, {"verify", NULL}, {"audit", NULL}, {"seal", CONCISE}, {"log", NULL}};
    struct slice good =
        arena_copy(&world->arena,
                   slice_of(fixture_git_output(world, CONTENT_ORIGIN, "show", "main:policies/allowed_signers", NULL)));
    const char *key = keygen_public_line(world, fixture_path(world, "keys/vera"));
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        const char *key_at = strstr(bad[i], "%s");
        const char *line = key_at ? fixture_text(world, "%.*s%s", (int)(key_at - bad[i]), bad[i], key) : bad[i];
        attack_signers(world, fixture_text(world, "# ours\n%s\n%s%s", line, content_signer(world, "ana"),
                                           content_signer(world, "lena")));
        for (size_t j = 0; j < (i == 0 ? ARRAY_COUNT(judges) : 1); j++) {
            int code = fixture_assay(world, ATTACK_JUDGE, judges[j][0], judges[j][1], NULL);
            if (code != 3 || !strstr(world->result.errors.data, "policies/allowed_signers:2"))
                fail_msg("%s with “%s”: exit %d, %s", judges[j][0], line, code, world->result.errors.data);
        }
    }
    attack_signers(world, fixture_text(world, "%.*s\n", SLICE_ARG(good)));
    attack_gate(world, CONCISE, "blocked");
}

/* ---- the table itself ---- */

/* FORMATS.md, 6: all words for a record that is ignored, and those of a change that are about one record. */
static void every_word_of_the_formats_is_in_the_table(void **state)
{
    struct slice text = fixture_read(world, ASSAY_SOURCE "/schema/FORMATS.md"), word;
    (void)state;
    size_t at = slice_find(text, SLICE("Ignored: "));
    assert_true(at != SLICE_NOT_FOUND);
    struct slice rest = slice_from(text, at);
    rest = slice_part(rest, 0, slice_find(rest, SLICE(".\n")));
    size_t words = 0;
    while (slice_cut(&rest, '`', &word) && slice_cut(&rest, '`', &word)) {
        enum reason reason;
        bool found = false;
        assert_true(reason_parse(word, &reason));
        for (size_t i = 0; i < ROWS; i++)
            found = found || rows[i].gate == reason;
        if (!found)
            fail_msg("%.*s has no row", SLICE_ARG(word));
        words++;
    }
    assert_true(words >= 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_formats_is_in_the_table),
        cmocka_unit_test(the_gate_says_it_in_json),
        cmocka_unit_test(the_gate_says_it_in_words),
        cmocka_unit_test(verify_says_it_in_json),
        cmocka_unit_test(log_says_it_in_json),
        cmocka_unit_test(lists_say_it_in_words),
        cmocka_unit_test(a_rewound_log_is_told_with_the_record_that_remembers_it),
        cmocka_unit_test(audit_says_what_is_missing),
        cmocka_unit_test(the_console_says_it_on_the_page_of_the_record),
        cmocka_unit_test(a_bad_line_of_signers_stops_whoever_judges),
    };
    return cmocka_run_group_tests(tests, make_world, remove_world);
}
