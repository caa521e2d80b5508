#include "assay/commands/settling.h"

#include <string.h>

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

/* What git takes for a name may be more to a shell. */
static bool is_plain(const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./_-";
    return *name && *name != '-' && name[strspn(name, plain)] == '\0';
}

void settling_append_push(const struct workspace *workspace, struct str *out)
{
    const char *remote = repo_remote(workspace->repo), *log = workspace_log(workspace);
    str_append_text(out, reason_advice(REASON_LOG_REWOUND));
    if (remote && is_plain(remote) && is_plain(log))
        str_appendf(out, "\nThe command there: git push %s " OUTBOX_TRACKED_REF ":refs/heads/%s", remote, log);
}
