using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>Opens and configures what the benchmarks use, on virtual time, and fails loudly when it is not what they believe.</summary>
internal static class BenchStream
{
    public static PcmHwParams Request(int periodFrames, int periods) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = PcmFormat.S16LE,
        Channels = 2,
        Rate = 48000,
        PeriodFrames = periodFrames,
        BufferFrames = periodFrames * periods,
    };

    /// <summary>The single stream of a card of these ops, prepared.</summary>
    public static PcmSubstream Open(VirtualClock clock, PcmOps ops, int periodFrames, int periods)
    {
        var card = new PcmCard("bench", "Bench", new PcmServices(clock, clock.Scheduler));
        return Open(clock, card.AddDevice(new PcmDeviceDescription { Name = "bench", Playback = [ops] }), periodFrames, periods);
    }

    public static PcmSubstream Open(VirtualClock clock, PcmDevice device, int periodFrames, int periods) => clock.Run(async () =>
    {
        PcmSubstream substream = (await device.OpenAsync(PcmDirection.Playback, PcmOpenMode.NonBlocking)).GetOrThrow();
        (await substream.HwParamsAsync(Request(periodFrames, periods))).ThrowIfError("hw_params");
        (await substream.PrepareAsync()).ThrowIfError("prepare");
        return substream;
    });

    /// <summary>Fills the ring, which starts the stream.</summary>
    public static void Fill(PcmSubstream substream)
    {
        byte[] frames = new byte[substream.Runtime!.FramesToBytes(substream.Runtime.BufferFrames)];
        substream.Write(frames, out int written).ThrowIfError("write");
        Require(written == substream.Runtime.BufferFrames);
    }

    /// <summary>What a verb answered that needs no waiting here.</summary>
    public static PcmError Done(in ValueTask<PcmError> verb)
    {
        Require(verb.IsCompletedSuccessfully);
        PcmError error = verb.Result;
        error.ThrowIfError("verb");
        return error;
    }

    public static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("The benchmark does not measure what it says.");
        }
    }
}
