/* Whole files and folders on disk. Paths are bytes as the system takes them. */
#ifndef ASSAY_BASE_FILE_H
#define ASSAY_BASE_FILE_H

#include <sys/types.h>

#include "assay/base/error.h"
#include "assay/base/str.h"

/* Reads a regular file of at most `limit` bytes and appends it to out; a larger one is an error that names the limit. */
int file_read(const char *path, size_t limit, struct str *out, struct error *error);
/* Writes to a new name beside it, fsyncs, renames over `path`, fsyncs the folder: after a crash either the old bytes
 * or the new ones are there. */
int file_write(const char *path, struct slice bytes, mode_t mode, struct error *error);
int file_make_folders(const char *path, mode_t mode,
                      struct error *error); /* like mkdir -p; an existing folder is fine */
bool file_exists(const char *path);
bool file_is_folder(const char *path);
bool file_is_empty_folder(const char *path);
int file_remove(const char *path, struct error *error);      /* missing is fine */
int file_remove_tree(const char *path, struct error *error); /* missing is fine; follows no symlink */
/* Makes a private folder (mode 0700) under TMPDIR or /tmp and appends its path to out. */
int file_make_temporary_folder(const char *prefix, struct str *out, struct error *error);
/* a + "/" + b, unless b is absolute; appended to out. */
void file_join(struct str *out, const char *folder, const char *name);

#endif
