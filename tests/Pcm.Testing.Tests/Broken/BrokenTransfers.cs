namespace Pcm.Testing.Tests.Broken;

internal sealed class AckFull(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmError Ack()
    {
        PcmError error = base.Ack();
        return Runtime!.ApplicationPosition - Played > 2L * PeriodFrames ? PcmError.Again : error;
    }
}

internal sealed class AckNeedsStart(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmError Ack() => IsRunning ? base.Ack() : PcmError.IO;
}

internal sealed class CopyFails(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source) =>
        byteOffset + source.Length == runtime.Buffer!.Length ? PcmError.IO : base.CopyToRing(runtime, byteOffset, source);
}

internal sealed class RewindNegative(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override long GetRewindable(PcmRuntime runtime) => -1;
}

internal sealed class RewindRefused(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private long _last;

    public override PcmError Ack()
    {
        bool back = Runtime!.ApplicationPosition < _last;
        _last = Runtime.ApplicationPosition;
        return back && IsRunning ? PcmError.InvalidArgument : base.Ack();
    }
}

internal sealed class SoundDamaged(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Move(Span<byte> ring, Span<byte> sound)
    {
        base.Move(ring, sound);
        if (Runtime!.Buffer!.Span[^1..].Overlaps(ring))
        {
            sound[^4..].Clear();
        }
    }
}

internal sealed class SoundStale(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Move(Span<byte> ring, Span<byte> sound)
    {
        if (Played >= PeriodFrames)
        {
            base.Move(ring, sound); // the first period is left as it was
        }
    }
}
