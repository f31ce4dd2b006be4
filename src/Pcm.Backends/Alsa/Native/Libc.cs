using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary>What libasound's own interface asks of the C library: its va_list printed, its strings freed, its descriptors polled.</summary>
internal static unsafe partial class Libc
{
    /// <summary><c>EFD_CLOEXEC | EFD_NONBLOCK</c>.</summary>
    public const int EventFlags = 0x80000 | 0x800;

    /// <summary>A va_list parameter is a pointer in the calling conventions of x86-64 and arm64, so it can be passed through.</summary>
    [LibraryImport("libc")]
    public static partial int vsnprintf(byte* buffer, nuint size, nint format, nint arguments);

    [LibraryImport("libc")]
    public static partial void free(nint memory);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, ulong* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, ulong* value, nuint size);
}
