/* git configuration, as git reads it: system, global, repository, worktree, and GIT_CONFIG_COUNT of the environment. */
#ifndef ASSAY_GIT_SETTINGS_H
#define ASSAY_GIT_SETTINGS_H

#include "assay/base/error.h"
#include "assay/base/str.h"

struct git_repository;

enum settings_scope {
    SETTINGS_ALL,
    SETTINGS_PERSONAL, /* never from the repository: system, global and environment. Endpoints are read from these only */
};

struct settings;

/* Where a repository is; repo_open_settings fills it in. */
struct settings_place {
    struct git_repository *handle;
    const char *common_folder, *git_folder;
};

/* place NULL: only what belongs to the person. */
int settings_open(const struct settings_place *place, enum settings_scope scope, struct settings **settings,
                  struct error *error);
void settings_close(struct settings *settings);

/* Appends the last value of the key ("assay.endpoint.staging.url"); false when it is not set. */
bool settings_text(const struct settings *settings, const char *key, struct str *value);
/* A boolean as git reads it; `otherwise` when it is not set or is none. */
bool settings_flag(const struct settings *settings, const char *key, bool otherwise);
/* Calls back for every value whose key starts with `prefix` ("assay.endpoint."), lowest level first, so the last one of
 * a key wins. Keys come as git stores them: section and variable in lower case. */
typedef void settings_visit(void *context, const char *key, const char *value);
void settings_each(const struct settings *settings, const char *prefix, settings_visit *visit, void *context);

#endif
