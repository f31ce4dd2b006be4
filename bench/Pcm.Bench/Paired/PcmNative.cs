using System.Runtime.InteropServices;

namespace Pcm.Bench;

/// <summary>The C of bench/native, which the build compiles where there is a C compiler. Each function runs a loop of <c>count</c> operations.</summary>
internal static partial class PcmNative
{
    private const string Library = "pcm_bench_native";

    /// <summary>Why there is nothing to compare with; null when there is.</summary>
    public static string? WhyMissing { get; } = NativeLibrary.TryLoad(Library, typeof(PcmNative).Assembly, null, out _)
        ? null
        : "bench/native was not built: the build found no C compiler (cc)";

    /// <summary>Why libasound cannot be compared with; null when it can. Opens its null PCM.</summary>
    public static string? WhyNoAsound { get; } = WhyMissing ?? OpenAsound();

    /// <summary>The version of the libasound that was found.</summary>
    public static string AsoundVersion => WhyNoAsound is null ? Marshal.PtrToStringUTF8(AsoundVersionText())! : "none";

    [LibraryImport(Library, EntryPoint = "pcm_bench_pointer_spinlock")]
    public static partial ulong PointerSpinlock(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_pointer_atomic")]
    public static partial ulong PointerAtomic(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_memcpy")]
    public static partial ulong Memcpy(long count, int bytes);

    [LibraryImport(Library, EntryPoint = "pcm_bench_split_period")]
    public static partial ulong SplitPeriod(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_packed_period")]
    public static partial ulong PackedPeriod(long count);

    /// <returns>Nanoseconds that the writes took; negative when one failed.</returns>
    [LibraryImport(Library, EntryPoint = "pcm_bench_write")]
    public static partial double Write(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_writei")]
    public static partial ulong AsoundWritei(long count, int frames);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_avail_update")]
    public static partial ulong AsoundAvailUpdate(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_avail")]
    public static partial ulong AsoundAvail(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_delay")]
    public static partial ulong AsoundDelay(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_restart")]
    public static partial ulong AsoundRestart(long count);

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_open")]
    private static partial int AsoundOpen();

    [LibraryImport(Library, EntryPoint = "pcm_bench_asound_version")]
    private static partial nint AsoundVersionText();

    private static string? OpenAsound() => AsoundOpen() switch
    {
        0 => null,
        -2 => "libasound.so.2 is not installed",
        int error => $"libasound's null PCM does not open: errno {-error}",
    };
}
