#include "harness/audited.h"

#include "harness/test.h"

void audited_sign(struct fixture *f, const char *change, const char *who, const char *role, const char *verdict)
{
    content_become(f, who);
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", change, "--module", CONTENT_ASSISTANT, "--role", role, "--verdict",
                      verdict, "--comment", "Checked.", strcmp(role, "content-owner") ? NULL : "--scores",
                      fixture_path(f, "scores.json"), NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
}

void audited_seal(struct fixture *f, const char *change)
{
    audited_sign(f, change, "ana", "content-owner", "approve");
    audited_sign(f, change, "lena", "legal", "approve");
    if (fixture_assay(f, CONTENT_CLONE, "seal", change, NULL) != 0)
        fail_msg("assay seal: %s%s", f->result.output.data, f->result.errors.data);
}

void audited_start(struct fixture *f, const char *world)
{
    fixture_restore(f, world);
    content_become(f, "ana");
}

int audited_setup(void **state)
{
    struct fixture *f = fixture_new();
    content_make(f, 1);
    fixture_keep(f, "plain");
    audited_seal(f, AUDITED_CHANGE);
    fixture_keep(f, "sealed");
    *state = f;
    return 0;
}

int audited_teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

void audited_merge(struct fixture *f, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", AUDITED_WORK, NULL);
    content_clone(f, AUDITED_WORK);
    const char *script = fixture_text(f, "set -e; %s; git push -q origin main", commands);
    if (fixture_run(f, AUDITED_WORK, "sh", "-c", script, NULL) != 0)
        fail_msg("%s: %s%s", script, f->result.output.data, f->result.errors.data);
}

void audited_merge_resealed(struct fixture *f, const char *sed)
{
    fixture_write_text(f, "edit.sed", sed);
    audited_merge(f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE
                     "; sed -E -i -f ../edit.sed " AUDITED_FOLDER "/seal.json; rm " AUDITED_FOLDER
                     "/seal.json.sig; ssh-keygen -q -Y sign -n seal.v1@assay -f ../keys/lena " AUDITED_FOLDER
                     "/seal.json; git add -A; git commit -qm merge");
}

const char *audited_report(struct fixture *f, int code)
{
    content_become(f, "ana");
    int got = fixture_assay(f, CONTENT_CLONE, "audit", "--json", NULL);
    if (got != code)
        fail_msg("assay audit: exit %d, expected %d\n%s\n%s", got, code, f->result.output.data, f->result.errors.data);
    return f->result.output.data;
}

size_t audited_count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        found++;
    return found;
}

void audited_expect(struct fixture *f, int code, size_t allowed, size_t gaps, const char *words)
{
    const char *text = audited_report(f, code);
    if (audited_count(text, "\"result\": \"allowed\"") != allowed ||
        !strstr(text, fixture_text(f, "\"gaps\": %zu", gaps)) || !strstr(text, words))
        fail_msg("expected %zu allowed, %zu gaps, “%s”:\n%s", allowed, gaps, words, text);
}
