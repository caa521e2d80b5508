#include "assay/review/sample.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/embedded.h"
#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/base/process.h"
#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/data/yaml.h"
#include "assay/model/template.h"
#include "assay/review/statement.h"
#include "assay/review/submit.h"
#include "assay/review/sync.h"

#define SAMPLE_MAIN    "demo/main/"
#define SAMPLE_CHANGES "demo/changes/"

struct sample {
    struct str folder;      /* absolute */
    struct document script; /* demo/changes.yaml */
    struct policy policy;
    struct arena arena;
    int64_t now;
};

/* ---- programs ---- */

/* Nobody's configuration, hooks or repository but the sample's own. */
static const char *const clean_environment[] = {"GIT_CONFIG_GLOBAL=/dev/null",
                                                "GIT_CONFIG_NOSYSTEM=1",
                                                "GIT_TERMINAL_PROMPT=0",
                                                "GIT_DIR",
                                                "GIT_WORK_TREE",
                                                "GIT_INDEX_FILE",
                                                "GIT_OBJECT_DIRECTORY",
                                                "LC_ALL=C",
                                                NULL};

static int run(const char *const *arguments, const char *folder, struct slice input, struct error *error)
{
    struct process process = {
        .arguments = arguments, .environment = clean_environment, .folder = folder, .input = input};
    struct process_result result;
    process_result_init(&result);
    int code = process_run(&process, &result, error);
    if (code == 0 && result.exit_code != 0)
        code = error_set(error, ERROR_ENVIRONMENT, "“%s %s” failed: %s", arguments[0], arguments[1],
                         result.errors.size ? result.errors.data : "it gave no reason");
    process_result_clear(&result);
    return code;
}

static const char *path_in(struct sample *sample, const char *name)
{
    return arena_printf(&sample->arena, "%s/%s", sample->folder.data, name).data;
}

static const char *key_path(struct sample *sample, struct slice principal)
{
    size_t at = slice_find_byte(principal, '@');
    struct slice name = slice_part(principal, 0, at == SLICE_NOT_FOUND ? principal.size : at);
    return arena_printf(&sample->arena, "%s/keys/%.*s", sample->folder.data, SLICE_ARG(name)).data;
}

static int set_config(const char *clone, const char *name, const char *value, struct error *error)
{
    const char *const arguments[] = {"git", "config", name, value, NULL};
    return run(arguments, clone, (struct slice){0}, error);
}

/* ---- keys ---- */

static int make_keys(struct sample *sample, struct error *error)
{
    if (file_make_folders(path_in(sample, "keys"), 0700, error) < 0)
        return -1;
    for (size_t i = 0; i < sample->policy.person_count; i++) {
        const struct policy_person *person = &sample->policy.people[i];
        const char *const arguments[] = {"ssh-keygen", "-q",
                                         "-t",         "ed25519",
                                         "-N",         "",
                                         "-C",         person->principal.data,
                                         "-f",         key_path(sample, person->principal),
                                         NULL};
        if (run(arguments, NULL, (struct slice){0}, error) < 0)
            return -1;
    }
    return 0;
}

static int list_signers(struct sample *sample, struct str *out, struct error *error)
{
    for (size_t i = 0; i < sample->policy.person_count; i++) {
        struct slice principal = sample->policy.people[i].principal;
        struct str line = STR_INIT;
        const char *path = arena_printf(&sample->arena, "%s.pub", key_path(sample, principal)).data;
        if (file_read(path, 1 << 14, &line, error) < 0)
            return -1;
        struct slice rest = str_slice(&line), type, key;
        if (!slice_cut(&rest, ' ', &type) || !slice_cut(&rest, ' ', &key)) {
            str_clear(&line);
            return error_set(error, ERROR_ENVIRONMENT, "%s is not what ssh-keygen writes.", path);
        }
        str_appendf(out, "%.*s namespaces=\"review.v1@assay,seal.v1@assay,bundle.v1@assay,git\" %.*s %.*s\n",
                    SLICE_ARG(principal), SLICE_ARG(type), SLICE_ARG(key));
        str_clear(&line);
    }
    return 0;
}

/* ---- content ---- */

/* A file as the branch has it: its own, else main's. change empty: main. */
static bool find_file(struct sample *sample, struct slice change, struct slice path, struct slice *bytes)
{
    if (change.size > 0) {
        struct slice own = arena_printf(&sample->arena, SAMPLE_CHANGES "%.*s/%.*s", SLICE_ARG(change), SLICE_ARG(path));
        if (embedded_find(own.data, bytes))
            return true;
    }
    return embedded_find(arena_printf(&sample->arena, SAMPLE_MAIN "%.*s", SLICE_ARG(path)).data, bytes);
}

