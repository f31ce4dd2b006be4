using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary>A PCM that libasound's configuration offers to people (<c>aplay -L</c>).</summary>
/// <param name="Name">What <see cref="AlsaOptions.Pcm"/> takes.</param>
/// <param name="Description">What a person calls it; may have several lines.</param>
/// <param name="HasPlayback">It can play, as far as the configuration knows.</param>
/// <param name="HasCapture">It can capture, as far as the configuration knows.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record AlsaDeviceHint(string Name, string Description, bool HasPlayback, bool HasCapture)
{
    private const int AllCards = -1;

    /// <summary>Lists the PCMs; none when there is no libasound.</summary>
    /// <exception cref="AlsaException">libasound cannot read its configuration.</exception>
    public static unsafe IReadOnlyList<AlsaDeviceHint> List()
    {
        var found = new List<AlsaDeviceHint>();
        if (AlsaBackend.Problem is not null)
        {
            return found;
        }

        using AlsaErrorText listening = AlsaErrorText.Listen();
        int error = LibAsound.snd_device_name_hint(AllCards, "pcm", out nint* hints);
        if (error < 0)
        {
            throw new AlsaException($"ALSA's devices cannot be listed: {LibAsound.Describe(error)} ({AlsaErrorText.Text})", (PcmError)error);
        }

        try
        {
            // SAFETY: the array ends with a null.
            for (nint* hint = hints; *hint != 0; hint++)
            {
                if (Get(*hint, "NAME") is { } name)
                {
                    string? only = Get(*hint, "IOID"); // null: both
                    found.Add(new AlsaDeviceHint(name, Get(*hint, "DESC") ?? "", only != "Input", only != "Output"));
                }
            }
        }
        finally
        {
            _ = LibAsound.snd_device_name_free_hint(hints); // fails for a null only
        }

        return found;
    }

    private static string? Get(nint hint, string id)
    {
        nint value = LibAsound.snd_device_name_get_hint(hint, id);
        string? text = Marshal.PtrToStringUTF8(value);
        Libc.free(value);
        return text;
    }
}
