using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests;

/// <summary>libasound's own words reach the user.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task Probe_OfUnknownPcm_HasLibasoundsWords()
    {
        Peers.RequireLibAsound();
        AlsaException e = await Assert.ThrowsAsync<AlsaException>(() => new AlsaCard("pcm.a { type null }", "nosuch").ProbeAsync(PcmDirection.Playback));
        Assert.Equal(PcmError.NoEntry, e.Error);
        Assert.Equal("playback of ALSA PCM 'nosuch': No such file or directory (Unknown PCM nosuch)", e.Message);
    }

    [Fact]
    public async Task Probe_OfBrokenConfiguration_SaysWhatIsWrong()
    {
        Peers.RequireLibAsound();
        AlsaException e = await Assert.ThrowsAsync<AlsaException>(() => new AlsaCard("pcm.a { type nosuch }", "a").ProbeAsync(PcmDirection.Capture));
        Assert.Contains("nosuch", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<AlsaException>(() => new AlsaCard("pcm.a { type null", "a").ProbeAsync(PcmDirection.Capture));
        Assert.Equal(PcmError.InvalidArgument, e.Error);
    }

    [Fact]
    public async Task Probe_WithoutLibasound_SaysSoInOneSentence()
    {
        var backend = new AlsaBackend(new AlsaOptions { Pcm = "null" }, "libasound-is-not-here.so.9");
        AlsaException e = await Assert.ThrowsAsync<AlsaException>(async () => await backend.ProbeAsync(new PcmServices(), TestContext.Current.CancellationToken));
        Assert.Equal(
            "ALSA's library libasound-is-not-here.so.9 cannot be loaded; install it (Debian: libasound2, Fedora: alsa-lib) or use another device.", e.Message);
    }

    /// <summary>libasound 1.2.8 opens the file in hw_params and hears of its failure from the first write, later versions at once.</summary>
    [Fact]
    public void Play_IntoFolderThatIsNotThere_FailsWithTheReason()
    {
        var card = new AlsaCard(AlsaCard.FilePcm("/nosuch/out"), "test");
        card.Run(PcmDirection.Playback, async pcm =>
        {
            if (await pcm.HwParamsAsync(AlsaCard.Request(PcmFormat.S16LE, 1, 8000, 64, 256)) == PcmError.None)
            {
                Assert.Equal(PcmError.None, await pcm.PrepareAsync());
                PcmTransfer transfer = await pcm.WriteAsync(new byte[2 * 1000]); // more than the file PCM keeps back
                Assert.Equal(PcmState.XRun, pcm.State);
                Assert.InRange(transfer.Frames, 0, 999);
                Assert.Equal(PcmError.IO, await pcm.PrepareAsync());
            }
        });
        Assert.Contains(card.Log.Errors, static e => e.Contains("/nosuch/out", StringComparison.Ordinal));
    }

    [Fact]
    public void Ctor_OfWrongOptions_Throws()
    {
        Assert.Throws<ArgumentException>(static () => new AlsaBackend(new AlsaOptions { Pcm = "" }));
        Assert.Throws<ArgumentException>(static () => new AlsaBackend(new AlsaOptions { HasPlayback = false, HasCapture = false }));
        Assert.Throws<ArgumentException>(static () => new AlsaBackend(new AlsaOptions { MaxBufferBytes = 0 }));
    }

    [Fact]
    public void List_OfInstalledLibasound_HasNull()
    {
        Peers.RequireLibAsound();
        AlsaDeviceHint hint = Assert.Single(AlsaDeviceHint.List(), static h => h.Name == "null");
        Assert.True(hint.HasPlayback && hint.HasCapture);
        Assert.NotEqual("", hint.Description);
    }
}
