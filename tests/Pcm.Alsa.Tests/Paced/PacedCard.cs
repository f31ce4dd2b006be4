using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests.Paced;

/// <summary>A card over one <see cref="PacedPcm"/>; each session opens a new one.</summary>
internal sealed class PacedCard : IAsyncDisposable
{
    private readonly PcmDirection _direction;

    public PacedCard(PcmDirection direction, string configuration = "pcm.test { type null }")
    {
        Peers.RequireLibAsound();
        _direction = direction;
        var endpoint = new AlsaEndpoint("test", direction, _ => Pcm = PacedPcm.Open(configuration, direction));
        Card = AlsaBackend.CreateCard(new PcmServices(loggerFactory: Log), new AlsaOptions { Pcm = "test" }, [endpoint]);
    }

    public CollectingLog Log { get; } = new();

    public PcmCard Card { get; }

    public PacedPcm Pcm { get; private set; } = null!;

    public async Task<PcmSubstream> PrepareAsync(PcmHwParams? request = null, Func<PcmSwParams, PcmSwParams>? swParams = null)
    {
        PcmSubstream substream = (await Card.Devices[0].OpenAsync(_direction)).GetOrThrow();
        Assert.Equal(PcmError.None, await substream.HwParamsAsync(request ?? AlsaCard.Request(PcmFormat.S16LE, 1, 48000, 64, 256)));
        if (swParams is not null)
        {
            Assert.Equal(PcmError.None, substream.SetSwParams(swParams(substream.GetSwParams())));
        }

        Assert.Equal(PcmError.None, await substream.PrepareAsync());
        return substream;
    }

    /// <summary>Waits for what the watching thread brings about; a hang of the test is the failure.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => Card.DisposeAsync();
}
