/*
 * A split virtqueue (virtio 2.7) as a C driver works it: a message of three descriptors added and published, a used one taken. The layouts are
 * the specification's; everything the device could write is read once and checked.
 */
#ifndef PCM_SPLIT_RING_H
#define PCM_SPLIT_RING_H

#include "pcm_bench.h"

#include <string.h>

enum { QUEUE_SIZE = 64, MESSAGES = 16, DESCRIPTORS = 3, DESC_NEXT = 1, DESC_WRITE = 2, NO_NOTIFY = 1, NONE = 0xFFFF };

struct descriptor { uint64_t address; uint32_t length; uint16_t flags; uint16_t next; };
struct used_element { uint32_t id; uint32_t length; };

struct avail_ring { uint16_t flags; uint16_t index; uint16_t ring[QUEUE_SIZE]; uint16_t used_event; };
struct used_ring { uint16_t flags; uint16_t index; struct used_element ring[QUEUE_SIZE]; uint16_t avail_event; };

struct rings {
	_Alignas(64) struct descriptor desc[QUEUE_SIZE];
	_Alignas(64) struct avail_ring avail;
	_Alignas(64) struct used_ring used;
};

struct message { uint32_t stream_id; uint32_t status[2]; };

/* What the driver keeps for itself, because the device can write the rings. */
struct driver {
	struct rings *rings;
	spinlock lock;
	uint16_t next_avail, next_used, free_head, free_count;
	uint16_t link[QUEUE_SIZE];
	uint16_t token[QUEUE_SIZE]; /* by head; NONE: not in flight */
	struct message messages[MESSAGES];
	_Alignas(64) char audio[MESSAGES][4096];
	spinlock stream_lock;
	uint64_t position;
	uint64_t kicks;
};

static inline void put(struct driver *d, uint16_t at, const void *address, uint32_t length, uint16_t flags)
{
	struct descriptor *desc = &d->rings->desc[at];
	desc->address = (uint64_t)(uintptr_t)address;
	desc->length = length;
	desc->flags = flags;
	desc->next = d->link[at];
}

static __attribute__((noinline, unused)) int send_message(struct driver *d, uint16_t token)
{
	if (d->free_count < DESCRIPTORS)
		return 0;
	uint16_t head = d->free_head, second = d->link[head], third = d->link[second];
	struct message *m = &d->messages[token];
	m->status[0] = 0;
	put(d, head, &m->stream_id, sizeof m->stream_id, DESC_NEXT);
	put(d, second, d->audio[token], sizeof d->audio[token], DESC_NEXT);
	put(d, third, m->status, sizeof m->status, DESC_WRITE);
	d->free_head = d->link[third];
	d->free_count -= DESCRIPTORS;
	d->token[head] = token;
	d->rings->avail.ring[d->next_avail++ % QUEUE_SIZE] = head;
	__atomic_store_n(&d->rings->avail.index, d->next_avail, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* our index before the device's wish */
	return !(__atomic_load_n(&d->rings->used.flags, __ATOMIC_RELAXED) & NO_NOTIFY);
}

static __attribute__((noinline, unused)) uint16_t take_used(struct driver *d)
{
	if (__atomic_load_n(&d->rings->used.index, __ATOMIC_ACQUIRE) == d->next_used)
		return NONE;
	uint32_t id = d->rings->used.ring[d->next_used % QUEUE_SIZE].id;
	if (id >= QUEUE_SIZE || d->token[id] == NONE)
		return NONE;
	uint16_t token = d->token[id], last = (uint16_t)id;
	d->token[id] = NONE;
	for (int i = 1; i < DESCRIPTORS; i++)
		last = d->link[last];
	d->link[last] = d->free_head;
	d->free_head = (uint16_t)id;
	d->free_count += DESCRIPTORS;
	d->next_used++;
	return token;
}

/* The other side at its cheapest: what is available is used. */
static __attribute__((noinline, unused)) void answer_one(struct rings *r, uint16_t *seen)
{
	if (__atomic_load_n(&r->avail.index, __ATOMIC_ACQUIRE) == *seen)
		return;
	uint16_t head = r->avail.ring[*seen % QUEUE_SIZE], used = r->used.index;
	r->used.ring[used % QUEUE_SIZE] = (struct used_element){ head, 8 };
	__atomic_store_n(&r->used.index, (uint16_t)(used + 1), __ATOMIC_RELEASE);
	(*seen)++;
}

static inline void init(struct rings *r, struct driver *d)
{
	memset(r, 0, sizeof *r);
	memset(d, 0, sizeof *d);
	d->rings = r;
	r->used.flags = NO_NOTIFY;
	d->free_count = QUEUE_SIZE;
	for (int i = 0; i < QUEUE_SIZE; i++) {
		d->link[i] = (uint16_t)(i + 1);
		d->token[i] = NONE;
	}
}

#endif
