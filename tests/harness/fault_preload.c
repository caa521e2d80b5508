/* Makes a call to the outer world fail, or kills the process at it. Loaded into the real binary with LD_PRELOAD; the
 * product knows nothing of it. Children run without it.
 *
 *   FAULT_TRACE=FILE         each call becomes a line "KIND WHAT" in FILE, in order
 *   FAULT_AT=KIND:N:ACTION   the Nth call (from 1) of this kind, or of "any" kind. ACTION: the number of an errno, which
 *                            that call then fails with; "full": this errno ENOSPC for it and for every later call that
 *                            needs room; "kill": the process dies as by kill -9 before the call, "late": after it
 *
 * The network is git's: its children are failed as a whole, by programs of their name in PATH.
 * Only calls that the program makes through its own symbols are seen; what the C library does inside stdio is not. */
/* Both names of a call are defined here, the one for large files too; neither may be a macro for the other. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum action { PASS, FAIL, DIE_AFTER };

static struct {
    int trace;
    char kind[24];
    long at;
    int number; /* of the error; 0: none */
    bool full, kill, late;
    atomic_long seen;
    atomic_bool is_full;
} plan = {.trace = -1};

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

#define REAL(type, name)                                                                                               \
    static type *next;                                                                                                 \
    if (!next) {                                                                                                       \
        void *found = real(name);                                                                                      \
        memcpy(&next, &found, sizeof next); /* ISO C has no cast from an object pointer to a function pointer */       \
    }

__attribute__((constructor)) static void read_plan(void)
{
    const char *trace = getenv("FAULT_TRACE"), *at = getenv("FAULT_AT");
    char action[16] = "";
    if (trace)
        plan.trace = (int)syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (at && sscanf(at, "%23[^:]:%ld:%15s", plan.kind, &plan.at, action) == 3) {
        plan.full = strcmp(action, "full") == 0;
        plan.late = strcmp(action, "late") == 0;
        plan.kill = plan.late || strcmp(action, "kill") == 0;
        plan.number = plan.full ? ENOSPC : atoi(action);
    }
    unsetenv("LD_PRELOAD");
    unsetenv("FAULT_TRACE");
    unsetenv("FAULT_AT");
}

static void die(void)
{
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
}

static void trace(const char *kind, const char *what)
{
    char line[512];
    int size = snprintf(line, sizeof line, "%s %s\n", kind, what);
    if (size > 0)
        syscall(SYS_write, plan.trace, line, (size_t)size < sizeof line ? (size_t)size : sizeof line - 1);
}

static const char *path_of(int descriptor, char path[256])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, path, (size_t)255);
    path[size > 0 ? size : 0] = '\0';
    return path;
}

/* grows: the call needs room on the disk. */
static enum action meet(const char *kind, const char *what, bool grows)
{
    if (plan.trace >= 0)
        trace(kind, what);
    if (grows && plan.is_full) {
        errno = ENOSPC;
        return FAIL;
    }
    if (plan.at == 0 || (strcmp(plan.kind, "any") != 0 && strcmp(plan.kind, kind) != 0) || ++plan.seen != plan.at)
        return PASS;
    if (plan.kill && !plan.late)
        die();
    if (plan.late)
        return DIE_AFTER;
    if (plan.full && !grows) {
        plan.is_full = true;
        return PASS;
    }
    plan.is_full = plan.full;
    errno = plan.number;
    return FAIL;
}

static enum action meet_descriptor(const char *kind, int descriptor, bool grows)
{
    char path[256] = "";
    return meet(kind, plan.trace >= 0 ? path_of(descriptor, path) : "", grows);
}

#define RETURN(action, call)                                                                                           \
    do {                                                                                                               \
        if ((action) == FAIL)                                                                                          \
            return -1;                                                                                                 \
        long result_ = (long)(call);                                                                                   \
        if ((action) == DIE_AFTER)                                                                                     \
            die();                                                                                                     \
        return (__typeof__(call))result_;                                                                              \
    } while (0)

/* --- bytes --------------------------------------------------------------------------------------------------------- */

static bool is_a_file(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

typedef ssize_t write_function(int, const void *, size_t);
ssize_t write(int descriptor, const void *bytes, size_t size)
{
    REAL(write_function, "write")
    if (!is_a_file(descriptor)) {
        const enum action action = meet_descriptor("write-pipe", descriptor, false);
        RETURN(action, next(descriptor, bytes, size));
    }
    const enum action action = meet_descriptor("write", descriptor, true);
    RETURN(action, next(descriptor, bytes, size));
}

typedef ssize_t pwrite_function(int, const void *, size_t, off_t);
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset)
{
    REAL(pwrite_function, "pwrite")
    const enum action action = meet_descriptor("pwrite", descriptor, true);
    RETURN(action, next(descriptor, bytes, size, offset));
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset)
{
    REAL(pwrite_function, "pwrite64")
    const enum action action = meet_descriptor("pwrite", descriptor, true);
    RETURN(action, next(descriptor, bytes, size, offset));
}

typedef int descriptor_function(int);
int fsync(int descriptor)
{
    REAL(descriptor_function, "fsync")
    const enum action action = meet_descriptor("fsync", descriptor, false);
    RETURN(action, next(descriptor));
}

int fdatasync(int descriptor)
{
    REAL(descriptor_function, "fdatasync")
    const enum action action = meet_descriptor("fdatasync", descriptor, false);
    RETURN(action, next(descriptor));
}

typedef int truncate_function(int, off_t);
int ftruncate(int descriptor, off_t size)
{
    REAL(truncate_function, "ftruncate")
    const enum action action = meet_descriptor("ftruncate", descriptor, size > 0);
    RETURN(action, next(descriptor, size));
}

