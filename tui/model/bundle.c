#include "assay/model/bundle.h"

#include "assay/data/json_encode.h"

static void encode(const void *object, struct str *bytes)
{
    const struct bundle *bundle = object;
    struct arena arena = ARENA_INIT;
    struct value *root = value_new_map(&arena), *module = value_new_map(&arena);
    members_set_text(&arena, module, "path", bundle->module.path);
    members_set_text(&arena, module, "name", bundle->module.name);
    members_set_text(&arena, module, "version", bundle->module.version);
    members_set_digest(&arena, module, "digest", &bundle->module.digest);
    members_set_digest(&arena, module, "evidence", &bundle->module.evidence);
    members_set_text(&arena, root, "schema", SLICE(BUNDLE_SCHEMA));
    members_set_text(&arena, root, "repository", bundle->repository);
    members_set_text(&arena, root, "target", bundle->target);
    members_set_oid(&arena, root, "commit", &bundle->commit);
    value_set(&arena, root, "module", *module);
    members_set_digests(&arena, root, "records", bundle->records, bundle->record_count);
    members_set_text(&arena, root, "principal", bundle->principal);
    members_set_text(&arena, root, "assay", bundle->assay);
    members_set_text(&arena, root, "signed_at", bundle->signed_at);
    json_encode(root, JSON_RECORD, bytes);
    arena_clear(&arena);
}

static void read_bundle(struct members *members, const struct value *root, void *object)
{
    struct bundle *bundle = object;
    const struct value *module = members_map(members, root, "module");
    bundle->repository = members_text(members, root, "repository");
    bundle->target = members_text(members, root, "target");
    bundle->commit = members_oid(members, root, "commit");
    bundle->module.path = members_text(members, module, "path");
    bundle->module.name = members_text(members, module, "name");
    bundle->module.version = members_text(members, module, "version");
    bundle->module.digest = members_digest(members, module, "digest");
    bundle->module.evidence = members_digest(members, module, "evidence");
    bundle->records = members_digests(members, root, "records", &bundle->record_count);
    bundle->principal = members_text(members, root, "principal");
    bundle->assay = members_text(members, root, "assay");
    bundle->signed_at = members_text(members, root, "signed_at");
}

void bundle_encode(const struct bundle *bundle, struct str *bytes)
{
    encode(bundle, bytes);
}

enum record_problem bundle_decode(struct slice bytes, struct bundle *bundle, struct error *error)
{
    static const struct members_format format = {"bundle", BUNDLE_SCHEMA, read_bundle, encode};
    *bundle = (struct bundle){.arena = ARENA_INIT};
    return members_decode(bytes, &format, bundle, &bundle->arena, error);
}

void bundle_clear(struct bundle *bundle)
{
    arena_clear(&bundle->arena);
    *bundle = (struct bundle){.arena = ARENA_INIT};
}

void bundle_append_tag(const struct bundle *bundle, struct str *out)
{
    char hex[64 + 1];
    digest_format_hex(&bundle->module.digest, hex);
    str_appendf(out, "%.*s/v%.*s+%.12s", SLICE_ARG(bundle->module.name), SLICE_ARG(bundle->module.version), hex);
}
