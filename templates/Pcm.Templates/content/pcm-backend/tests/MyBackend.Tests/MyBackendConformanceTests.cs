using Microsoft.Extensions.DependencyInjection;
using Pcm;
using Pcm.Testing.Conformance;
using Pcm.Testing.Xunit;
using Xunit;

namespace MyBackend.Tests;

/// <summary>One row per law of the kit.</summary>
public sealed class MyBackendConformanceTests : PcmConformanceTests
{
    /// <inheritdoc/>
    protected override PcmConformanceTarget CreateTarget() => PcmConformanceTarget.Of("mybackend", static () => new MyBackendProvider("card"));
}

public sealed class MyBackendRegistrationTests
{
    [Fact]
    public async Task AddMyBackend_RegistersTheCard()
    {
        var services = new ServiceCollection();
        services.AddPcm().AddMyBackend("card");
        await using ServiceProvider provider = services.BuildServiceProvider();
        PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("card", TestContext.Current.CancellationToken);
        Assert.Single(card.Devices[0].Playback);
    }
}