int ftruncate64(int descriptor, off_t size)
{
    REAL(truncate_function, "ftruncate64")
    const enum action action = meet_descriptor("ftruncate", descriptor, size > 0);
    RETURN(action, next(descriptor, size));
}

typedef int allocate_function(int, off_t, off_t);
int posix_fallocate64(int descriptor, off_t offset, off_t size)
{
    REAL(allocate_function, "posix_fallocate64")
    const enum action action = meet_descriptor("fallocate", descriptor, true);
    if (action == FAIL)
        return errno;
    RETURN(action, next(descriptor, offset, size));
}

/* --- names --------------------------------------------------------------------------------------------------------- */

static bool creates(int flags)
{
    return (flags & (O_CREAT | O_WRONLY | O_RDWR | O_TRUNC)) != 0;
}

static mode_t mode_of(int flags, va_list list)
{
    return (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0;
}

static bool is_new(const char *path)
{
    const int number = errno;
    const bool there = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
    errno = number;
    return !there;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        REAL(open_function, #name)                                                                                     \
        va_list list;                                                                                                  \
        va_start(list, flags);                                                                                         \
        const mode_t mode = mode_of(flags, list);                                                                      \
        va_end(list);                                                                                                  \
        const enum action action = creates(flags) ? meet("open", path, (flags & O_CREAT) && is_new(path)) : PASS;      \
        RETURN(action, next(path, flags, mode));                                                                       \
    }
typedef int open_function(const char *, int, ...);
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                                                                                  \
    int name(int folder, const char *path, int flags, ...)                                                             \
    {                                                                                                                  \
        REAL(open_at_function, #name)                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, flags);                                                                                         \
        const mode_t mode = mode_of(flags, list);                                                                      \
        va_end(list);                                                                                                  \
        const enum action action = creates(flags) ? meet("open", path, (flags & O_CREAT) && is_new(path)) : PASS;      \
        RETURN(action, next(folder, path, flags, mode));                                                               \
    }
typedef int open_at_function(int, const char *, int, ...);
OPEN_AT(openat)
OPEN_AT(openat64)

typedef int temporary_function(char *);
typedef int temporary_flags_function(char *, int);
#define TEMPORARY(name)                                                                                                \
    int name(char *path)                                                                                               \
    {                                                                                                                  \
        REAL(temporary_function, #name)                                                                                \
        const enum action action = meet("open", path, true);                                                           \
        RETURN(action, next(path));                                                                                    \
    }
#define TEMPORARY_FLAGS(name)                                                                                          \
    int name(char *path, int flags)                                                                                    \
    {                                                                                                                  \
        REAL(temporary_flags_function, #name)                                                                          \
        const enum action action = meet("open", path, true);                                                           \
        RETURN(action, next(path, flags));                                                                             \
    }
TEMPORARY(mkstemp)
TEMPORARY(mkstemp64)
TEMPORARY_FLAGS(mkostemp)
TEMPORARY_FLAGS(mkostemp64)

char *mkdtemp(char *path)
{
    typedef char *folder_function(char *);
    REAL(folder_function, "mkdtemp")
    const enum action action = meet("mkdir", path, true);
    if (action == FAIL)
        return NULL;
    char *made = next(path);
    if (action == DIE_AFTER)
        die();
    return made;
}

typedef int mode_function(const char *, mode_t);
int mkdir(const char *path, mode_t mode)
{
    REAL(mode_function, "mkdir")
    const enum action action = meet("mkdir", path, is_new(path));
    RETURN(action, next(path, mode));
}

typedef int pair_function(const char *, const char *);
int rename(const char *from, const char *to)
{
    REAL(pair_function, "rename")
    const enum action action = meet("rename", to, false);
    RETURN(action, next(from, to));
}

int link(const char *from, const char *to)
{
    REAL(pair_function, "link")
    const enum action action = meet("link", to, true);
    RETURN(action, next(from, to));
}

typedef int rename_at_function(int, const char *, int, const char *);
int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REAL(rename_at_function, "renameat")
    const enum action action = meet("rename", to, false);
    RETURN(action, next(from_folder, from, to_folder, to));
}

typedef int path_function(const char *);
int unlink(const char *path)
{
    REAL(path_function, "unlink")
    const enum action action = meet("unlink", path, false);
    RETURN(action, next(path));
}

int rmdir(const char *path)
{
    REAL(path_function, "rmdir")
    const enum action action = meet("unlink", path, false);
    RETURN(action, next(path));
}

typedef int path_at_function(int, const char *, int);
int unlinkat(int folder, const char *path, int flags)
{
    REAL(path_at_function, "unlinkat")
    const enum action action = meet("unlink", path, false);
    RETURN(action, next(folder, path, flags));
}

/* --- processes ------------------------------------------------------------------------------------- */

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                           char *const[], char *const[]);
#define SPAWN(name)                                                                                                    \
    int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,                                  \
             const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[])                  \
    {                                                                                                                  \
        REAL(spawn_function, #name)                                                                                    \
        const enum action action = meet("spawn", path, false);                                                         \
        if (action == FAIL)                                                                                            \
            return errno;                                                                                              \
        RETURN(action, next(pid, path, actions, attributes, arguments, environment));                                  \
    }
SPAWN(posix_spawn)
SPAWN(posix_spawnp)

typedef int pipe_function(int[2], int);
int pipe2(int ends[2], int flags)
{
    REAL(pipe_function, "pipe2")
    const enum action action = meet("pipe", "", false);
    RETURN(action, next(ends, flags));
}
