/*
 * The null PCM of libasound, where it is installed: found at run time, so that neither its headers nor the library are needed to build.
 * The declarations are the library's published ABI, version 2.
 */
#include "pcm_bench.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

enum { STREAM_PLAYBACK = 0, NONBLOCK = 1, FORMAT_S16_LE = 2, ACCESS_RW_INTERLEAVED = 3 };

typedef void pcm;
typedef long frames;

static struct {
	int (*open)(pcm **handle, const char *name, int stream, int mode);
	int (*set_params)(pcm *handle, int format, int access, unsigned channels, unsigned rate, int resample, unsigned latency_us);
	frames (*writei)(pcm *handle, const void *buffer, unsigned long size);
	frames (*avail_update)(pcm *handle);
	frames (*avail)(pcm *handle);
	int (*delay)(pcm *handle, frames *delay);
	int (*drop)(pcm *handle);
	int (*prepare)(pcm *handle);
	int (*close)(pcm *handle);
	const char *(*version)(void);
} s_asound;

static pcm *s_null;
static char s_source[4096];

static int load(void *library, const char *name, void *function)
{
	*(void **)function = dlsym(library, name);
	return *(void **)function != NULL;
}

/* 0, or a negative errno: -ENOENT when there is no libasound, else what it answers. */
int pcm_bench_asound_open(void)
{
	void *library = dlopen("libasound.so.2", RTLD_NOW);
	if (library == NULL)
		return -ENOENT;
	if (!load(library, "snd_pcm_open", &s_asound.open) || !load(library, "snd_pcm_set_params", &s_asound.set_params)
	    || !load(library, "snd_pcm_writei", &s_asound.writei) || !load(library, "snd_pcm_avail_update", &s_asound.avail_update)
	    || !load(library, "snd_pcm_avail", &s_asound.avail) || !load(library, "snd_pcm_delay", &s_asound.delay)
	    || !load(library, "snd_pcm_drop", &s_asound.drop) || !load(library, "snd_pcm_prepare", &s_asound.prepare)
	    || !load(library, "snd_pcm_close", &s_asound.close)
	    || !load(library, "snd_asoundlib_version", &s_asound.version))
		return -ENOSYS;
	int error = s_asound.open(&s_null, "null", STREAM_PLAYBACK, NONBLOCK);
	if (error == 0)
		error = s_asound.set_params(s_null, FORMAT_S16_LE, ACCESS_RW_INTERLEAVED, 2, 48000, 0, 100000);
	if (error == 0)
		error = s_asound.prepare(s_null);
	return error;
}

const char *pcm_bench_asound_version(void) { return s_asound.version(); }

void pcm_bench_asound_close(void) { s_asound.close(s_null); }

/* Each returns the calls that succeeded: as many as were asked for, or the row is not measured. */
uint64_t pcm_bench_asound_writei(int64_t count, int32_t size)
{
	uint64_t good = 0;
	for (int64_t i = 0; i < count; i++)
		good += s_asound.writei(s_null, s_source, (unsigned long)size) == size;
	return good;
}

uint64_t pcm_bench_asound_avail_update(int64_t count)
{
	uint64_t good = 0;
	for (int64_t i = 0; i < count; i++)
		good += s_asound.avail_update(s_null) >= 0;
	return good;
}

uint64_t pcm_bench_asound_avail(int64_t count)
{
	uint64_t good = 0;
	for (int64_t i = 0; i < count; i++)
		good += s_asound.avail(s_null) >= 0;
	return good;
}

uint64_t pcm_bench_asound_delay(int64_t count)
{
	uint64_t good = 0;
	for (int64_t i = 0; i < count; i++) {
		frames delay;
		good += s_asound.delay(s_null, &delay) == 0;
	}
	return good;
}

uint64_t pcm_bench_asound_restart(int64_t count)
{
	uint64_t good = 0;
	for (int64_t i = 0; i < count; i++)
		good += s_asound.drop(s_null) == 0 && s_asound.prepare(s_null) == 0;
	return good;
}
