using Pcm.Interop.Tests.Qemu;

namespace Pcm.Interop.Tests;

/// <summary>Whether the real peers are here. Without one its tests skip and say why; with PCM_REQUIRE_PEERS=1, as in CI, they fail.</summary>
internal static class Peers
{
    private static readonly Lazy<Task<string?>> s_qemu = new(TryQemuAsync);

    public static async Task RequireQemuAsync()
    {
        Require(await s_qemu.Value);
    }

    public static void RequireLibAsound() => Require(Backends.Alsa.AlsaBackend.Problem);

    private static void Require(string? problem)
    {
        if (problem is not null)
        {
            Assert.False(Environment.GetEnvironmentVariable("PCM_REQUIRE_PEERS") == "1", $"PCM_REQUIRE_PEERS=1, but: {problem}");
            Assert.Skip(problem);
        }
    }

    private static async Task<string?> TryQemuAsync()
    {
        try
        {
            // Plays a little, whatever comes of it: code that runs for the first time is slower than a drain may take.
            QemuDevice device = await QemuDevice.StartAsync(new QemuOptions());
            await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(device.Transport, "warm", new PcmServices());
            PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await stream.ConfigureAsync(periodFrames: 4800, periods: 2);
            await stream.WriteAsync(new byte[20_000]);
            await stream.DrainAsync();
            await stream.CloseAsync();
            return null;
        }
        catch (VirtioTransportException e)
        {
            return e.Message;
        }
    }
}
