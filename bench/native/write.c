/*
 * A write of one period with what Linux's core and driver do for it: the position looked at under the stream's lock and by the clock, one copy with
 * no lock held, the application's position moved, the message published. What a write costs that is more than its copy, in C.
 */
#define _GNU_SOURCE
#include "split_ring.h"

#include <time.h>

enum { BATCH = 12, PERIOD_BYTES = 4096, PERIOD_FRAMES = 1024, NS = 1000000000 };

static struct rings s_rings;
static struct driver s_driver;
static char s_source[PERIOD_BYTES];
static uint64_t s_application, s_hardware, s_ticks, s_completed;
static uint16_t s_seen;

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

static __attribute__((noinline)) int write_period(struct driver *d)
{
	spin_lock(&d->stream_lock);
	s_hardware = s_completed;
	s_ticks = now_ns() / (NS / 250);
	if (s_hardware + MESSAGES * PERIOD_FRAMES < s_application + PERIOD_FRAMES) {
		spin_unlock(&d->stream_lock);
		return 0;
	}
	uint16_t token = (uint16_t)(s_application / PERIOD_FRAMES % MESSAGES);
	spin_unlock(&d->stream_lock);
	memcpy(d->audio[token], s_source, PERIOD_BYTES);
	__asm__ volatile("" : : "r"(d->audio[token]) : "memory"); /* the copy is for somebody */
	spin_lock(&d->stream_lock);
	s_application += PERIOD_FRAMES;
	spin_lock(&d->lock);
	d->kicks += (uint64_t)send_message(d, token);
	spin_unlock(&d->lock);
	spin_unlock(&d->stream_lock);
	return 1;
}

/* Nanoseconds that the writes take, without those of the device in between; negative when one failed. */
double pcm_bench_write(int64_t count)
{
	if (s_driver.rings == NULL)
		init(&s_rings, &s_driver);
	uint64_t took = 0;
	while (count > 0) {
		int pieces = count < BATCH ? (int)count : BATCH, written = 0;
		uint64_t start = now_ns();
		for (int i = 0; i < pieces; i++)
			written += write_period(&s_driver);
		took += now_ns() - start;
		for (int i = 0; i < pieces; i++) {
			answer_one(&s_rings, &s_seen);
			s_completed += take_used(&s_driver) == NONE ? 0 : PERIOD_FRAMES;
		}
		if (written != pieces || s_completed != s_application)
			return -1;
		count -= pieces;
	}
	return (double)took;
}
