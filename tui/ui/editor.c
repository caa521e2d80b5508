#include "assay/ui/editor.h"

#include <string.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/base/process.h"

enum { EDITOR_WORDS_MAX = 8, EDITOR_LIMIT = 1 << 20 };

static int run_editor(const char *path, struct error *error)
{
    const char *arguments[EDITOR_WORDS_MAX + 2] = {0}, *editor = env_variable("VISUAL");
    size_t count = 0;
    if (editor == NULL || editor[0] == '\0')
        editor = env_variable("EDITOR");
    char *words = memory_copy_text(editor != NULL && editor[0] != '\0' ? editor : "vi"), *rest = words, *word;
    while (count < EDITOR_WORDS_MAX && (word = strtok_r(rest, " ", &rest)) != NULL)
        arguments[count++] = word;
    arguments[count] = path;
    struct process process = {
        .arguments = arguments, .mode = PROCESS_FOREGROUND, .inherit_output = true, .inherit_errors = true};
    struct process_result result;
    process_result_init(&result);
    int code = process_run(&process, &result, error);
    if (code == 0 && result.exit_code != 0)
        code = error_set(error, ERROR_ENVIRONMENT, "the editor '%s' ended with %d: the text is as it was", words,
                         result.exit_code);
    process_result_clear(&result);
    memory_free(words);
    return code;
}

static int edit_file(const char *path, struct str *text, struct error *error)
{
    struct str edited = STR_INIT;
    int result = file_write(path, str_slice(text), 0600, error);
    if (result == 0)
        result = run_editor(path, error);
    if (result == 0)
        result = file_read(path, EDITOR_LIMIT, &edited, error);
    while (edited.size > 0 && edited.data[edited.size - 1] == '\n')
        str_truncate(&edited, edited.size - 1);
    if (result == 0) {
        str_reset(text);
        str_append(text, str_slice(&edited));
    }
    str_clear(&edited);
    return result;
}

int editor_edit(const char *name, struct str *text, struct error *error)
{
    struct str folder = STR_INIT, path = STR_INIT;
    int result = file_make_temporary_folder("assay-edit-", &folder, error);
    if (result == 0) {
        struct error ignored = ERROR_INIT;
        file_join(&path, folder.data, name);
        result = edit_file(path.data, text, error);
        file_remove_tree(folder.data, &ignored);
    }
    str_clear(&path);
    str_clear(&folder);
    return result;
}
