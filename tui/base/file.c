#include "assay/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"

enum { CHUNK = 64 * 1024 };

static int read_all(int descriptor, const char *path, size_t limit, struct str *out, struct error *error)
{
    size_t start = out->size;
    for (;;) {
        size_t left = limit - (out->size - start);
        size_t room = out->capacity > out->size + 1 ? out->capacity - out->size - 1 : CHUNK;
        size_t want = left < room ? left + 1 : room; /* one more than the limit tells a larger file */
        str_reserve(out, want);
        ssize_t got = read(descriptor, out->data + out->size, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be read", path);
        if (got == 0)
            return 0;
        out->size += (size_t)got;
        out->data[out->size] = '\0';
        if (out->size - start > limit)
            return error_set(error, ERROR_INPUT, "%s is larger than the limit of %zu bytes", path, limit);
    }
}

int file_read(const char *path, size_t limit, struct str *out, struct error *error)
{
    size_t start = out->size;
    int result = -1;
    /* O_NONBLOCK: opening a FIFO must not wait for somebody who writes to it. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be opened", path);
    else if (!S_ISREG(status.st_mode))
        error_set(error, ERROR_INPUT, "%s is not a regular file", path);
    else if (status.st_size > 0 && (uintmax_t)status.st_size > limit)
        error_set(error, ERROR_INPUT, "%s has %jd bytes, the limit is %zu", path, (intmax_t)status.st_size, limit);
    else {
        str_reserve(out, (size_t)status.st_size + 1); /* one more to see the end without growing */
        result = read_all(descriptor, path, limit, out, error);
    }
    if (result != 0)
        str_truncate(out, start);
    if (descriptor >= 0)
        close(descriptor);
    return result;
}

static int write_all(int descriptor, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(descriptor, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes = slice_from(bytes, (size_t)written);
    }
    return 0;
}

/* The name of the new file is part of the folder only after the folder itself is on disk. */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str folder = STR_INIT;
    str_append(&folder, slash ? slice_make(path, (size_t)(slash - path)) : SLICE("."));
    if (slash == path)
        str_push(&folder, '/');
    int descriptor = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    str_clear(&folder);
    if (descriptor < 0)
        return errno == EACCES ? 0 : -1; /* a folder that may be written but not read */
    int result = fsync(descriptor);
    if (result != 0 && (errno == EINVAL || errno == ENOTSUP)) /* a file system without it */
        result = 0;
    int number = errno;
    close(descriptor);
    errno = number;
    return result;
}

int file_write(const char *path, struct slice bytes, mode_t mode, struct error *error)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return error_set(error, ERROR_ENVIRONMENT, "%s is not a regular file and is not replaced", path);
    int result = -1;
    struct str fresh = STR_INIT;
    str_appendf(&fresh, "%s.XXXXXX", path);
    int descriptor = mkostemp(fresh.data, O_CLOEXEC);
    if (descriptor < 0) {
        error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be created", path);
        goto done;
    }
    bool written = fchmod(descriptor, mode) == 0 && write_all(descriptor, bytes) == 0 && fsync(descriptor) == 0;
    int number = errno;
    if (close(descriptor) != 0 && written) {
        written = false;
        number = errno;
    }
    if (written && rename(fresh.data, path) == 0 && sync_folder(path) == 0) {
        result = 0;
        goto done;
    }
    error_set_system(error, ERROR_ENVIRONMENT, written ? errno : number, "%s cannot be written", path);
    unlink(fresh.data);
done:
    str_clear(&fresh);
    return result;
}

int file_make_folders(const char *path, mode_t mode, struct error *error)
{
    int result = 0;
    char *copy = memory_copy_text(path);
    for (char *at = copy; result == 0 && *at;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char kept = *at;
        *at = '\0';
        if (*copy && mkdir(copy, mode) != 0 && !file_is_folder(copy))
            result = error_set_system(error, ERROR_ENVIRONMENT, errno == EEXIST ? ENOTDIR : errno,
                                      "The folder %s cannot be made", copy);
        *at = kept;
    }
    memory_free(copy);
    return result;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_is_empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    bool empty = folder != NULL;
    for (const struct dirent *entry; empty && (entry = readdir(folder));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (folder)
        closedir(folder);
    return empty;
}

int file_remove(const char *path, struct error *error)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    return error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be removed", path);
}

/* By descriptors, not by paths, so that nobody can put a symlink in the way while it runs. Returns 0 or an errno. */
static int remove_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM) /* POSIX: EPERM for a folder */
        return errno;
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!folder) {
        int number = errno;
        if (descriptor >= 0)
            close(descriptor);
        return number;
    }
    int number = 0;
    struct dirent *entry;
    while (number == 0 && (errno = 0, entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            number = remove_at(descriptor, entry->d_name);
    if (number == 0)
        number = errno;
    closedir(folder);
    if (number == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        number = errno;
    return number;
}

int file_remove_tree(const char *path, struct error *error)
{
    int number = remove_at(AT_FDCWD, path);
    return number ? error_set_system(error, ERROR_ENVIRONMENT, number, "%s cannot be removed", path) : 0;
}

int file_make_temporary_folder(const char *prefix, struct str *out, struct error *error)
{
    const char *parent = env_variable("TMPDIR");
    struct str path = STR_INIT;
    str_appendf(&path, "%s/%s.XXXXXX", parent && *parent ? parent : "/tmp", prefix);
    int result = 0;
    if (mkdtemp(path.data))
        str_append(out, str_slice(&path));
    else
        result = error_set_system(error, ERROR_ENVIRONMENT, errno, "The temporary folder %s cannot be made", path.data);
    str_clear(&path);
    return result;
}

void file_join(struct str *out, const char *folder, const char *name)
{
    if (*name != '/' && *folder) {
        str_append_text(out, folder);
        if (out->data[out->size - 1] != '/')
            str_push(out, '/');
    }
    str_append_text(out, name);
}
