#include "assay/screens/record_page.h"

#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/text_screen.h"

/* --- a row --------------------------------------------------------------------------------------------------------- */

static struct slice who(const struct ledger_record *record)
{
    if (record->decoded == RECORD_OK && record->record.reviewer.name.size > 0)
        return record->record.reviewer.name;
    return record->principal.size > 0 ? record->principal : SLICE("unknown");
}

static void draw_who(const struct workspace *workspace, const struct ledger_record *record, struct area cell)
{
    bool good = ledger_reason(workspace, record) == REASON_NONE;
    canvas_put(cell, 0, 0, good ? ROLE_GOOD : ROLE_BAD,
               canvas_symbol(cell.canvas, good ? SYMBOL_CHECK : SYMBOL_REJECT));
    label_field(cell, 0, 2, cell.columns - 2, CANVAS_LEFT, ROLE_TEXT, who(record));
}

static void draw_remark(const struct workspace *workspace, const struct ledger_record *record, struct area cell)
{
    enum reason reason = ledger_reason(workspace, record);
    struct slice text = record->decoded == RECORD_OK ? record->record.comment : (struct slice){0};
    unsigned pen = ROLE_DIM;
    if (reason != REASON_NONE) {
        text = record->detail.size > 0 ? record->detail : slice_of(reason_words(reason));
        pen = ROLE_BAD;
    } else if ((record->places & LEDGER_WAITING) && text.size == 0) {
        text = SLICE("waiting to be sent");
        pen = ROLE_WARNING;
    }
    label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, pen, text);
}

void record_page_cell(const struct workspace *workspace, const struct ledger_record *record,
                      enum record_page_column column, struct area cell)
{
    static const unsigned pens[] = {ROLE_GOOD, ROLE_BAD, ROLE_DIM, ROLE_WARNING};
    const struct record *content = record->decoded == RECORD_OK ? &record->record : NULL;
    struct slice text = {0};
    unsigned pen = ROLE_TEXT;
    switch (column) {
    case RECORD_PAGE_WHO:
        draw_who(workspace, record, cell);
        return;
    case RECORD_PAGE_REMARK:
        draw_remark(workspace, record, cell);
        return;
    case RECORD_PAGE_VERDICT:
        text = slice_of(content ? label_verdict(content->verdict) : "cannot be read");
        pen = content ? pens[content->verdict] : ROLE_BAD;
        break;
    case RECORD_PAGE_ROLE:
        text = content ? content->reviewer.role : text;
        pen = ROLE_DIM;
        break;
    case RECORD_PAGE_MODULE:
        text = content ? content->module.name : text;
        break;
    case RECORD_PAGE_CHANGE:
        text = record->change;
        break;
    case RECORD_PAGE_WHEN:
        text = content ? slice_part(content->signed_at, 0, 10) : text;
        pen = ROLE_DIM;
        break;
    }
    label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, pen, text);
}

