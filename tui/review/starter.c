#include "assay/review/starter.h"

#include "assay/data/json_encode.h"

void starter_init(struct starter *starter)
{
    str_init(&starter->repository);
    str_init(&starter->target);
    str_init(&starter->principal);
    str_init(&starter->name);
    str_init(&starter->key);
}

void starter_clear(struct starter *starter)
{
    str_clear(&starter->key);
    str_clear(&starter->name);
    str_clear(&starter->principal);
    str_clear(&starter->target);
    str_clear(&starter->repository);
}

/* "git@host:acme/content.git", "https://host/acme/content" and "/srv/acme/content.git" all end in "acme/content". */
static struct slice repository_of(struct slice url)
{
    if (slice_ends_with(url, SLICE("/")))
        url = slice_part(url, 0, url.size - 1);
    if (slice_ends_with(url, SLICE(".git")))
        url = slice_part(url, 0, url.size - 4);
    size_t slashes = 0, at = url.size;
    while (at > 0 && url.data[at - 1] != ':' && (url.data[at - 1] != '/' || ++slashes < 2))
        at--;
    return slice_from(url, at);
}

void starter_guess(const struct workspace *workspace, struct starter *starter)
{
    struct str url = STR_INIT, key = STR_INIT;
    const char *remote = repo_remote(workspace->repo);
    if (remote) {
        str_appendf(&key, "remote.%s.url", remote);
        settings_text(workspace->settings, key.data, &url);
    }
    str_append(&starter->repository, repository_of(str_slice(&url)));
    str_append(&starter->target, str_slice(&workspace->target.name));
    settings_text(workspace->settings, "user.email", &starter->principal);
    settings_text(workspace->settings, "user.name", &starter->name);
    if (!error_is_set(&workspace->identity.key_error)) {
        struct slice rest = str_slice(&workspace->identity.keys.line), type, blob;
        if (slice_cut(&rest, ' ', &type) && slice_cut(&rest, ' ', &blob))
            str_appendf(&starter->key, "%.*s %.*s", SLICE_ARG(type), SLICE_ARG(slice_trim(blob)));
    }
    str_clear(&key);
    str_clear(&url);
}

static const char *const policy_rest =
    "roles:\n"
    "  content-owner:     {title: Content owner,     duty: score,  meaning: \"The content is accurate and meets its "
    "teaching goals.\"}\n"
    "  legal:             {title: Legal,             duty: sign,   meaning: \"The content meets legal and compliance "
    "requirements.\"}\n"
    "  learning-designer: {title: Learning designer, duty: triage, meaning: \"Flow, tone and clarity serve the "
    "learner; flags are settled.\"}\n"
    "rubric:\n"
    "  version: 1\n"
    "  scale: [1, 5]\n"
    "  criteria:\n"
    "    - id: clarity\n"
    "      title: Clarity\n"
    "      minimum: 3\n"
    "      levels: {1: \"Confusing\", 2: \"Hard to follow\", 3: \"Understandable with effort\", 4: \"Clear\", 5: "
    "\"Clear at first reading\"}\n"
    "    - id: correctness\n"
    "      title: Correctness\n"
    "      minimum: 4\n"
    "      levels: {1: \"Wrong\", 2: \"Major errors\", 3: \"Minor errors\", 4: \"Correct, a little imprecise\", 5: "
    "\"Correct and precise\"}\n"
    "    - id: tone\n"
    "      title: Tone\n"
    "      minimum: 3\n"
    "      levels: {1: \"Harmful\", 2: \"Off\", 3: \"Acceptable\", 4: \"Fitting\", 5: \"Exactly our voice\"}\n"
    "  mean_minimum: 3.5\n"
    "  comment_required_at: 2\n"
    "# Of all rules that match a module, the highest count for each role.\n"
    "require:\n"
    "  - {when: {},                              roles: {content-owner: 1}}\n"
    "  - {when: {risk: [medium, high]},          roles: {learning-designer: 1}}\n"
    "  - {when: {sensitivity: [pii, compliance]}, roles: {legal: 1}}\n"
    "thresholds: {rouge_l: 0.40, toxicity: 0.20, pii: 0}\n"
    "flags: {codes: [off-brand, unclear, wrong-fact, unsafe, other]}\n"
    "self_approval: false\n"
    "unknown_authors: warn\n"
    "override: []\n"
    "overlap: 1\n"
    "accepted: []\n";

/* A JSON string is a YAML double-quoted one. */
static void put_member(struct str *out, const char *name, struct slice text)
{
    struct value value = value_of_text(text);
    str_append_text(out, name);
    json_encode(&value, JSON_CANONICAL, out);
}

void starter_policy(const struct starter *starter, struct str *out)
{
    str_append_text(
        out, "# Who reviews changed prompts, and what a change needs before it may merge. Read from this branch only.\n"
             "schema: assay.policy/1\n");
    put_member(out, "repository: ", str_slice(&starter->repository));
    put_member(out, "\ntarget: ", str_slice(&starter->target));
    put_member(out,
               "\nlog: assay/log\n# Add your lawyers and learning designers here, and their keys to "
               "allowed_signers.\npeople:\n"
               "  - {principal: ",
               str_slice(&starter->principal));
    put_member(out, ", name: ", str_slice(&starter->name));
    str_append_text(out, ", roles: [content-owner]}\n");
    str_append_text(out, policy_rest);
}

void starter_signers(const struct starter *starter, struct str *out)
{
    str_append_text(out, "# One line for each key: principal, namespaces, key. ssh-keygen(1), ALLOWED SIGNERS.\n");
    if (starter->key.size > 0)
        str_appendf(out, "%s namespaces=\"review.v1@assay,seal.v1@assay,bundle.v1@assay,git\" %s\n",
                    starter->principal.data, starter->key.data);
}
