#include "assay/git/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <git2.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/library.h"

struct settings {
    git_config *config;
};

static int add_file(struct settings *settings, const struct settings_place *place, const char *path,
                    git_config_level_t level, struct error *error)
{
    const git_repository *handle = place ? place->handle : NULL;
    if (git_config_add_file_ondisk(settings->config, path, level, handle, 0) < 0) {
        return library_fail(error, ERROR_INPUT, "the git configuration %s cannot be read", path);
    }
    return 0;
}

static int add_joined(struct settings *settings, const struct settings_place *place, const char *folder,
                      const char *name, git_config_level_t level, struct error *error)
{
    struct str path = STR_INIT;
    str_appendf(&path, "%s/%s", folder, name);
    const int result = add_file(settings, place, path.data, level, error);
    str_clear(&path);
    return result;
}

static int add_system(struct settings *settings, const struct settings_place *place, struct error *error)
{
    const char *none = env_variable("GIT_CONFIG_NOSYSTEM"), *path = env_variable("GIT_CONFIG_SYSTEM");
    int skip = 0;
    if (none && (git_config_parse_bool(&skip, none) < 0 || skip)) {
        return 0;
    }
    return add_file(settings, place, path ? path : "/etc/gitconfig", GIT_CONFIG_LEVEL_SYSTEM, error);
}

static int add_personal(struct settings *settings, const struct settings_place *place, struct error *error)
{
    const char *only = env_variable("GIT_CONFIG_GLOBAL");
    if (only) { /* instead of both files, git-config(1) */
        return *only ? add_file(settings, place, only, GIT_CONFIG_LEVEL_GLOBAL, error) : 0;
    }
    const char *home = env_variable("HOME"), *xdg = env_variable("XDG_CONFIG_HOME");
    if (xdg && *xdg && add_joined(settings, place, xdg, "git/config", GIT_CONFIG_LEVEL_XDG, error) != 0) {
        return -1;
    }
    if (!home || !*home) {
        return 0;
    }
    if (!(xdg && *xdg) && add_joined(settings, place, home, ".config/git/config", GIT_CONFIG_LEVEL_XDG, error) != 0) {
        return -1;
    }
    return add_joined(settings, place, home, ".gitconfig", GIT_CONFIG_LEVEL_GLOBAL, error);
}

static int add_repository(struct settings *settings, const struct settings_place *place, struct error *error)
{
    if (add_joined(settings, place, place->common_folder, "config", GIT_CONFIG_LEVEL_LOCAL, error) != 0) {
        return -1;
    }
    if (!settings_flag(settings, "extensions.worktreeconfig", false)) {
        return 0;
    }
    return add_joined(settings, place, place->git_folder, "config.worktree", GIT_CONFIG_LEVEL_APP, error);
}

int settings_open(const struct settings_place *place, enum settings_scope scope, struct settings **settings,
                  struct error *error)
{
    library_start();
    struct settings *opened = memory_new(sizeof *opened);
    *settings = NULL;
    int result = git_config_new(&opened->config) < 0
                     ? library_fail(error, ERROR_ENVIRONMENT, "the git configuration cannot be read")
                     : 0;
    if (result == 0) {
        result = add_system(opened, place, error);
    }
    if (result == 0) {
        result = add_personal(opened, place, error);
    }
    if (result == 0 && place && scope == SETTINGS_ALL) {
        result = add_repository(opened, place, error);
    }
    if (result != 0) {
        settings_close(opened);
        return -1;
    }
    *settings = opened;
    return 0;
}

void settings_close(struct settings *settings)
{
    if (settings) {
        git_config_free(settings->config);
        memory_free(settings);
    }
}

/* Section and variable are compared without regard to case, what is between them as it is. */
static void normalise_key(const char *key, struct str *out)
{
    str_reset(out);
    str_append_text(out, key);
    char *first = strchr(out->data, '.'), *last = strrchr(out->data, '.');
    for (char *at = out->data; *at; at++) {
        if (!first || at < first || at > last) {
            *at = (char)tolower((unsigned char)*at);
        }
    }
}

/* GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0, …: above every file, git-config(1). */
static void each_of_environment(struct slice prefix, settings_visit *visit, void *context)
{
    enum { COUNT_MAX = 1000 };
    uint64_t count = 0;
    if (!slice_to_uint64(slice_of(env_variable("GIT_CONFIG_COUNT")), &count) || count > COUNT_MAX) {
        return;
    }
    struct str key = STR_INIT;
    for (uint64_t i = 0; i < count; i++) {
        char name[48];
        snprintf(name, sizeof name, "GIT_CONFIG_KEY_%u", (unsigned)i);
        const char *raw = env_variable(name);
        snprintf(name, sizeof name, "GIT_CONFIG_VALUE_%u", (unsigned)i);
        const char *value = env_variable(name);
        if (raw && *raw && value) {
            normalise_key(raw, &key);
            if (slice_starts_with(str_slice(&key), prefix)) {
                visit(context, key.data, value);
            }
        }
    }
    str_clear(&key);
}

void settings_each(const struct settings *settings, const char *prefix, settings_visit *visit, void *context)
{
    git_config_iterator *iterator = NULL;
    git_config_entry *entry = NULL;
    const struct slice start = slice_of(prefix);
    if (git_config_iterator_new(&iterator, settings->config) == 0) {
        while (git_config_next(&entry, iterator) == 0) {
            if (slice_starts_with(slice_of(entry->name), start)) {
                visit(context, entry->name, entry->value ? entry->value : "true");
            }
        }
    }
    git_config_iterator_free(iterator);
    each_of_environment(start, visit, context);
}

struct wanted {
    const char *key;
    struct str *value;
    bool found;
};

static void take_wanted(void *context, const char *key, const char *value)
{
    struct wanted *wanted = context;
    if (strcmp(key, wanted->key) == 0) {
        str_truncate(wanted->value, 0);
        str_append_text(wanted->value, value);
        wanted->found = true;
    }
}

bool settings_text(const struct settings *settings, const char *key, struct str *value)
{
    struct str normal = STR_INIT, last = STR_INIT;
    normalise_key(key, &normal);
    struct wanted wanted = {.key = normal.data, .value = &last};
    each_of_environment(str_slice(&normal), take_wanted, &wanted);
    git_config_entry *entry = NULL;
    if (!wanted.found && git_config_get_entry(&entry, settings->config, normal.data) == 0) {
        str_append_text(&last, entry->value ? entry->value : "true");
        wanted.found = true;
    }
    git_config_entry_free(entry);
    if (wanted.found) {
        str_append(value, str_slice(&last));
    }
    str_clear(&normal);
    str_clear(&last);
    return wanted.found;
}

bool settings_flag(const struct settings *settings, const char *key, bool otherwise)
{
    struct str value = STR_INIT;
    int flag = otherwise;
    if (settings_text(settings, key, &value) && git_config_parse_bool(&flag, value.data) < 0) {
        flag = otherwise;
    }
    str_clear(&value);
    return flag != 0;
}
