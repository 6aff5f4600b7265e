/* A clock for LD_PRELOAD: whenever a process reads the time of day, an hour has gone by since it did so before. A process tells at its end, in
   the file that CLOCK_READS names, what it is called and how often it read. What measures durations is left alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long reads;

int clock_gettime(clockid_t clock, struct timespec *at) {
    int status = (int)syscall(SYS_clock_gettime, clock, at);
    if (status == 0 && clock == CLOCK_REALTIME) at->tv_sec += 3600 * __atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
    return status;
}

__attribute__((destructor)) static void tell(void) {
    const char *name = getenv("CLOCK_READS");
    FILE *file = name ? fopen(name, "a") : NULL;
    if (!file) return;
    fprintf(file, "%s %ld\n", program_invocation_short_name, reads);
    fclose(file);
}
