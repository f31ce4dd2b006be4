using Pcm.Cli.Sessions;

namespace Pcm.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("2s", 48000, 96000)]
    [InlineData("1.5s", 48000, 72000)]
    [InlineData("500ms", 44100, 22050)]
    [InlineData("1ms", 44100, 45)] // rounded up
    [InlineData("48000f", 8000, 48000)]
    [InlineData("1f", 8000, 1)]
    public void ToFrames_OfAWellFormedText_IsExact(string text, int rate, long frames)
    {
        Assert.True(Duration.TryParse(text, out Duration duration));
        Assert.Equal(frames, duration.ToFrames(rate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("ms")]
    [InlineData("f")]
    [InlineData("2")]
    [InlineData("0s")]
    [InlineData("0f")]
    [InlineData("-1s")]
    [InlineData("1.5f")]
    [InlineData("1e3s")]
    [InlineData("2 s")]
    [InlineData("99999999999s")]
    [InlineData("99999999999999999999f")]
    [InlineData("NaNs")]
    [InlineData("Infinitys")]
    [InlineData("0.00000001s")] // less than a tick of a TimeSpan
    [InlineData("2m")]
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(Duration.TryParse(text, out _));
}
