using Pcm.Testing;

namespace Pcm.Backends.Tests;

/// <summary>Opening and configuring streams on a virtual clock.</summary>
internal static class StreamSetup
{
    public static PcmServices Services(VirtualClock clock, int ticksPerSecond = 1000) =>
        new(clock, clock.Scheduler, options: new PcmOptions { TicksPerSecond = ticksPerSecond });

    public static PcmHwParams Request(
        int period, int buffer, int rate = 48000, int channels = 2, PcmFormat format = PcmFormat.S16LE, PcmAccess access = PcmAccess.ReadWriteInterleaved) => new()
    {
        Access = access,
        Format = format,
        Channels = channels,
        Rate = rate,
        PeriodFrames = period,
        BufferFrames = buffer,
    };

    public static PcmError Run(this VirtualClock clock, Func<ValueTask<PcmError>> verb)
    {
        PcmError error = clock.Run(async () => await verb());
        clock.RunUntilIdle();
        return error;
    }

    /// <summary>Opens, configures and prepares.</summary>
    public static PcmSubstream Prepare(this VirtualClock clock, PcmSubstream substream, PcmHwParams request, Func<PcmSwParams, PcmSwParams>? swParams = null)
    {
        Assert.Equal(PcmError.None, clock.Run(() => substream.OpenAsync()));
        Assert.Equal(PcmError.None, clock.Run(() => substream.HwParamsAsync(request)));
        if (swParams is not null)
        {
            Assert.Equal(PcmError.None, substream.SetSwParams(swParams(substream.GetSwParams())));
        }

        Assert.Equal(PcmError.None, clock.Run(() => substream.PrepareAsync()));
        return substream;
    }

    public static PcmSwParams FreeRunning(PcmSwParams swParams) => swParams with { StopThreshold = long.MaxValue };

    public static long HardwarePosition(this PcmSubstream substream)
    {
        Assert.Equal(PcmError.None, substream.SyncPointer(default, out PcmPointers pointers));
        return pointers.HardwarePosition;
    }
}
