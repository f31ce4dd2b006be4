using System.Diagnostics;
using System.Net.Sockets;
using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests.Server;

/// <summary>
/// A PulseAudio daemon of the test's own, with a sink that plays nowhere and its monitor: a real sound server without hardware. Its files are in a
/// folder that goes with it; it ends with the test, and by itself half a minute after its last client, should the test not come to that.
/// </summary>
internal sealed class PulseServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    private readonly TempFolder _folder = new();
    private readonly Process _daemon;
    private readonly Task<string> _said;

    private PulseServer()
    {
        // Without rewinds the sink works in pieces of at most 50 ms; with them, of two seconds.
        var start = new ProcessStartInfo("pulseaudio")
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=30", "--disable-shm=yes", "--log-level=error",
                "-L", "module-null-sink sink_name=out format=s16le rate=48000 channels=2 norewinds=1",
                "-L", $"module-native-protocol-unix auth-anonymous=1 socket={Socket}",
            },
        };
        foreach (string variable in (string[])["HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH"])
        {
            start.Environment[variable] = _folder.File("");
        }

        try
        {
            _daemon = Process.Start(start)!;
            _said = _daemon.StandardError.ReadToEndAsync();
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    private string Socket => _folder.File("native");

    public static async Task<PulseServer> StartAsync()
    {
        Peers.RequireLibAsound();
        Peers.RequireProgram("pulseaudio");
        var server = new PulseServer();
        try
        {
            await server.AwaitSocketAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The sink (playback) or its monitor (capture), in real time, open.</summary>
    public async Task<PcmSubstream> OpenAsync(PcmDirection direction)
    {
        string device = direction == PcmDirection.Playback ? "out" : "out.monitor";
        var backend = new AlsaBackend(new AlsaOptions
        {
            Pcm = "server",
            Configuration = $"pcm.server {{ type pulse server \"unix:{Socket}\" device \"{device}\" }}",
            HasPlayback = direction == PcmDirection.Playback,
            HasCapture = direction == PcmDirection.Capture,
        });
        PcmCard card = (await backend.ProbeAsync(new PcmServices(), CancellationToken.None))[0];
        return (await card.Devices[0].OpenAsync(direction)).GetOrThrow();
    }

    /// <summary>Ends the daemon as a crash does.</summary>
    public void Kill() => _daemon.Kill();

    public async ValueTask DisposeAsync()
    {
        _daemon.Kill();
        await _daemon.WaitForExitAsync();
        await _said;
        _daemon.Dispose();
        _folder.Dispose();
    }

    private async Task AwaitSocketAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await client.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
                return;
            }
            catch (SocketException) when (!_daemon.HasExited && TimeProvider.System.GetElapsedTime(start) < s_patience)
            {
                await Task.Delay(s_interval, TimeProvider.System);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"PulseAudio does not listen: {(_daemon.HasExited ? await _said : "it runs, though")}", e);
            }
        }
    }
}
