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
        while ((frames = source.Read(buffer)) > 0)
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

        await DrainAsync(written, cancellationToken);
        return await EndAsync(written);
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