static int need_file(struct sample *sample, struct slice change, struct slice folder, struct slice path,
                     struct slice *bytes, struct error *error)
{
    struct slice full = arena_printf(&sample->arena, "%.*s%.*s", SLICE_ARG(folder), SLICE_ARG(path));
    if (find_file(sample, change, full, bytes))
        return 0;
    return error_set(error, ERROR_INPUT, "The sample lacks %.*s.", SLICE_ARG(full));
}

/* What the outputs of one prompt say they were made from. */
struct origin {
    struct manifest manifest;
    struct golden golden;
    struct document partials;
    struct template template;
};

static int origin_load(struct sample *sample, struct slice change, struct slice folder, struct slice prompt,
                       struct origin *origin, struct error *error)
{
    struct slice bytes;
    if (need_file(sample, change, folder, SLICE("manifest.yaml"), &bytes, error) < 0 ||
        manifest_load(bytes, SLICE("manifest.yaml"), &origin->manifest, error) < 0)
        return -1;
    const struct manifest_prompt *named = manifest_prompt(&origin->manifest, prompt);
    if (!named)
        return error_set(error, ERROR_INPUT, "The sample's manifest lacks the prompt %.*s.", SLICE_ARG(prompt));
    if (need_file(sample, change, folder, named->tests, &bytes, error) < 0 ||
        golden_load(bytes, named->tests, &origin->golden, error) < 0 ||
        need_file(sample, change, folder, named->file, &origin->template.text, error) < 0 ||
        need_file(sample, change, (struct slice){0}, SLICE("prompts/global-templates.yaml"), &bytes, error) < 0 ||
        yaml_load(bytes, SLICE("prompts/global-templates.yaml"), &origin->partials, error) < 0)
        return -1;
    origin->template.name = named->file;
    origin->template.partials = origin->partials.root;
    return 0;
}

static void origin_clear(struct origin *origin)
{
    document_clear(&origin->partials);
    golden_clear(&origin->golden);
    manifest_clear(&origin->manifest);
}

static struct value digest_value(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE + 1];
    digest_format(digest, text);
    return value_of_text(arena_copy(arena, slice_of(text)));
}

static int prove_output(struct arena *arena, const struct origin *origin, const struct value *output,
                        struct value *outputs, struct error *error)
{
    struct value *proved = value_new_map(arena);
    const struct golden_case *item = golden_find(&origin->golden, value_text(value_get(output, "case")));
    struct str rendered = STR_INIT;
    struct digest input;
    int result = template_render(&origin->template, item ? item->vars : NULL, &rendered, NULL, error);
    digest_of(str_slice(&rendered), &input);
    str_clear(&rendered);
    for (size_t i = 0; i < value_count(output); i++) {
        const struct value_pair *pair = value_pair_at(output, i);
        value_set(arena, proved, pair->key.data, pair->value);
        if (slice_is(pair->key, "text"))
            value_set(arena, proved, "input", digest_value(arena, &input));
    }
    value_add(arena, outputs, *proved);
    return result;
}

/* The outputs as an endpoint would have written them: with the prompt hash and each input. */
static int prove_outputs(struct sample *sample, const struct origin *origin, struct slice bytes, struct str *out,
                         struct error *error)
{
    struct arena *arena = &sample->arena;
    struct document document;
    struct digest hash;
    if (json_load(bytes, SLICE("outputs"), OUTPUTS_SIZE_MAX, 16, &document, error) < 0)
        return -1;
    struct value *map = value_new_map(arena), *outputs = value_new_list(arena);
    const struct value *list = value_get(document.root, "outputs");
    int result = template_hash(&origin->template, &hash, error);
    for (size_t i = 0; result == 0 && i < value_count(list); i++)
        result = prove_output(arena, origin, value_at(list, i), outputs, error);
    for (size_t i = 0; i < value_count(document.root); i++) {
        const struct value_pair *pair = value_pair_at(document.root, i);
        value_set(arena, map, pair->key.data, slice_is(pair->key, "outputs") ? *outputs : pair->value);
        if (slice_is(pair->key, "prompt"))
            value_set(arena, map, "prompt_hash", digest_value(arena, &hash));
    }
    if (result == 0)
        json_encode(map, JSON_OUTPUT, out);
    document_clear(&document);
    return result;
}

