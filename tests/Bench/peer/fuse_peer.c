/* The peer of the mirror benchmark: one file "config" served through libfuse3, in the shape of our mirror (direct I/O, one
 * pread of the file behind per request); and the client that measures every side.
 *   fuse_peer serve FILE MOUNTPOINT     until killed; two workers with cloned handles, as programs on libfuse3 run unless told otherwise
 *   fuse_peer serve-one FILE MOUNTPOINT the same with the one worker of option -s
 *   fuse_peer measure FILE COUNT        prints the median time of a 4-byte pread in nanoseconds
 *   fuse_peer alternate COUNT LEFT RIGHT SERVER PROGRAM ARGS
 *                                       runs a program in the mount namespaces of two processes in turn, its output thrown away;
 *                                       a line a pair: time and processor time on the left, the same on the right, in nanoseconds.
 *                                       On the right processor time is the program's and what SERVER, a process, spent meanwhile */
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int backing;

static void fill(fuse_ino_t ino, struct stat *st)
{
    memset(st, 0, sizeof *st);
    st->st_ino = ino;
    st->st_mode = ino == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
    st->st_nlink = 1;
    st->st_size = ino == FUSE_ROOT_ID ? 0 : 4096;
}

static void peer_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    (void)fi;
    fill(ino, &st);
    fuse_reply_attr(req, &st, 1.0);
}

static void peer_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry = { .ino = 2, .attr_timeout = 1.0, .entry_timeout = 1.0 };
    if (parent != FUSE_ROOT_ID || strcmp(name, "config") != 0) {
        fuse_reply_err(req, ENOENT);
        return;
    }
    fill(2, &entry.attr);
    fuse_reply_entry(req, &entry);
}

static void peer_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    (void)ino;
    fi->direct_io = 1;
    fi->noflush = 1;
    fuse_reply_open(req, fi);
}

static void peer_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
    char buffer[65536];
    (void)ino;
    (void)fi;
    ssize_t count = pread(backing, buffer, size < sizeof buffer ? size : sizeof buffer, offset);
    if (count < 0)
        fuse_reply_err(req, errno);
    else
        fuse_reply_buf(req, buffer, count);
}

static const struct fuse_lowlevel_ops operations = {
    .getattr = peer_getattr, .lookup = peer_lookup, .open = peer_open, .read = peer_read,
};

static int serve(const char *file, const char *mountpoint, int workers)
{
    char *argv[] = { "fuse_peer", "-oallow_other,default_permissions,fsname=fleetpeer" };
    struct fuse_args args = FUSE_ARGS_INIT(2, argv);
    struct fuse_session *session;
    struct fuse_loop_config *config = fuse_loop_cfg_create();

    backing = open(file, O_RDONLY | O_CLOEXEC);
    session = fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (backing < 0 || session == NULL || fuse_session_mount(session, mountpoint) != 0)
        return 1;
    fuse_loop_cfg_set_clone_fd(config, 1);
    fuse_loop_cfg_set_max_threads(config, workers);
    puts("ready");
    fflush(stdout);
    return workers > 1 ? fuse_session_loop_mt(session, config) : fuse_session_loop(session);
}

static int compare(const void *left, const void *right)
{
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int measure(const char *file, int count)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    long *times = calloc(count, sizeof *times);
    char word[4];
    if (fd < 0 || times == NULL) {
        perror(file);
        return 1;
    }
    for (int i = -count / 10; i < count; i++) {
        long start = now();
        if (pread(fd, word, sizeof word, 0x10) != sizeof word) {
            perror(file);
            return 1;
        }
        if (i >= 0)
            times[i] = now() - start;
    }
    qsort(times, count, sizeof *times, compare);
    printf("%ld\n", times[count / 2]);
    return 0;
}

/* Processor time of another process, its ended threads included. */
static long spent(pid_t process)
{
    struct timespec t = { 0 };
    clockid_t clock;
    if (clock_getcpuclockid(process, &clock) == 0)
        clock_gettime(clock, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* Runs a program in another process's mount namespace. */
static int run(const char *within, char **command, long *wall, long *cpu)
{
    char path[64];
    struct rusage use;
    int status;
    long start = now();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        snprintf(path, sizeof path, "/proc/%s/ns/mnt", within);
        if (setns(open(path, O_RDONLY | O_CLOEXEC), CLONE_NEWNS) != 0)
            _exit(126);
        dup2(null, 1);
        dup2(null, 2);
        execvp(command[0], command);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &use) != child || status != 0) {
        fprintf(stderr, "%s: failed\n", command[0]);
        return 1;
    }
    *wall = now() - start;
    *cpu = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000000L + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1000L;
    return 0;
}

static int alternate(int count, const char *left, const char *right, pid_t server, char **command)
{
    long wall[2], cpu[2];
    for (int i = 0; i < count; i++) {
        for (int turn = 0; turn < 2; turn++) {
            int side = (i + turn) % 2; /* who goes first changes, so that nobody always follows the other */
            long before = spent(server);
            if (run(side == 0 ? left : right, command, &wall[side], &cpu[side]) != 0)
                return 1;
            if (side == 1)
                cpu[side] += spent(server) - before;
        }
        printf("%ld %ld %ld %ld\n", wall[0], cpu[0], wall[1], cpu[1]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2], argv[3], 2);
    if (argc == 4 && strcmp(argv[1], "serve-one") == 0)
        return serve(argv[2], argv[3], 1);
    if (argc == 4 && strcmp(argv[1], "measure") == 0 && atoi(argv[3]) > 0)
        return measure(argv[2], atoi(argv[3]));
    if (argc >= 7 && strcmp(argv[1], "alternate") == 0 && atoi(argv[2]) > 0)
        return alternate(atoi(argv[2]), argv[3], argv[4], atoi(argv[5]), argv + 6);
    fputs("usage: fuse_peer serve|serve-one FILE MOUNTPOINT | measure FILE COUNT | alternate COUNT LEFT RIGHT SERVER PROGRAM ARGS\n", stderr);
    return 2;
}
