using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary>
/// The functions of libasound that the backend calls, as <c>alsa/pcm.h</c>, <c>alsa/conf.h</c> and <c>alsa/control.h</c> declare them.
/// Every int is 0 or a negative errno unless said otherwise. <c>snd_pcm_uframes_t</c> is an unsigned long, hence <see cref="nuint"/>.
/// </summary>
internal static unsafe partial class LibAsound
{
    /// <summary>The library's name: its major version is a part of it, because another one would have other functions.</summary>
    public const string FileName = "libasound.so.2";

    /// <summary><c>SND_PCM_STREAM_PLAYBACK</c>.</summary>
    public const int StreamPlayback = 0;

    /// <summary><c>SND_PCM_STREAM_CAPTURE</c>.</summary>
    public const int StreamCapture = 1;

    /// <summary><c>SND_PCM_NONBLOCK</c>.</summary>
    public const int NonBlock = 1;

    /// <summary><c>SND_PCM_ACCESS_MMAP_INTERLEAVED</c>.</summary>
    public const int AccessMmapInterleaved = 0;

    /// <summary>SND_PCM_ACCESS_RW_INTERLEAVED.</summary>
    public const int AccessReadWriteInterleaved = 3;

    /// <summary><c>SND_PCM_TSTAMP_ENABLE</c>.</summary>
    public const int TimestampEnable = 1;

    /// <summary><c>SND_PCM_TSTAMP_TYPE_MONOTONIC</c>: CLOCK_MONOTONIC, which is the clock of <see cref="TimeProvider.System"/> too.</summary>
    public const int TimestampMonotonic = 1;

    /// <summary>A description that <see cref="FindProblem"/> gives when the library cannot be loaded; null when it can.</summary>
    /// <param name="fileName">The library.</param>
    public static string? FindProblem(string fileName)
    {
        if (!NativeLibrary.TryLoad(fileName, out nint library))
        {
            return $"ALSA's library {fileName} cannot be loaded; install it (Debian: libasound2, Fedora: alsa-lib) or use another device.";
        }

        NativeLibrary.Free(library); // the imports below hold a reference of their own
        return null;
    }

    [LibraryImport(FileName)]
    public static partial nint snd_strerror(int errnum);

    [LibraryImport(FileName)]
    public static partial nint snd_asoundlib_version();

    /// <summary>Sets the calling thread's error handler; returns the one before.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_lib_error_set_local(nint handler);

    [LibraryImport(FileName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int snd_pcm_open(out nint pcm, string name, int stream, int mode);

    [LibraryImport(FileName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int snd_pcm_open_lconf(out nint pcm, string name, int stream, int mode, AlsaConfigHandle configuration);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_close(nint pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_type(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial nint snd_pcm_type_name(int type);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_poll_descriptors_count(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_poll_descriptors(AlsaPcmHandle pcm, PollDescriptor* descriptors, uint space);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_poll_descriptors_revents(AlsaPcmHandle pcm, PollDescriptor* descriptors, uint count, out ushort events);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_free(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_prepare(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_reset(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_start(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_drop(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_drain(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_pause(AlsaPcmHandle pcm, int enable);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_resume(AlsaPcmHandle pcm);

    /// <summary>Returns the state's number, which is <see cref="PcmState"/>'s.</summary>
    [LibraryImport(FileName)]
    public static partial int snd_pcm_state(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_delay(AlsaPcmHandle pcm, out nint frames);

    /// <summary>Returns frames, or a negative errno. Asks the hardware.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_pcm_avail(AlsaPcmHandle pcm);

    /// <summary>Returns frames, or a negative errno. Must precede each <see cref="snd_pcm_mmap_begin"/>.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_pcm_avail_update(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_htimestamp(AlsaPcmHandle pcm, out nuint available, out Timespec timestamp);

    [LibraryImport(FileName)]
    public static partial nint snd_pcm_rewindable(AlsaPcmHandle pcm);

    [LibraryImport(FileName)]
    public static partial nint snd_pcm_rewind(AlsaPcmHandle pcm, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_mmap_begin(AlsaPcmHandle pcm, out ChannelArea* areas, out nuint offset, ref nuint frames);

    /// <summary>Writes frames; EAGAIN when there is no room for one.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_pcm_writei(AlsaPcmHandle pcm, void* buffer, nuint frames);

    /// <summary>Reads frames; EAGAIN when there is none.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_pcm_readi(AlsaPcmHandle pcm, void* buffer, nuint frames);

    /// <summary>Returns frames, or a negative errno.</summary>
    [LibraryImport(FileName)]
    public static partial nint snd_pcm_mmap_commit(AlsaPcmHandle pcm, nuint offset, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_malloc(out nint swParams);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_sw_params_free(nint swParams);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_current(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_get_boundary(AlsaSwParamsHandle swParams, out nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_set_avail_min(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_set_start_threshold(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_set_stop_threshold(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_set_tstamp_mode(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams, int mode);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_sw_params_set_tstamp_type(AlsaPcmHandle pcm, AlsaSwParamsHandle swParams, int type);

    [LibraryImport(FileName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int snd_config_load_string(out nint configuration, string text, nuint size);

    [LibraryImport(FileName)]
    public static partial int snd_config_delete(nint configuration);

    /// <summary>Lists devices: an array of hints that ends with a null.</summary>
    [LibraryImport(FileName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int snd_device_name_hint(int card, string interfaceName, out nint* hints);

    [LibraryImport(FileName)]
    public static partial int snd_device_name_free_hint(nint* hints);

    /// <summary>Returns a string to be freed, or null.</summary>
    [LibraryImport(FileName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint snd_device_name_get_hint(nint hint, string id);

    /// <summary>The errno's text in libasound's words.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8(snd_strerror(error)) ?? $"errno {-error}";
}