/* path: in the repository. made_from: the change whose template made the outputs, empty for main. */
static int write_outputs(struct sample *sample, struct slice made_from, struct slice path, struct slice bytes,
                         struct str *out, struct error *error)
{
    struct origin origin = {0};
    size_t at = slice_find(path, SLICE("tests/outputs/"));
    struct slice folder = slice_part(path, 0, at), name = slice_from(path, at + strlen("tests/outputs/"));
    struct slice prompt = slice_part(name, 0, name.size - strlen(".json"));
    int result = origin_load(sample, made_from, folder, prompt, &origin, error);
    if (result == 0)
        result = prove_outputs(sample, &origin, bytes, out, error);
    origin_clear(&origin);
    return result;
}

/* ---- history, as one stream for git fast-import (git-fast-import(1)) ---- */

static void stream_data(struct str *stream, struct slice bytes)
{
    str_appendf(stream, "data %zu\n", bytes.size);
    str_append(stream, bytes);
    str_push(stream, '\n');
}

static void stream_file(struct str *stream, struct slice path, struct slice bytes)
{
    str_appendf(stream, "M 100644 inline %.*s\n", SLICE_ARG(path));
    stream_data(stream, bytes);
}

static void stream_commit(struct sample *sample, struct str *stream, struct slice branch, const struct value *entry)
{
    const struct value *author = value_get(entry, "author");
    int64_t time = sample->now - 60 * value_integer(value_get(entry, "age_minutes"), 0);
    str_appendf(stream, "commit refs/heads/%.*s\n", SLICE_ARG(branch));
    str_appendf(stream, "committer %.*s <%.*s> %lld +0000\n", SLICE_ARG(value_text(value_get(author, "name"))),
                SLICE_ARG(value_text(value_get(author, "email"))), (long long)time);
    stream_data(stream, value_text(value_get(entry, "message")));
}

/* Every embedded file under `prefix`, outputs proved. */
static int stream_files(struct sample *sample, struct str *stream, struct slice prefix, struct slice made_from,
                        struct error *error)
{
    size_t count;
    const struct embedded *all = embedded_all(&count);
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++) {
        struct slice path = slice_of(all[i].path);
        if (!slice_starts_with(path, prefix))
            continue;
        path = slice_from(path, prefix.size);
        struct str outputs = STR_INIT;
        if (slice_find(path, SLICE("tests/outputs/")) == SLICE_NOT_FOUND) {
            stream_file(stream, path, all[i].bytes);
        } else {
            result = write_outputs(sample, made_from, path, all[i].bytes, &outputs, error);
            stream_file(stream, path, str_slice(&outputs));
        }
        str_clear(&outputs);
    }
    return result;
}

static int stream_main(struct sample *sample, struct str *stream, struct error *error)
{
    struct str signers = STR_INIT;
    stream_commit(sample, stream, SLICE("main"), value_get(sample->script.root, "main"));
    int result = stream_files(sample, stream, SLICE(SAMPLE_MAIN), (struct slice){0}, error);
    if (result == 0)
        result = list_signers(sample, &signers, error);
    stream_file(stream, SLICE(WORKSPACE_SIGNERS_PATH), str_slice(&signers));
    str_clear(&signers);
    return result;
}

static int stream_change(struct sample *sample, struct str *stream, const struct value *entry, struct error *error)
{
    struct slice branch = value_text(value_get(entry, "branch"));
    bool from_main = slice_is(value_text(value_get(entry, "outputs_from")), "main");
    struct slice prefix = arena_printf(&sample->arena, SAMPLE_CHANGES "%.*s/", SLICE_ARG(branch));
    stream_commit(sample, stream, branch, entry);
    str_append_text(stream, "from refs/heads/main\n");
    return stream_files(sample, stream, prefix, from_main ? slice_make(NULL, 0) : branch, error);
}

static int make_history(struct sample *sample, struct error *error)
{
    const struct value *changes = value_get(sample->script.root, "changes");
    const char *origin = path_in(sample, "origin.git"), *clone = path_in(sample, "clone");
    const char *const init[] = {"git", "init", "-q", "--bare", "-b", "main", origin, NULL};
    const char *const import[] = {"git", "fast-import", "--quiet", "--done", NULL};
    const char *const copy[] = {"git", "clone", "-q", origin, clone, NULL};
    struct str stream = STR_INIT;
    int result = stream_main(sample, &stream, error);
    for (size_t i = 0; result == 0 && i < value_count(changes); i++)
        result = stream_change(sample, &stream, value_at(changes, i), error);
    str_append_text(&stream, "done\n");
    if (result == 0)
        result = run(init, NULL, (struct slice){0}, error);
    if (result == 0)
        result = run(import, origin, str_slice(&stream), error);
    if (result == 0)
        result = run(copy, NULL, (struct slice){0}, error);
    str_clear(&stream);
    return result;
}

