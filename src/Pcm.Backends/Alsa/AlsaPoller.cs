using Microsoft.Win32.SafeHandles;

namespace Pcm.Backends.Alsa;

/// <summary>Waits on a PCM's poll descriptors and on an event of our own, which ends a wait.</summary>
/// <remarks>Thread safety: one waiter; <see cref="Wake"/> from any thread.</remarks>
internal sealed unsafe class AlsaPoller : IDisposable
{
    private readonly AlsaPcmHandle _pcm;
    private readonly SafeFileHandle _event;

    /// <summary>Ours first, then the PCM's. The descriptors of a PCM do not change while it is open.</summary>
    private readonly PollDescriptor[] _descriptors;

    /// <exception cref="AlsaException">There is no descriptor left for the event, or the PCM has none.</exception>
    public AlsaPoller(AlsaPcmHandle pcm)
    {
        _pcm = pcm;
        int count = LibAsound.snd_pcm_poll_descriptors_count(pcm);
        int own = count <= 0 ? -1 : Libc.eventfd(0, Libc.EventFlags);
        if (own < 0)
        {
            throw new AlsaException(count <= 0 ? "The ALSA PCM has no poll descriptors." : "There is no file descriptor left.", PcmError.IO);
        }

        _event = new SafeFileHandle(own, ownsHandle: true);
        _descriptors = new PollDescriptor[1 + count];
        _descriptors[0] = new PollDescriptor { Descriptor = own, Events = PollDescriptor.In };
        fixed (PollDescriptor* descriptors = _descriptors)
        {
            // SAFETY: there is room for count descriptors behind ours.
            LibAsound.snd_pcm_poll_descriptors(pcm, descriptors + 1, (uint)count);
        }
    }

    /// <summary>
    /// Whether the PCM's descriptor is /dev/null or /dev/full, which is ready at any time: libasound's null PCM, perhaps with others above it,
    /// which hand its descriptor on. Nothing paces it.
    /// </summary>
    public bool IsAlwaysReady =>
        File.ResolveLinkTarget($"/proc/self/fd/{_descriptors[1].Descriptor}", returnFinalTarget: false)?.FullName is "/dev/null" or "/dev/full";

    /// <summary>Waits until the time is up (negative: never), <see cref="Wake"/> was called or, if <paramref name="untilReady"/>, the PCM is ready.</summary>
    public void Wait(TimeSpan timeout, bool untilReady)
    {
        int milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        fixed (PollDescriptor* descriptors = _descriptors)
        {
            // SAFETY: the array is as long as said; poll writes the returned events only.
            int ready = Libc.poll(descriptors, untilReady ? (nuint)_descriptors.Length : 1, milliseconds);
            if (ready > 0 && (descriptors[0].Returned & PollDescriptor.In) != 0)
            {
                ulong count;
                _ = Libc.read(descriptors[0].Descriptor, &count, sizeof(ulong)); // sets the event back; EAGAIN cannot be, we are the only reader
            }

            if (ready > 0 && untilReady)
            {
                // Plugins clear their own events here. What is ready is looked up by the caller.
                LibAsound.snd_pcm_poll_descriptors_revents(_pcm, descriptors + 1, (uint)_descriptors.Length - 1, out _);
            }
        }
    }

    /// <summary>Ends a wait, also the next one if none is under way.</summary>
    public void Wake()
    {
        ulong one = 1;

        // SAFETY: the handle is disposed after the waiter has ended. The only failure is a full counter, which is awake already.
        _ = Libc.write(_descriptors[0].Descriptor, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
