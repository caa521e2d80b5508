#include "assay/review/revocations.h"

#include "assay/base/table.h"
#include "assay/git/objects.h"
#include "assay/trust/signers.h"

/* One version of the file. */
struct version {
    struct table *keys;
    size_t at;
};

static void note_key(void *context, struct slice key_blob)
{
    const struct version *version = context;
    table_add(version->keys, key_blob, version->at);
}

int revocations_read(const struct repo *repo, const struct sealing *sealing, struct revocations *revocations,
                     struct error *error)
{
    *revocations = (struct revocations){.sealing = sealing, .keys = table_new()};
    for (size_t i = 0; i < sealing->count; i++) {
        struct str bytes = STR_INIT;
        struct version version = {revocations->keys, i};
        if (!slice_is(sealing->files[i].path, SEALING_REVOKED_PATH))
            continue;
        struct error cause = ERROR_INIT;
        objects_read_blob(repo, &sealing->files[i].blob, SIGNERS_SIZE_MAX, &bytes, &cause);
        signers_each_revoked(str_slice(&bytes), note_key, &version);
        str_clear(&bytes);
        if (error_is_set(&cause) && cause.kind != ERROR_INPUT) { /* one that is too large revoked nothing */
            revocations_clear(revocations);
            return error_set(error, cause.kind, "an earlier " SEALING_REVOKED_PATH ": %s", cause.text);
        }
    }
    return 0;
}

void revocations_clear(struct revocations *revocations)
{
    table_free(revocations->keys);
    *revocations = (struct revocations){.keys = NULL};
}

int64_t revocations_since(const struct revocations *revocations, struct slice key_blob)
{
    size_t at;
    bool listed = revocations->keys && table_get(revocations->keys, key_blob, &at);
    return listed ? revocations->sealing->files[at].time : SEALING_NEVER;
}
