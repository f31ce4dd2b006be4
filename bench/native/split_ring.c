/* One period: take the used message, move the position under a spin lock, hand the message out again. */
#include "split_ring.h"

enum { IN_FLIGHT = 4 };

static struct rings s_rings;
static struct driver s_driver;

static __attribute__((noinline)) void period(struct driver *d)
{
	spin_lock(&d->lock);
	uint16_t token;
	while ((token = take_used(d)) != NONE) {
		spin_lock(&d->stream_lock);
		d->position += 1024;
		spin_unlock(&d->stream_lock);
		d->kicks += (uint64_t)send_message(d, token);
	}
	spin_unlock(&d->lock);
}

/* Returns the position at the end: 1024 frames for each iteration, or something is broken. */
uint64_t pcm_bench_split_period(int64_t count)
{
	init(&s_rings, &s_driver);
	for (uint16_t i = 0; i < IN_FLIGHT; i++)
		send_message(&s_driver, i);
	uint16_t seen = 0;
	for (int64_t i = 0; i < count; i++) {
		answer_one(&s_rings, &seen);
		period(&s_driver);
	}
	return s_driver.position;
}
