/*
 * One period on a packed virtqueue (virtio 2.8) as a C driver works it: take the used message, move the position under a spin lock, hand the message out
 * again, three descriptors of it. The layouts are the specification's; everything the device could write is read once and checked.
 */
#include "pcm_bench.h"

#include <string.h>

enum { QUEUE_SIZE = 64, MESSAGES = 4, DESCRIPTORS = 3, NONE = 0xFFFF };
enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_AVAIL = 1 << 7, DESC_USED = 1 << 15, DESC_BOTH = DESC_AVAIL | DESC_USED, EVENT_DISABLE = 1 };

struct packed_descriptor { uint64_t address; uint32_t length; uint16_t id; uint16_t flags; };
struct event_suppression { uint16_t position; uint16_t flags; };

struct packed_rings {
	_Alignas(64) struct packed_descriptor desc[QUEUE_SIZE];
	_Alignas(64) struct event_suppression driver_wish;
	_Alignas(64) struct event_suppression device_wish;
};

struct packed_message { uint32_t stream_id; uint32_t status[2]; };

/* What the driver keeps for itself, because the device can write the ring. */
struct packed_driver {
	struct packed_rings *rings;
	spinlock lock;
	uint16_t slot, lap, used_slot, used_lap, free_count, id_count;
	uint16_t ids[QUEUE_SIZE]; /* a stack of those that are free */
	uint16_t token[QUEUE_SIZE]; /* by id; NONE: not in flight */
	struct packed_message messages[MESSAGES];
	_Alignas(64) char audio[MESSAGES][4096];
	spinlock stream_lock;
	uint64_t position;
	uint64_t kicks;
};

static struct packed_rings s_rings;
static struct packed_driver s_driver;

static inline void put(struct packed_driver *d, const void *address, uint32_t length, uint16_t id, uint16_t flags)
{
	struct packed_descriptor *desc = &d->rings->desc[d->slot];
	desc->address = (uint64_t)(uintptr_t)address;
	desc->length = length;
	desc->id = id;
	desc->flags = flags;
}

static inline void step(struct packed_driver *d)
{
	if (++d->slot == QUEUE_SIZE) {
		d->slot = 0;
		d->lap ^= DESC_BOTH;
	}
}

static __attribute__((noinline)) int send_message(struct packed_driver *d, uint16_t token)
{
	if (d->free_count < DESCRIPTORS)
		return 0;
	uint16_t id = d->ids[--d->id_count], first = d->slot, first_lap = d->lap;
	struct packed_message *m = &d->messages[token];
	m->status[0] = 0;
	put(d, &m->stream_id, sizeof m->stream_id, id, first_lap ^ DESC_BOTH); /* not yet available: it hides the others */
	step(d);
	put(d, d->audio[token], sizeof d->audio[token], id, d->lap | DESC_NEXT);
	step(d);
	put(d, m->status, sizeof m->status, id, d->lap | DESC_WRITE);
	step(d);
	d->free_count -= DESCRIPTORS;
	d->token[id] = token;
	__atomic_store_n(&d->rings->desc[first].flags, (uint16_t)(first_lap | DESC_NEXT), __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* our flags before the device's wish */
	return __atomic_load_n(&d->rings->device_wish.flags, __ATOMIC_RELAXED) != EVENT_DISABLE;
}

static __attribute__((noinline)) uint16_t take_used(struct packed_driver *d)
{
	struct packed_descriptor *desc = &d->rings->desc[d->used_slot];
	if ((__atomic_load_n(&desc->flags, __ATOMIC_ACQUIRE) & DESC_BOTH) != d->used_lap)
		return NONE;
	uint16_t id = desc->id;
	if (id >= QUEUE_SIZE || d->token[id] == NONE)
		return NONE;
	uint16_t token = d->token[id];
	d->token[id] = NONE;
	d->ids[d->id_count++] = id;
	d->free_count += DESCRIPTORS;
	d->used_slot += DESCRIPTORS;
	if (d->used_slot >= QUEUE_SIZE) {
		d->used_slot -= QUEUE_SIZE;
		d->used_lap ^= DESC_BOTH;
	}
	return token;
}

static __attribute__((noinline)) void period(struct packed_driver *d)
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

/* The other side at its cheapest: what is available is used, under the id that its last descriptor has. */
static __attribute__((noinline)) void answer_one(struct packed_rings *r, uint16_t *slot, uint16_t *available, uint16_t *used)
{
	struct packed_descriptor *first = &r->desc[*slot];
	if ((__atomic_load_n(&first->flags, __ATOMIC_ACQUIRE) & DESC_BOTH) != *available)
		return;
	first->id = r->desc[(*slot + DESCRIPTORS - 1) % QUEUE_SIZE].id;
	first->length = 8;
	__atomic_store_n(&first->flags, *used, __ATOMIC_RELEASE);
	*slot += DESCRIPTORS;
	if (*slot >= QUEUE_SIZE) {
		*slot -= QUEUE_SIZE;
		*available ^= DESC_BOTH;
		*used ^= DESC_BOTH;
	}
}

/* Returns the position at the end: 1024 frames for each iteration, or something is broken. */
uint64_t pcm_bench_packed_period(int64_t count)
{
	struct packed_driver *d = &s_driver;
	memset(&s_rings, 0, sizeof s_rings);
	memset(d, 0, sizeof *d);
	d->rings = &s_rings;
	d->lap = DESC_AVAIL;
	d->used_lap = DESC_BOTH;
	d->free_count = d->id_count = QUEUE_SIZE;
	for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
		d->ids[i] = (uint16_t)(QUEUE_SIZE - 1 - i);
		d->token[i] = NONE;
	}
	s_rings.device_wish.flags = EVENT_DISABLE;
	for (uint16_t i = 0; i < MESSAGES; i++)
		send_message(d, i);
	uint16_t slot = 0, available = DESC_AVAIL, used = DESC_BOTH;
	for (int64_t i = 0; i < count; i++) {
		answer_one(&s_rings, &slot, &available, &used);
		period(d);
	}
	return d->position;
}