/* ---- people and their records ---- */

static int sit_down(struct sample *sample, struct slice principal, struct error *error)
{
    const char *clone = path_in(sample, "clone");
    const struct policy_person *person = policy_person(&sample->policy, principal);
    if (!person)
        return error_set(error, ERROR_INPUT, "The sample's policy does not know %.*s.", SLICE_ARG(principal));
    const char *key = arena_printf(&sample->arena, "%s.pub", key_path(sample, principal)).data;
    if (set_config(clone, "user.name", person->name.data, error) < 0 ||
        set_config(clone, "user.email", person->principal.data, error) < 0 ||
        set_config(clone, "commit.gpgSign", "false", error) < 0 || set_config(clone, "gpg.format", "ssh", error) < 0 ||
        set_config(clone, "assay.signingKey", key, error) < 0)
        return -1;
    return 0;
}

static void fill_flags(struct sample *sample, const struct module *module, const struct value *list,
                       struct submit_request *request)
{
    request->flags = arena_alloc_array(&sample->arena, value_count(list), sizeof *request->flags);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *entry = value_at(list, i);
        const struct module_prompt *prompt = module_find_prompt(module, value_text(value_get(entry, "prompt")));
        const struct module_case *item = prompt ? module_find_case(prompt, value_text(value_get(entry, "case"))) : NULL;
        if (!item || !item->candidate)
            continue;
        request->flags[request->flag_count++] =
            (struct record_flag){.prompt = prompt->id,
                                 .case_id = item->id,
                                 .output = item->candidate->digest,
                                 .code = value_text(value_get(entry, "code")),
                                 .comment = value_text(value_get(entry, "comment"))};
    }
}

static int sign_record(struct sample *sample, struct workspace *workspace, const struct load *load,
                       const struct value *entry, struct journal *journal, struct drafts *drafts, struct error *error)
{
    const struct module *module = load_module(load, value_text(value_get(entry, "module")));
    struct document scores = {.root = value_get(entry, "scores"), .name = SLICE("demo/changes.yaml")};
    struct submit_request request = {0};
    struct submit_result signed_record;
    struct ledger ledger;
    if (!module)
        return error_set(error, ERROR_INPUT, "The sample's record is about a module that did not change.");
    request.load = load;
    request.module = module;
    request.role = policy_role(&workspace->policy, value_text(value_get(entry, "role")));
    if (statement_read(workspace, &scores, NULL, NULL, &sample->arena, &request, error) < 0)
        return -1;
    request.comment = value_text(value_get(entry, "comment"));
    request.via = "console";
    request.seen = (int64_t)request.score_count;
    if (!record_verdict_parse(value_text(value_get(entry, "verdict")), &request.verdict))
        return error_set(error, ERROR_INPUT, "The sample's record has no verdict.");
    fill_flags(sample, module, value_get(entry, "flags"), &request);
    if (ledger_read(workspace, load->change, &load->commit, &ledger, error) < 0)
        return -1;
    int result = submit_sign(workspace, journal, drafts, &request, &ledger, PROCESS_BACKGROUND, &signed_record, error);
    ledger_clear(&ledger);
    return result;
}

/* One record in the clone, by its reviewer. */
static int add_record(struct sample *sample, struct slice branch, const struct value *entry, struct error *error)
{
    struct workspace *workspace = NULL;
    struct cache *cache = NULL;
    struct journal *journal = NULL;
    struct drafts *drafts = NULL;
    struct changes changes;
    const struct change *change;
    struct load load = {0};
    int result = -1;
    changes_init(&changes);
    if (sit_down(sample, value_text(value_get(entry, "reviewer")), error) < 0 ||
        workspace_open(path_in(sample, "clone"), &workspace, error) < 0 ||
        journal_open(workspace->state_folder.data, &journal, NULL, error) < 0 ||
        drafts_open(workspace->state_folder.data, &drafts, NULL, error) < 0 ||
        load_find(workspace, branch, &changes, &change, error) < 0)
        goto done;
    cache = cache_new(workspace);
    if (load_change(workspace, cache, change, &load, error) < 0)
        goto done;
    if (load_authors(workspace, NULL, &load, error) == 0)
        result = sign_record(sample, workspace, &load, entry, journal, drafts, error);
    if (result == 0) {
        struct sync_report report;
        struct transport transport = {.mode = PROCESS_BACKGROUND};
        sync_report_init(&report);
        result = sync_run(workspace, journal, &transport, &report, error);
        sync_report_clear(&report);
    }
    load_clear(&load);
done:
    cache_free(cache);
    changes_clear(&changes);
    drafts_close(drafts);
    journal_close(journal);
    workspace_close(workspace);
    return result;
}

