/*
 * The machine's own lateness: on each processor a thread of the lowest real-time priority sleeps a millisecond at a time and notes by how much it woke too
 * late. Lowest: it must not push a thread that is measured from one processor to the next, each of which may be withheld for some milliseconds; at the
 * highest, a thousand streams on one real-time thread did not hold. So what real-time threads of the measured program take is in it too; what its ordinary
 * threads take is not.
 * Each line on the standard input is answered with the worst since the line before, in nanoseconds.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define SLEEP 1000000LL

static int64_t worst;

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static void note(int64_t late)
{
	int64_t before = __atomic_load_n(&worst, __ATOMIC_RELAXED);
	while (late > before && !__atomic_compare_exchange_n(&worst, &before, late, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static void *watch(void *cpu)
{
	struct sched_param lowest = { .sched_priority = sched_get_priority_min(SCHED_FIFO) };
	cpu_set_t only;
	CPU_ZERO(&only);
	CPU_SET((long)cpu, &only);
	pthread_setaffinity_np(pthread_self(), sizeof only, &only);
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &lowest); /* refused: it then shows what an ordinary thread gets */
	for (int64_t due = now() + SLEEP;; due = now() + SLEEP) {
		struct timespec at = { .tv_sec = due / SECOND, .tv_nsec = due % SECOND };
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, 0))
			;
		note(now() - due);
	}
	return 0;
}

int main(void)
{
	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
		pthread_t thread;
		if (pthread_create(&thread, 0, watch, (void *)cpu))
			return 1;
	}
	for (int c = getchar(); c != EOF; c = getchar()) {
		if (c == '\n') {
			printf("%lld\n", (long long)__atomic_exchange_n(&worst, 0, __ATOMIC_RELAXED));
			fflush(stdout);
		}
	}
	return 0;
}
