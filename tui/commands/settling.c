#include "assay/commands/settling.h"

#include "assay/git/outbox.h"
#include "assay/model/reason.h"

void settling_append_entry(const struct oid *commit, const struct digest *record, struct str *out)
{
    if (record && !digest_is_none(record)) {
        char name[DIGEST_TEXT_SIZE + 1];
        digest_format(record, name);
        str_appendf(out, "- {record: \"%s\", reason: \"why\"}", name);
    } else if (commit && !oid_is_none(commit)) {
        char hex[OID_HEX_SIZE + 1];
        oid_format(commit, hex);
        str_appendf(out, "- {commit: \"%s\", reason: \"why\"}", hex);
    }
}

void settling_append_push(const struct workspace *workspace, struct str *out)
{
    const char *remote = repo_remote(workspace->repo);
    struct str refspec = STR_INIT;
    str_append_text(out, reason_advice(REASON_LOG_REWOUND));
    if (remote) {
        str_appendf(&refspec, OUTBOX_TRACKED_REF ":refs/heads/%s", workspace_log(workspace));
        str_append_text(out, "\nThe command there: git push ");
        str_append_argument(out, slice_of(remote));
        str_push(out, ' ');
        str_append_argument(out, str_slice(&refspec));
    }
    str_clear(&refspec);
}