static int add_records(struct sample *sample, struct error *error)
{
    const struct value *changes = value_get(sample->script.root, "changes");
    for (size_t i = 0; i < value_count(changes); i++) {
        const struct value *change = value_at(changes, i), *records = value_get(change, "records");
        for (size_t r = 0; r < value_count(records); r++)
            if (add_record(sample, value_text(value_get(change, "branch")), value_at(records, r), error) < 0)
                return -1;
    }
    return 0;
}

/* ---- the sample ---- */

static int open_script(struct sample *sample, const char *folder, struct error *error)
{
    struct slice script, policy;
    *sample = (struct sample){.now = env_now()};
    arena_init(&sample->arena);
    str_init(&sample->folder);
    char *absolute = realpath(folder, NULL);
    if (!absolute)
        return error_set(error, ERROR_ENVIRONMENT, "%s cannot be found.", folder);
    str_append_text(&sample->folder, absolute);
    free(absolute);
    if (!embedded_find("demo/changes.yaml", &script) || !embedded_find(SAMPLE_MAIN WORKSPACE_POLICY_PATH, &policy))
        return error_set(error, ERROR_ENVIRONMENT, "This program was built without its sample.");
    if (yaml_load(script, SLICE("demo/changes.yaml"), &sample->script, error) < 0)
        return -1;
    return policy_load(policy, SLICE(WORKSPACE_POLICY_PATH), &sample->policy, error);
}

static void close_script(struct sample *sample)
{
    policy_clear(&sample->policy);
    document_clear(&sample->script);
    str_clear(&sample->folder);
    arena_clear(&sample->arena);
}

/* While this file is there, the sample is not whole: whoever makes it was killed, and what is there is nobody's work. */
static void unfinished_path(const char *folder, struct str *path)
{
    file_join(path, folder, ".unfinished-assay-demo");
}

bool sample_exists(const char *folder)
{
    struct str clone = STR_INIT, keys = STR_INIT, unfinished = STR_INIT;
    file_join(&clone, folder, "clone/.git");
    file_join(&keys, folder, "keys");
    unfinished_path(folder, &unfinished);
    bool exists = file_is_folder(clone.data) && file_is_folder(keys.data) && !file_exists(unfinished.data);
    str_clear(&unfinished);
    str_clear(&keys);
    str_clear(&clone);
    return exists;
}

static int begin(const char *folder, struct error *error)
{
    struct str unfinished = STR_INIT;
    unfinished_path(folder, &unfinished);
    int result = file_exists(unfinished.data) ? file_remove_tree(folder, error) : 0;
    if (result == 0)
        result = file_make_folders(folder, 0755, error);
    if (result == 0 && !file_is_empty_folder(folder))
        result = error_set(error, ERROR_USAGE, "%s is not empty; name a folder that does not exist yet.", folder);
    if (result == 0)
        result = file_write(unfinished.data, SLICE(""), 0644, error);
    str_clear(&unfinished);
    return result;
}

static int end(const char *folder, struct error *error)
{
    struct str unfinished = STR_INIT;
    unfinished_path(folder, &unfinished);
    int result = file_remove(unfinished.data, error);
    str_clear(&unfinished);
    return result;
}

int sample_make(const char *folder, struct error *error)
{
    struct sample sample;
    bool was_there = file_exists(folder);
    if (begin(folder, error) < 0)
        return -1;
    int result = open_script(&sample, folder, error);
    if (result == 0)
        result = make_keys(&sample, error);
    if (result == 0)
        result = make_history(&sample, error);
    if (result == 0)
        result = add_records(&sample, error);
    if (result == 0)
        result = sit_down(&sample, sample.policy.people[0].principal, error);
    close_script(&sample);
    if (result == 0)
        result = end(folder, error);
    if (result < 0 && !was_there)
        file_remove_tree(folder, &(struct error){0});
    return result;
}

int sample_sit_down(const char *folder, const char *who, struct error *error)
{
    struct sample sample;
    int result = open_script(&sample, folder, error);
    for (size_t i = 0; result == 0 && i < sample.policy.person_count; i++) {
        struct slice principal = sample.policy.people[i].principal;
        struct slice name = slice_part(principal, 0, slice_find_byte(principal, '@'));
        if (slice_is(principal, who) || slice_is(name, who)) {
            result = sit_down(&sample, principal, error);
            close_script(&sample);
            return result;
        }
    }
    if (result == 0)
        result = error_set(error, ERROR_USAGE, "The sample has no “%s”; its people are ana, lena and ines.", who);
    close_script(&sample);
    return result;
}
