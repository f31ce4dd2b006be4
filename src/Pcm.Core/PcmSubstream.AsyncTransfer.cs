using System.Runtime.CompilerServices;

namespace Pcm;

/// <content>Awaited transfers: one loop for all of them, whatever the application's side looks like.</content>
public sealed partial class PcmSubstream
{
    /// <summary>The application's side of a transfer that may wait, in a form that outlives the wait.</summary>
    private interface ITransferFrames
    {
        /// <summary>The bytes, for one step.</summary>
        PcmUserFrames View { get; }

        /// <summary>The entry checks.</summary>
        PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor);
    }

    /// <summary>
    /// The loop. The wait is awaited here and not in a method of its own: a second state machine, with the cursor copied into it and out of it, is one
    /// more thing of each stream to touch in a period. Measured by <c>Pcm.Bench.EndToEnd --only virtio --streams 1000</c>.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PcmTransfer> TransferAsync<TFrames>(TFrames frames, CancellationToken cancellationToken)
        where TFrames : struct, ITransferFrames
    {
        PcmError error = frames.Begin(this, out PcmRuntime runtime, out PcmTransferCursor cursor);
        if (error != PcmError.None)
        {
            return new PcmTransfer(error, 0);
        }

        Ask ask;
        while ((ask = Step(runtime, frames.View, ref cursor)) != Ask.Nothing)
        {
            if (ask == Ask.Start)
            {
                cursor.StartResult = await StartFromTransferAsync(cancellationToken);
            }
            else
            {
                cursor.Wake = await cursor.Waiter!.WaitAsync(TransferTimeout(runtime), cancellationToken);
                cursor.Waiter.Disarm();
            }
        }

        return EndTransfer(in cursor, cancellationToken);
    }

    private readonly struct WrittenFrames(ReadOnlyMemory<byte> frames) : ITransferFrames
    {
        public PcmUserFrames View => PcmUserFrames.From(frames.Span);

        public PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor) =>
            substream.BeginTransfer(PcmDirection.Playback, interleaved: true, frames.Length, out runtime, out cursor);
    }

    private readonly struct ReadFrames(Memory<byte> frames) : ITransferFrames
    {
        public PcmUserFrames View => PcmUserFrames.To(frames.Span);

        public PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor) =>
            substream.BeginTransfer(PcmDirection.Capture, interleaved: true, frames.Length, out runtime, out cursor);
    }

    private readonly struct WrittenPlanes(ReadOnlyMemory<ReadOnlyMemory<byte>> planes) : ITransferFrames
    {
        public PcmUserFrames View => PcmUserFrames.FromPlanes(planes.Span);

        public PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor) =>
            substream.BeginPlanar(PcmDirection.Playback, planes.Length, LongestOf(planes.Span), nonBlocking: false, out runtime, out cursor);
    }

    private readonly struct ReadPlanes(ReadOnlyMemory<Memory<byte>> planes) : ITransferFrames
    {
        public PcmUserFrames View => PcmUserFrames.ToPlanes(planes.Span);

        public PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor) =>
            substream.BeginPlanar(PcmDirection.Capture, planes.Length, planes.IsEmpty ? 0 : planes.Span[0].Length, nonBlocking: false, out runtime, out cursor);
    }

    private readonly struct SilentFrames(int frames) : ITransferFrames
    {
        public PcmUserFrames View => PcmUserFrames.Silence;

        public PcmError Begin(PcmSubstream substream, out PcmRuntime runtime, out PcmTransferCursor cursor) =>
            substream.BeginSilence(frames, out runtime, out cursor);
    }
}
