#include "assay/commands/bundle_command.h"

#include <string.h>

#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/review/bundle_tag.h"

static struct value *new_tag(struct arena *arena, const struct bundle_tag *tag)
{
    struct value *map = value_new_map(arena), *records = value_new_list(arena);
    value_set(arena, map, "tag", value_of_text(tag->name));
    value_set(arena, map, "result", value_of_text(slice_of(reason_name(tag->reason))));
    value_set(arena, map, "detail", subject_text(tag->detail));
    value_set(arena, map, "current", value_of_bool(tag->is_current));
    if (!tag->is_decoded)
        return map;
    for (size_t i = 0; i < tag->bundle.record_count; i++)
        value_add(arena, records, subject_digest(arena, &tag->bundle.records[i]));
    value_set(arena, map, "digest", subject_digest(arena, &tag->bundle.module.digest));
    value_set(arena, map, "version", value_of_text(tag->bundle.module.version));
    value_set(arena, map, "commit", subject_oid(arena, &tag->bundle.commit));
    value_set(arena, map, "principal", value_of_text(tag->bundle.principal));
    value_set(arena, map, "records", *records);
    return map;
}

static void print_tags_json(const struct bundle_tags *tags)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *list = value_new_list(&arena);
    for (size_t i = 0; i < tags->count; i++)
        value_add(&arena, list, *new_tag(&arena, &tags->items[i]));
    value_set(&arena, map, "module", value_of_text(tags->path));
    value_set(&arena, map, "name", value_of_text(tags->module));
    value_set(&arena, map, "digest", subject_digest(&arena, &tags->digest));
    value_set(&arena, map, "bundles", *list);
    print_json(map);
    arena_clear(&arena);
}

static void print_tag(const struct bundle_tag *tag)
{
    print_line("%s %.*s", tag->reason == REASON_NONE ? "✓" : "✗", SLICE_ARG(tag->name));
    if (tag->reason != REASON_NONE)
        print_line("  %s: %.*s", reason_name(tag->reason), SLICE_ARG(tag->detail));
    else
        print_line("  by %.*s, %zu sealed approval%s%s", SLICE_ARG(tag->bundle.principal), tag->bundle.record_count,
                   tag->bundle.record_count == 1 ? "" : "s", tag->is_current ? "; as it stands on the target" : "");
    print_text("\n");
}

static int sign(struct workspace *workspace, const struct command_line *line, struct error *error)
{
    struct bundle_tags tags;
    if (bundle_tag_sign(workspace, slice_of(line->words[1]), slice_of(command_option(line, "tag")), subject_mode(),
                        &tags, error) < 0)
        return -1;
    const struct bundle_tag *tag = &tags.items[0];
    const char *remote = repo_remote(workspace->repo);
    if (line->json)
        print_tags_json(&tags);
    else if (tag->existed)
        print_line("%.*s is signed already.\n", SLICE_ARG(tag->name));
    else
        print_line("Signed %.*s%s. To send it: git push %s%.*s %.*s\n", SLICE_ARG(tag->name),
                   tag->is_replaced ? " again" : "", tag->is_replaced ? "--force " : "",
                   SLICE_ARG(arena_argument(&tags.arena, slice_of(remote ? remote : "REMOTE"))),
                   SLICE_ARG(arena_argument(&tags.arena, tag->name)));
    if (tag->bundle.record_count == 0)
        print_note("No sealed approval is for this content of %.*s: the bundle says what stands on %s, not that it was "
                   "approved.",
                   SLICE_ARG(tags.path), workspace->target.name.data);
    bundle_tag_clear(&tags);
    return 0;
}

static int verify(struct workspace *workspace, const struct command_line *line, struct error *error)
{
    struct bundle_tags tags;
    size_t bad = 0;
    if (bundle_tag_verify(workspace, slice_of(line->words[1]), slice_of(command_option(line, "tag")), &tags, error) < 0)
        return -1;
    for (size_t i = 0; i < tags.count; i++)
        bad += tags.items[i].reason != REASON_NONE;
    if (line->json)
        print_tags_json(&tags);
    for (size_t i = 0; !line->json && i < tags.count; i++)
        print_tag(&tags.items[i]);
    if (tags.count == 0)
        print_note("There is no such bundle of %.*s; “assay bundle sign %.*s” makes one.", SLICE_ARG(tags.path),
                   SLICE_ARG(arena_argument(&tags.arena, tags.module)));
    int code = bad > 0 || tags.count == 0;
    bundle_tag_clear(&tags);
    return code;
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    bool is_sign = strcmp(line->words[0], "sign") == 0;
    if (!is_sign && strcmp(line->words[0], "verify") != 0)
        return error_set(error, ERROR_USAGE,
                         "It is “assay bundle sign MODULE” or “assay bundle verify MODULE”, not “%s”.", line->words[0]);
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    int code = is_sign ? sign(workspace, line, error) : verify(workspace, line, error);
    workspace_close(workspace);
    return code;
}

static const struct command_option options[] = {
    {"tag", "TAG", "verify this tag alone; sign: the content of this tag's commit, once more", OPTION_VALUE},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command bundle_command = {
    .name = "bundle",
    .words = "sign|verify MODULE",
    .summary = "Signs what a module is on the target, or verifies it",
    .details =
        "sign writes the module's digest, the target's commit and the sealed approvals of exactly this content as "
        "JSON, signs it, and makes the annotated tag NAME/vVERSION+HASH on that commit; the tag's message holds both. "
        "verify checks each tag of the module: the signature by the target's signers as they are today, that the "
        "commit is on the target and holds the module with that digest, and that each record it names is sealed "
        "there, good, and approves this content. Nothing proves when a tag was signed, so the bundle of a key that "
        "ended is refused; “sign MODULE --tag TAG” signs the content of that tag's commit again with today's key. "
        "Nothing is fetched. With stock tools:\n" COMMAND_LITERAL
        "git cat-file tag TAG | sed -n '/^{/,/^}/p' > bundle.json\n" COMMAND_LITERAL
        "git cat-file tag TAG | sed -n 's/^    //;/^-----BEGIN SSH/,/^-----END SSH/p' > "
        "bundle.json.sig\n" COMMAND_LITERAL
        "ssh-keygen -Y verify -f policies/allowed_signers -I PRINCIPAL -n bundle.v1@assay -s bundle.json.sig < "
        "bundle.json",
    .exits = "0 signed or all good, 1 a bundle is bad or there is none",
    .words_min = 2,
    .words_max = 2,
    .options = options,
    .run = run,
};
