using CsCheck;

namespace Pcm.Core.Tests.Transfer;

/// <summary>The arithmetic of positions: the kernel's table of boundaries, and laws that hold for every ring, also one that wraps soon.</summary>
public sealed class PcmRingTests
{
    private static readonly Gen<(long Buffer, long Boundary)> s_ring = Gen.OneOf(
        Gen.Select(Gen.Long[1, 1 << 20], static buffer => (buffer, PcmRing.Boundary(buffer))),
        Gen.Select(Gen.Long[1, 1000], Gen.Long[65536, 200_000], static (buffer, limit) => (buffer, PcmRing.Boundary(buffer, limit))));

    /// <summary>A ring, a position in it, and how far something is ahead of that.</summary>
    private static readonly Gen<(long Buffer, long Boundary, long Position, long Distance)> s_positions =
        s_ring.SelectMany(static ring => Gen.Select(Near(ring.Boundary), Near(ring.Boundary), (position, distance) => (ring.Buffer, ring.Boundary, position, distance)));

    [Theory]
    [InlineData(1, 4611686018427387904, 1073741824)]
    [InlineData(1000, 9007199254740992000, 2097152000)]
    [InlineData(1024, 4611686018427387904, 1073741824)]
    [InlineData(3200, 7205759403792793600, 1677721600)]
    [InlineData(4800, 5404319552844595200, 1258291200)]
    [InlineData(48000, 6755399441055744000, 1572864000)]
    [InlineData(65536, 4611686018427387904, 1073741824)]
    public void Boundary_KernelExamples_AreThoseOfTheKernel(long buffer, long on64Bit, long on32Bit)
    {
        Assert.Equal(on64Bit, PcmRing.Boundary(buffer));
        Assert.Equal(on32Bit, PcmRing.Boundary(buffer, int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Boundary_NoBuffer_Throws(long buffer) => Assert.Throws<ArgumentOutOfRangeException>(() => PcmRing.Boundary(buffer));

    [Fact]
    public void Boundary_AnyRing_IsTheLargestPowerOfTwoMultipleThatFits() =>
        Gen.Select(Gen.Long[1, 1 << 30], Gen.Long[1L << 31, long.MaxValue]).Sample(static (buffer, limit) =>
        {
            long boundary = PcmRing.Boundary(buffer, limit);
            Assert.Equal(0, boundary % buffer);
            Assert.True(long.IsPow2(boundary / buffer));

            // Int128: the next doubling may pass 2^63, which is the very thing that the formula must not trip over.
            Assert.True((Int128)boundary <= (Int128)limit - buffer, "fits");
            Assert.True((Int128)boundary * 2 > (Int128)limit - buffer, "is the largest");
        });

    [Fact]
    public void Forward_AnyDistance_IsAdditionModuloTheBoundary() => s_positions.Sample(static at =>
    {
        long moved = PcmRing.Forward(at.Position, at.Distance, at.Boundary);
        Assert.Equal((Int128)moved, ((Int128)at.Position + at.Distance) % at.Boundary);
        Assert.InRange(moved, 0, at.Boundary - 1);
    });

    [Fact]
    public void Back_AfterForward_IsWhereItWas() => s_positions.Sample(static at =>
    {
        long moved = PcmRing.Forward(at.Position, at.Distance, at.Boundary);
        Assert.Equal(at.Position, PcmRing.Back(moved, at.Distance, at.Boundary));
        Assert.Equal(at.Distance, PcmRing.Back(moved, at.Position, at.Boundary)); // and Back of two positions is their distance
    });

    [Fact]
    public void Forward_AfterBack_IsWhereItWas() => s_positions.Sample(static at =>
    {
        long moved = PcmRing.Back(at.Position, at.Distance, at.Boundary);
        Assert.InRange(moved, 0, at.Boundary - 1);
        Assert.Equal(at.Position, PcmRing.Forward(moved, at.Distance, at.Boundary));
    });

    [Fact]
    public void PlaybackAvail_ApplicationAhead_IsTheRestOfTheBuffer() => s_positions.Sample(static at =>
    {
        // The application is `queued` frames ahead of the hardware, as it is whenever the hardware did not overtake it.
        long queued = at.Distance % (at.Buffer + 1);
        long avail = PcmRing.PlaybackAvail(at.Position, PcmRing.Forward(at.Position, queued, at.Boundary), at.Buffer, at.Boundary);
        Assert.Equal(at.Buffer, avail + queued);
    });

    [Fact]
    public void PlaybackAvail_HardwareOvertook_IsMoreThanTheBuffer() => s_positions.Sample(static at =>
    {
        // PCM semantics 5.2: buffer 1024, application 1024, hardware 1536: avail 1536, hardware avail -512.
        long past = at.Distance % (at.Boundary - at.Buffer);
        long avail = PcmRing.PlaybackAvail(PcmRing.Forward(at.Position, past, at.Boundary), at.Position, at.Buffer, at.Boundary);
        Assert.Equal(at.Buffer + past, avail);
    });

    [Fact]
    public void PlaybackAvail_KernelExample_CountsWhatWasOvertaken() =>
        Assert.Equal(1536, PcmRing.PlaybackAvail(hardware: 1536, application: 1024, bufferFrames: 1024, boundary: PcmRing.Boundary(1024)));

    [Fact]
    public void CaptureAvail_HardwareAhead_IsTheDistance() => s_positions.Sample(static at =>
        Assert.Equal(at.Distance, PcmRing.CaptureAvail(PcmRing.Forward(at.Position, at.Distance, at.Boundary), at.Position, at.Boundary)));

    [Fact]
    public void Avail_AnyTwoPositions_IsWithinTheBoundary() => s_positions.Sample(static at =>
    {
        Assert.InRange(PcmRing.PlaybackAvail(at.Position, at.Distance, at.Buffer, at.Boundary), 0, at.Boundary - 1);
        Assert.InRange(PcmRing.CaptureAvail(at.Position, at.Distance, at.Boundary), 0, at.Boundary - 1);
    });

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void Avail_StreamThatWrapsSoon_AndHardwareAvailAreTheBuffer(PcmDirection direction) =>
        Gen.Int[0, ManualStream.PeriodFrames].Array[1, 3000].Sample(
            moves =>
            {
                // The boundary is 65536 - 256 or less: a few thousand moves pass it.
                ManualStream stream = ManualStream.CreateRunning(direction, new PcmOptions { PointerLimit = 65536 });
                PcmRuntime runtime = stream.Substream.Runtime!;
                byte[] frames = new byte[ManualStream.PeriodBytes];
                foreach (int move in moves)
                {
                    stream.Ops.Advance(move);
                    PcmError error = direction == PcmDirection.Playback
                        ? stream.Substream.Write(frames.AsSpan(0, move * 4), out int done)
                        : stream.Substream.Read(frames.AsSpan(0, move * 4), out done);
                    Assert.Equal((PcmError.None, move), (error, done));
                    Assert.Equal(ManualStream.BufferFrames, runtime.Avail + runtime.HardwareAvail);
                    Assert.InRange(runtime.Avail, 0, runtime.Boundary - 1);
                    Assert.InRange(runtime.HardwarePosition, 0, runtime.Boundary - 1);
                    Assert.InRange(runtime.ApplicationPosition, 0, runtime.Boundary - 1);
                    Assert.Equal(stream.Ops.Frames % runtime.Boundary, runtime.HardwarePosition);
                }
            },
            iter: 50,
            threads: 1);

    /// <summary>Positions below a boundary: near either end, where it matters, and anywhere.</summary>
    private static Gen<long> Near(long boundary) => Gen.OneOf(
        Gen.Long[0, Math.Min(boundary - 1, 1000)],
        Gen.Long[Math.Max(0, boundary - 1000), boundary - 1],
        Gen.Long[0, boundary - 1]);
}
