using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>Opens and configures what the benchmarks use, on virtual time, and fails loudly when it is not what they believe.</summary>
internal static class BenchStream
{
    public static PcmHwParams Request(int periodFrames, int periods, int rate = 48000) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = PcmFormat.S16LE,
        Channels = 2,
        Rate = rate,
        PeriodFrames = periodFrames,
        BufferFrames = periodFrames * periods,
    };

    /// <summary>The single stream of a card of these ops, prepared.</summary>
    public static PcmSubstream Open(VirtualClock clock, PcmOps ops, int periodFrames, int periods, PcmDirection direction = PcmDirection.Playback)
    {
        var card = new PcmCard("bench", "Bench", new PcmServices(clock, clock.Scheduler));
        PcmOps[] playback = direction == PcmDirection.Playback ? [ops] : [], capture = direction == PcmDirection.Capture ? [ops] : [];
        PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "bench", Playback = playback, Capture = capture });
        return Open(clock, device, periodFrames, periods, direction: direction);
    }

    public static PcmSubstream Open(
        VirtualClock clock, PcmDevice device, int periodFrames, int periods, int rate = 48000, PcmDirection direction = PcmDirection.Playback) => clock.Run(async () =>
    {
        PcmSubstream substream = (await device.OpenAsync(direction, PcmOpenMode.NonBlocking)).GetOrThrow();
        (await substream.HwParamsAsync(Request(periodFrames, periods, rate))).ThrowIfError("hw_params");
        (await substream.PrepareAsync()).ThrowIfError("prepare");
        return substream;
    });

    /// <summary>A free substream of a card that answers at once, on the system's clock; prepared.</summary>
    public static PcmSubstream OpenNow(PcmDevice device, int periodFrames, int periods)
    {
        PcmSubstream substream = device.OpenAsync(PcmDirection.Playback, PcmOpenMode.NonBlocking).AsTask().GetAwaiter().GetResult().GetOrThrow();
        Done(substream.HwParamsAsync(Request(periodFrames, periods)));
        Done(substream.PrepareAsync());
        Require(substream.Runtime!.Periods == periods);
        return substream;
    }

    /// <summary>No position stops the stream any more, and it starts with an empty ring.</summary>
    public static void RunFree(PcmSubstream substream) =>
        substream.SetSwParams(substream.GetSwParams() with { StartThreshold = substream.Runtime!.Boundary, StopThreshold = substream.Runtime.Boundary }).ThrowIfError("sw_params");

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

    /// <summary>What a verb answers, also when it has to wait for the gate.</summary>
    public static void Wait(ValueTask<PcmError> verb) =>
        (verb.IsCompletedSuccessfully ? verb.Result : verb.AsTask().GetAwaiter().GetResult()).ThrowIfError("verb");

    public static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("The benchmark does not measure what it says.");
        }
    }
}
