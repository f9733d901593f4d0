// A disk whose power may fail and that may stand still, for a program that writes (LD_PRELOAD; see disk.ts beside).
// DISK_LOG: a line "bytes path" for each file, once so much of it is surely on disk.
// DISK_STALL: while a file of this name is there, nothing gets there.
// DISK_DELAY_US: how long it takes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int sync_with(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  struct stat before;
  int is_file = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
  const char *delay = getenv("DISK_DELAY_US"), *stall = getenv("DISK_STALL"), *log = getenv("DISK_LOG");
  if (delay) usleep(atoi(delay));
  while (stall && access(stall, F_OK) == 0) usleep(10000);
  int result = real(fd);
  if (result != 0 || !is_file || !log) return result;
  char link[64], path[PATH_MAX], line[PATH_MAX + 32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return result;
  path[length] = 0;
  int size = snprintf(line, sizeof line, "%lld %s\n", (long long)before.st_size, path);
  int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (out >= 0) {
    if (write(out, line, size) != size) abort();
    close(out);
  }
  return result;
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }
