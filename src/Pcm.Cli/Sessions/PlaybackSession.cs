using System.Runtime.ExceptionServices;
using Pcm.Cli.Output;

namespace Pcm.Cli.Sessions;

/// <summary>Plays a source to its end: configure, write with recovery, drain. Knows no console.</summary>
internal sealed class PlaybackSession(PcmSubstream substream, FrameSource source, StreamLayout layout, StreamView view)
    : StreamSession(substream, source.Format, layout, view)
{
    /// <summary>Plays, then closes the substream whatever happened.</summary>
    /// <exception cref="CliException">An operation failed.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; what was queued is dropped.</exception>
    public Task<StreamReport> RunAsync(CancellationToken cancellationToken) => RunAsync(() => PlayAsync(cancellationToken));

    private async Task<StreamReport> PlayAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(source.Frames, cancellationToken);
        byte[] buffer = new byte[Substream.Runtime!.PeriodFrames * Format.FrameBytes];
        long written = 0;
        int frames;
        while ((frames = await ReadSourceAsync(buffer, cancellationToken)) > 0)
        {
            ReadOnlyMemory<byte> rest = buffer.AsMemory(0, frames * Format.FrameBytes);
            while (!rest.IsEmpty)
            {
                cancellationToken.ThrowIfCancellationRequested();
                PcmTransfer transfer = await Substream.WriteAsync(rest, cancellationToken);
                written += transfer.Frames;
                rest = rest[(transfer.Frames * Format.FrameBytes)..];
                Watch(written);
                await RecoverAsync("write", transfer, cancellationToken);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        await DrainAsync(written, cancellationToken);
        return await EndAsync(written);
    }

    /// <summary>
    /// Reads where waiting does no harm: a standard input that nobody writes to must not keep Ctrl-C from closing the device. The read that is given
    /// up then ends with the process.
    /// </summary>
    private async ValueTask<int> ReadSourceAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        PcmServices services = Substream.Device.Card.Services;
        var done = new PcmEvent(services);
        int frames = 0;
        Exception? failure = null;
        done.Arm();
        services.Scheduler.Schedule(
            _ =>
            {
                try
                {
                    frames = source.Read(buffer);
                }
                catch (Exception e)
                {
                    failure = e; // thrown where it is awaited
                }

                done.TrySet();
            },
            null);
        await done.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return frames;
    }

    private async Task DrainAsync(long written, CancellationToken cancellationToken)
    {
        if (written == 0)
        {
            return; // nothing was queued, so nothing ever ran
        }

        PcmError error = await Substream.DrainAsync(cancellationToken);
        if (error == PcmError.IO)
        {
            throw CliException.Failure("drain", error, "the device made no progress");
        }

        StreamSetup.Check("drain", error);
        if (Substream.State == PcmState.XRun)
        {
            CountXRun(); // the end may be missing; if the backend knows, hw_free says so
        }
    }
}
