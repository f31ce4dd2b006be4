using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pcm.Backends.Alsa;

/// <summary>
/// Collects what libasound says of its errors on the calling thread while it is in scope; without it, libasound prints to the standard error.
/// The handler of before comes back at the end, for the thread may belong to others. Allocates nothing while libasound is silent. Not to be nested.
/// </summary>
internal readonly ref struct AlsaErrorText : IDisposable
{
    private const int MaxLineBytes = 1024;

    [ThreadStatic]
    private static StringBuilder? t_text;

    private readonly nint _outerHandler;

    private AlsaErrorText(nint outerHandler) => _outerHandler = outerHandler;

    /// <summary>What was said so far on this thread, in sentences separated by semicolons; empty when nothing was.</summary>
    public static string Text => t_text is { Length: > 0 } text ? text.ToString() : "";

    /// <summary>Begins to listen.</summary>
    public static unsafe AlsaErrorText Listen()
    {
        t_text ??= new StringBuilder();
        t_text.Clear();
        delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, nint, void> handler = &OnError;
        return new AlsaErrorText(LibAsound.snd_lib_error_set_local((nint)handler));
    }

    /// <summary>Ends listening.</summary>
    public readonly void Dispose() => LibAsound.snd_lib_error_set_local(_outerHandler);

    /// <summary>Context: inside a call of libasound; must not throw.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnError(nint file, int line, nint function, int error, nint format, nint arguments)
    {
        if (t_text is not { } text)
        {
            return; // a library built without thread-local handlers calls on any thread
        }

        byte* buffer = stackalloc byte[MaxLineBytes];

        // SAFETY: vsnprintf writes at most MaxLineBytes, the final zero included, and reads what libasound gave for printing.
        int length = Libc.vsnprintf(buffer, MaxLineBytes, format, arguments);
        if (length > 0)
        {
            text.Append(text.Length > 0 ? "; " : "").Append(Encoding.UTF8.GetString(buffer, Math.Min(length, MaxLineBytes - 1)).Trim());
        }

        if (error != 0)
        {
            text.Append(": ").Append(LibAsound.Describe(error));
        }
    }
}
