using Microsoft.Extensions.DependencyInjection;

namespace Pcm.Backends.Tests.Wav;

public sealed class WavPcmBuilderExtensionsTests
{
    [Fact]
    public void AddWav_WithoutAFile_ThrowsWhereItIsAdded() =>
        Assert.Throws<ArgumentException>(static () => new ServiceCollection().AddPcm().AddWav("out", static _ => { }));

    [Fact]
    public async Task AddWav_RegistersOneBackendThatMakesTheCard()
    {
        var services = new ServiceCollection();
        services.AddPcm().AddWav("out", static o => o.PlaybackPath = "out.wav");
        ServiceDescriptor descriptor = Assert.Single(services, static s => s.ServiceType == typeof(PcmBackend));
        var backend = Assert.IsType<WavBackend>(descriptor.ImplementationFactory!(null!));
        PcmCard card = (await backend.ProbeAsync(new PcmServices(), CancellationToken.None))[0];
        Assert.Equal("out", card.Id);
        Assert.Single(card.Devices[0].Playback);
        Assert.Empty(card.Devices[0].Capture);
        Assert.False(File.Exists("out.wav"));
    }
}
