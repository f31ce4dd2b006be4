using Pcm.Cli.Output;

namespace Pcm.Cli.Sessions;

/// <summary>Records so many frames, or as many as the source has. Knows no console.</summary>
internal sealed class CaptureSession(PcmSubstream substream, StreamFormat format, StreamLayout layout, StreamView view)
    : StreamSession(substream, format, layout, view)
{
    private long _lost;

    /// <summary>How many frames to record.</summary>
    public required long Frames { get; init; }

    /// <summary>How many frames the source gave in all, once it has ended; null for a source without an end.</summary>
    public Func<long?>? EndOfSource { get; init; }

    /// <summary>Frames in the sink.</summary>
    public long Recorded { get; private set; }

    /// <summary>Records, then closes the substream whatever happened.</summary>
    /// <exception cref="CliException">An operation failed.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; what was read before is in the sink.</exception>
    public Task<StreamReport> RunAsync(WavSink sink, CancellationToken cancellationToken) => RunAsync(() => RecordAsync(sink, cancellationToken));

    private async Task<StreamReport> RecordAsync(WavSink sink, CancellationToken cancellationToken)
    {
        await BeginAsync(Frames, cancellationToken);
        byte[] buffer = new byte[Substream.Runtime!.PeriodFrames * Format.FrameBytes];
        bool more = true;
        while (more && Recorded < Frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(Frames - Recorded, Substream.Runtime.PeriodFrames);
            PcmTransfer transfer = await Substream.ReadAsync(buffer.AsMemory(0, wanted * Format.FrameBytes), cancellationToken);

            // Behind the end of its source a stream is silent, and that silence is not the source's.
            long left = EndOfSource?.Invoke() is { } end ? Math.Max(0, end - _lost - Recorded) : long.MaxValue;
            int frames = (int)Math.Min(transfer.Frames, left);
            sink.Write(buffer.AsSpan(0, frames * Format.FrameBytes));
            Recorded += frames;
            more = left > transfer.Frames;
            CountLost(transfer);
            Watch(Recorded);
            await RecoverAsync("read", transfer, cancellationToken);
        }

        return await EndAsync(Recorded);
    }

    /// <summary>What the overrun costs: the frames in the ring, which the prepare drops.</summary>
    private void CountLost(PcmTransfer transfer)
    {
        if (transfer.Error == PcmError.XRun && Substream.GetStatus(out PcmStatus status) == PcmError.None)
        {
            _lost += status.Avail;
        }
    }
}
