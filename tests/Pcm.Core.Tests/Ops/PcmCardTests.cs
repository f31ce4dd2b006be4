namespace Pcm.Core.Tests;

/// <summary>The devices of a card and their numbers.</summary>
public sealed class PcmCardTests : IAsyncDisposable
{
    private readonly PcmCard _card = new("card", "Card", new PcmServices());

    public ValueTask DisposeAsync() => _card.DisposeAsync();

    [Fact]
    public void AddDevice_NumbersWithGapsInAnyOrder_AreKeptInOrder()
    {
        foreach (int? number in (int?[])[null, 7, 3, null, 1])
        {
            Add(number);
        }

        Assert.Equal([0, 1, 3, 7, 8], _card.Devices.Select(static d => d.Number));
    }

    [Theory]
    [InlineData(-1, "A device number is 0 or more, not -1.")]
    [InlineData(3, "Card 'card' has a device 3 already.")]
    public void AddDevice_NumberThatCannotBe_SaysSoAndAddsNothing(int number, string problem)
    {
        Add(3);
        var error = Assert.Throws<ArgumentException>(() => Add(number));
        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
        Assert.Single(_card.Devices);
    }

    private void Add(int? number) => _card.AddDevice(new PcmDeviceDescription { Name = "device", Number = number });
}
