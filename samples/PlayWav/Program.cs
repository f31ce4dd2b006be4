using Microsoft.Extensions.DependencyInjection;
using Pcm;
using Pcm.Backends;
using Pcm.Samples.PlayWav;
using Pcm.Testing;

if (args is not [var input, var output, ("wav" or "virtio") and var device, ("real" or "virtual") and var time])
{
    Console.Error.WriteLine("usage: PlayWav IN.wav OUT.wav wav|virtio real|virtual");
    return 2;
}

try
{
    if (time == "real")
    {
        await Player.PlayAsync(new ServiceCollection(), device == "virtio", input, output);
    }
    else
    {
        // As fast as the data goes: nothing below this line knows that the clock is not the wall's.
        var clock = new VirtualClock();
        IServiceCollection services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton(clock.Scheduler);
        clock.Run(() => Player.PlayAsync(services, device == "virtio", input, output));
    }

    (long frames, bool identical) = WavComparison.Compare(input, output);
    Console.WriteLine($"{frames} frames through {device}: {(identical ? "identical" : "DIFFERENT")}");
    return identical ? 0 : 1;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or PcmException or WavException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
