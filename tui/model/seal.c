#include "assay/model/seal.h"

#include "assay/data/json_encode.h"

static void encode(const void *object, struct str *bytes)
{
    const struct seal *seal = object;
    struct arena arena = ARENA_INIT;
    struct value *root = value_new_map(&arena), *modules = value_new_list(&arena);
    for (size_t i = 0; i < seal->module_count; i++) {
        struct value *module = value_new_map(&arena);
        members_set_text(&arena, module, "path", seal->modules[i].path);
        members_set_digest(&arena, module, "digest", &seal->modules[i].digest);
        members_set_digest(&arena, module, "evidence", &seal->modules[i].evidence);
        value_add(&arena, modules, *module);
    }
    members_set_text(&arena, root, "schema", SLICE(SEAL_SCHEMA));
    members_set_text(&arena, root, "repository", seal->repository);
    members_set_text(&arena, root, "target", seal->target);
    members_set_text(&arena, root, "change", seal->change);
    members_set_oid(&arena, root, "target_commit", &seal->target_commit);
    members_set_oid(&arena, root, "log", &seal->log);
    value_set(&arena, root, "modules", *modules);
    members_set_digests(&arena, root, "records", seal->records, seal->record_count);
    members_set_text(&arena, root, "principal", seal->principal);
    members_set_text(&arena, root, "assay", seal->assay);
    members_set_text(&arena, root, "sealed_at", seal->sealed_at);
    json_encode(root, JSON_RECORD, bytes);
    arena_clear(&arena);
}

static void read_seal(struct members *members, const struct value *root, void *object)
{
    struct seal *seal = object;
    const struct value *modules = members_list(members, root, "modules");
    seal->repository = members_text(members, root, "repository");
    seal->target = members_text(members, root, "target");
    seal->change = members_text(members, root, "change");
    seal->target_commit = members_oid(members, root, "target_commit");
    seal->log = members_oid(members, root, "log");
    seal->modules = members_array(members, modules, sizeof *seal->modules, &seal->module_count);
    for (size_t i = 0; i < seal->module_count; i++) {
        const struct value *module = value_at(modules, i);
        seal->modules[i].path = members_text(members, module, "path");
        seal->modules[i].digest = members_digest(members, module, "digest");
        seal->modules[i].evidence = members_digest(members, module, "evidence");
    }
    seal->records = members_digests(members, root, "records", &seal->record_count);
    seal->principal = members_text(members, root, "principal");
    seal->assay = members_text(members, root, "assay");
    seal->sealed_at = members_text(members, root, "sealed_at");
}

void seal_encode(const struct seal *seal, struct str *bytes)
{
    encode(seal, bytes);
}

enum record_problem seal_decode(struct slice bytes, struct seal *seal, struct error *error)
{
    static const struct members_format format = {"seal", SEAL_SCHEMA, read_seal, encode};
    *seal = (struct seal){.arena = ARENA_INIT};
    return members_decode(bytes, &format, seal, &seal->arena, error);
}

void seal_clear(struct seal *seal)
{
    arena_clear(&seal->arena);
    *seal = (struct seal){.arena = ARENA_INIT};
}
