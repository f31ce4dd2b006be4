namespace Pcm.Cli.Output;

/// <summary>A card of <c>pcm devices</c>: a device string that works as it is, and what is behind it.</summary>
internal sealed record CardListing(string Device, string Id, string Name, int Playback, int Capture)
{
    public static CardListing Of(string device, PcmCard card) => new(
        device, card.Id, card.Name, card.Devices.Sum(static d => d.Playback.Count), card.Devices.Sum(static d => d.Capture.Count));
}
