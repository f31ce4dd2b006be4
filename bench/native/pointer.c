/* The position of a stream, read as a driver with a spin lock does it, and as one atomic load; and the copy of a period. */
#include "pcm_bench.h"

#include <string.h>

static struct { spinlock lock; uint64_t position; uint32_t frames; } s_stream = { .position = 4096, .frames = 65536 };
static uint64_t s_position = 4096;
static char s_source[1 << 16], s_ring[1 << 16];

static __attribute__((noinline)) uint64_t pointer(void)
{
	spin_lock(&s_stream.lock);
	uint64_t position = s_stream.position % s_stream.frames;
	spin_unlock(&s_stream.lock);
	return position;
}

uint64_t pcm_bench_pointer_spinlock(int64_t count)
{
	uint64_t sum = 0;
	for (int64_t i = 0; i < count; i++)
		sum += pointer();
	return sum;
}

uint64_t pcm_bench_pointer_atomic(int64_t count)
{
	uint64_t sum = 0;
	for (int64_t i = 0; i < count; i++)
		sum += __atomic_load_n(&s_position, __ATOMIC_SEQ_CST);
	return sum;
}

/* The pieces go around a ring of 64 KiB, as those of a stream do. Returns the bytes copied. */
uint64_t pcm_bench_memcpy(int64_t count, int32_t bytes)
{
	uint64_t copied = 0;
	uint32_t at = 0;
	for (int64_t i = 0; i < count; i++) {
		memcpy(s_ring + at, s_source, (size_t)bytes);
		__asm__ volatile("" : : "r"(s_ring) : "memory"); /* the copy is for somebody */
		at = (at + (uint32_t)bytes) % (sizeof s_ring);
		copied += (uint64_t)bytes;
	}
	return copied;
}
