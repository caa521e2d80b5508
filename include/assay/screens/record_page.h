/* A signed record in words, and as it lies in the log. */
#ifndef ASSAY_SCREENS_RECORD_PAGE_H
#define ASSAY_SCREENS_RECORD_PAGE_H

#include "assay/review/finding.h"
#include "assay/ui/view.h"

/* A record as it is shown. */
struct record_page {
    const struct workspace *workspace;
    const struct ledger_record *record;
    struct finding finding; /* in the record by itself */
    struct finding gate;    /* what the gate of the change says of it; REASON_NONE: nothing, or there is no change */
    enum succession succession; /* whether another record ended it, or stands in its place */
};

/* Columns of a list of records. */
enum record_page_column {
    RECORD_PAGE_WHO,
    RECORD_PAGE_VERDICT,
    RECORD_PAGE_ROLE,
    RECORD_PAGE_MODULE,
    RECORD_PAGE_CHANGE,
    RECORD_PAGE_WHEN,
    RECORD_PAGE_REMARK
};
void record_page_cell(const struct record_page *page, enum record_page_column column, struct area cell);
void record_page_text(const struct ledger_record *record, struct str *out); /* what a search looks at */
/* Opens the whole record, with the command that verifies it without assay. */
unsigned record_page_open(struct view *view, const struct record_page *shown);

#endif