void record_page_text(const struct ledger_record *record, struct str *out)
{
    sanitise_append(out, who(record), SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, record->change, SANITISE_LINE);
    if (record->decoded != RECORD_OK)
        return;
    str_appendf(out, " %s ", label_verdict(record->record.verdict));
    sanitise_append(out, record->record.module.name, SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, record->record.comment, SANITISE_LINE);
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static void add_verdict(struct leaf *leaf, const struct workspace *workspace, const struct ledger_record *record)
{
    enum reason reason = ledger_reason(workspace, record);
    leaf_label(leaf, "Verified");
    if (reason == REASON_NONE)
        leaf_put(leaf, ROLE_GOOD, "yes: signed by the key of this person\n");
    else
        leaf_addf(leaf, ROLE_BAD, "no: %s\n", reason_words(reason));
    if (record->detail.size > 0) {
        leaf_label(leaf, "");
        leaf_add(leaf, ROLE_BAD, record->detail);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
}

static void add_fact(struct leaf *leaf, const char *label, unsigned pen, struct slice text)
{
    leaf_label(leaf, label);
    leaf_add(leaf, pen, text);
    leaf_put(leaf, ROLE_TEXT, "\n");
}

static void add_scores(struct leaf *leaf, const struct record *record, const char *none)
{
    if (record->score_count == 0)
        return;
    leaf_heading(leaf, "Scores");
    for (size_t i = 0; i < record->score_count; i++) {
        const struct record_score *score = &record->scores[i];
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, score->prompt);
        leaf_put(leaf, ROLE_DIM, " ");
        leaf_add(leaf, ROLE_ACCENT, score->case_id);
        leaf_put(leaf, ROLE_TEXT, "  ");
        for (size_t c = 0; c < record->criteria_count; c++) {
            leaf_put(leaf, ROLE_DIM, " ");
            leaf_add(leaf, ROLE_DIM, record->criteria[c]);
            if (score->scores[c] >= 0)
                leaf_addf(leaf, ROLE_TEXT | PEN_BOLD, " %d ", score->scores[c]);
            else
                leaf_addf(leaf, ROLE_DIM, " %s ", none);
        }
        leaf_add(leaf, ROLE_TEXT, score->comment);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
}

static void add_flags(struct leaf *leaf, const struct record *record)
{
    if (record->flag_count + record->triage_count > 0)
        leaf_heading(leaf, "Flags");
    for (size_t i = 0; i < record->flag_count; i++) {
        leaf_addf(leaf, ROLE_WARNING, "  raised  %.*s ", SLICE_ARG(record->flags[i].code));
        leaf_add(leaf, ROLE_ACCENT, record->flags[i].case_id);
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, record->flags[i].comment);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    for (size_t i = 0; i < record->triage_count; i++) {
        leaf_addf(leaf, ROLE_TEXT, "  %s  %.*s ", label_decision(record->triage[i].decision),
                  SLICE_ARG(record->triage[i].flag));
        leaf_add(leaf, ROLE_ACCENT, record->triage[i].case_id);
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, record->triage[i].reason);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
}

/* The path in the log's tree, for the commands. */
static void log_path(const struct ledger_record *record, struct str *path)
{
    char hex[64 + 1];
    digest_format_hex(&record->name, hex);
    str_append_text(path, "r/");
    for (size_t i = 0; i < record->change.size; i++) {
        unsigned char byte = (unsigned char)record->change.data[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                     byte == '.' || byte == '_' || byte == '-';
        str_appendf(path, plain ? "%c" : "%%%02X", byte);
    }
    str_appendf(path, "/%s.json", hex);
}

static void add_commands(struct leaf *leaf, const struct workspace *workspace, const struct ledger_record *record)
{
    struct str path = STR_INIT;
    const char *ref = record->places & LEDGER_WAITING ? "refs/assay/pending" : "refs/assay/log";
    log_path(record, &path);
    leaf_heading(leaf, "To verify it without assay");
    leaf_addf(leaf, ROLE_CODE, "  git show %s:%s > record.json\n", ref, path.data);
    leaf_addf(leaf, ROLE_CODE, "  git show %s:%s.sig > record.json.sig\n", ref, path.data);
    leaf_addf(leaf, ROLE_CODE, "  git show %s:" WORKSPACE_SIGNERS_PATH " > signers\n", workspace->target.ref.data);
    leaf_put(leaf, ROLE_CODE, "  ssh-keygen -Y verify -f signers -I ");
    leaf_add(leaf, ROLE_CODE, record->principal);
    leaf_put(leaf, ROLE_CODE, " -n " RECORD_NAMESPACE " -s record.json.sig < record.json\n");
    str_clear(&path);
}

unsigned record_page_open(struct view *view, const struct workspace *workspace, const struct ledger_record *record)
{
    struct leaf leaf;
    struct str bytes = STR_INIT, armor = STR_INIT;
    struct error error = ERROR_INIT;
    char name[64 + 1];
    leaf_init(&leaf);
    digest_format_hex(&record->name, name);
    leaf_heading(&leaf, "Record");
    add_verdict(&leaf, workspace, record);
    add_fact(&leaf, "By", ROLE_ACCENT, who(record));
    add_fact(&leaf, "Address", ROLE_DIM, record->principal);
    add_fact(&leaf, "Name", ROLE_DIM, slice_of(name));
    add_fact(&leaf, "Change", ROLE_TEXT, record->change);
    if (record->decoded == RECORD_OK) {
        const struct record *content = &record->record;
        add_fact(&leaf, "Module", ROLE_TEXT, content->module.name);
        add_fact(&leaf, "Says", ROLE_TEXT, slice_of(label_verdict(content->verdict)));
        add_fact(&leaf, "As", ROLE_TEXT, content->reviewer.role);
        if (content->meaning.size > 0)
            add_fact(&leaf, "Meaning", ROLE_TEXT, content->meaning);
        add_fact(&leaf, "When", ROLE_TEXT, content->signed_at);
        add_fact(&leaf, "Comment", ROLE_TEXT, content->comment);
        add_scores(&leaf, content, desk_sign(workspace, SYMBOL_NONE));
        add_flags(&leaf, content);
    }
    add_commands(&leaf, workspace, record);
    leaf_heading(&leaf, "The bytes that were signed");
    if (ledger_read_bytes(workspace, record, &bytes, &armor, &error) < 0)
        leaf_add(&leaf, ROLE_BAD, slice_of(error.text));
    leaf_add_text(&leaf, ROLE_DIM, str_slice(&bytes));
    struct text_screen_page page = {.title = SLICE("A signed record"), .leaf = &leaf, .copy = str_slice(&bytes)};
    unsigned reaction = view_push(view->stack, &text_screen_view, &page);
    str_clear(&armor);
    str_clear(&bytes);
    leaf_clear(&leaf);
    return reaction;
}
