#include "harness/corpus.h"

#include "harness/test.h"

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/data/json.h"

/* Two things are refused that a few vectors have: U+0000 in text, for which a neighbour does, and integers beyond 64
 * bits, which become reals. */
static void soften(struct str *bytes)
{
    for (char *at = bytes->data; (at = strstr(at, "\\u0000")) != NULL;)
        at[5] = '1';
    for (char *at = bytes->data; *at; at++) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 19 && strchr(" [:-", at[-1]))
            memcpy(at + digits - 2, "e2", 2);
        at += digits ? digits - 1 : 0;
    }
}

void corpus_load(const char *path, struct str *bytes, struct document *document)
{
    struct str whole = STR_INIT;
    struct error error = ERROR_INIT;
    const char *folder = env_variable("CORPUS");
    str_init(bytes);
    assert_non_null(folder);
    file_join(&whole, folder, path);
    assert_success(file_read(whole.data, 1 << 26, bytes, &error), error);
    soften(bytes);
    assert_success(json_load(str_slice(bytes), slice_of(path), 1 << 26, 200, document, &error), error);
    str_clear(&whole);
}

json_t *corpus_vectors(const char *name)
{
    struct str path = STR_INIT;
    json_error_t problem;
    const char *folder = env_variable("CORPUS");
    assert_non_null(folder);
    str_appendf(&path, "%s/vectors/%s", folder, name);
    json_t *root = json_load_file(path.data, JSON_ALLOW_NUL, &problem);
    if (!root)
        fail_msg("%s: %s", path.data, problem.text);
    str_clear(&path);
    return root;
}
