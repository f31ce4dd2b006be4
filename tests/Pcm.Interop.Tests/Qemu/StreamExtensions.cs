namespace Pcm.Interop.Tests.Qemu;

/// <summary>The steps of a test that are the same in all of them.</summary>
internal static class StreamExtensions
{
    /// <summary>
    /// hw_params, sw_params and prepare. QEMU's free clock is faster than any application, so a ring that ran dry is no xrun: the stop threshold is
    /// one more than can be missing. Playback starts when the buffer is full, or by the drain.
    /// </summary>
    public static async Task ConfigureAsync(
        this PcmSubstream stream, PcmFormat format = PcmFormat.S16LE, int channels = 2, int rate = 48000, int periodFrames = 480, int periods = 8, bool stopsOnXRun = false)
    {
        (await stream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved,
            Format = format,
            Channels = channels,
            Rate = rate,
            PeriodFrames = periodFrames,
            Periods = periods,
        })).ThrowIfError("hw_params");
        stream.SetSwParams(stream.GetSwParams() with
        {
            StartThreshold = stream.Direction == PcmDirection.Playback ? periodFrames * periods : 1,
            StopThreshold = (periodFrames * periods) + (stopsOnXRun ? 0 : 1),
        }).ThrowIfError("sw_params");
        stream.WaitTime = TimeSpan.FromSeconds(2); // what a machine with other work and a cold runtime may take, PatientTime beside; the default is 1.1 times the buffer
        (await stream.PrepareAsync()).ThrowIfError("prepare");
    }

    public static async Task PlayAsync(this PcmSubstream stream, byte[] data)
    {
        int frames = data.Length / (stream.Runtime!.FrameBits / 8);
        Assert.Equal(new PcmTransfer(PcmError.None, frames), await stream.WriteAsync(data));
        Assert.Equal(PcmError.None, await stream.DrainAsync());
        Assert.Equal(PcmState.Setup, stream.State);
    }

    public static byte[] Noise(int bytes, int seed = 1)
    {
        byte[] data = new byte[bytes];
        new Random(seed).NextBytes(data);
        return data;
    }
}
