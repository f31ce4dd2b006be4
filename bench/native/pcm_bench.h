/* The C side of the paired benchmarks: each function runs a loop, so that the call from managed code does not count. */
#ifndef PCM_BENCH_H
#define PCM_BENCH_H

#include <stdint.h>

typedef struct { unsigned char held; } spinlock;

static inline void spin_lock(spinlock *lock)
{
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
			; /* nobody else takes it here */
}

static inline void spin_unlock(spinlock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
