namespace Pcm.Interop.Tests;

/// <summary>Whether the real peers are here. Without one its tests skip and say why; with PCM_REQUIRE_PEERS=1, as in CI, they fail.</summary>
internal static class Peers
{
    private static readonly Lazy<Task<string?>> s_qemu = new(TryQemuAsync);

    public static async Task RequireQemuAsync()
    {
        if (await s_qemu.Value is not { } problem)
        {
            return;
        }

        Assert.False(Environment.GetEnvironmentVariable("PCM_REQUIRE_PEERS") == "1", $"PCM_REQUIRE_PEERS=1, but: {problem}");
        Assert.Skip(problem);
    }

    private static async Task<string?> TryQemuAsync()
    {
        try
        {
            await using QemuDevice device = await QemuDevice.StartAsync(new QemuOptions());
            return null;
        }
        catch (VirtioTransportException e)
        {
            return e.Message;
        }
    }
}
