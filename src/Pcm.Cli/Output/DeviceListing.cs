using Pcm.Cli.Devices;

namespace Pcm.Cli.Output;

/// <summary>A backend of <c>pcm devices</c>.</summary>
/// <param name="Factory">The backend.</param>
/// <param name="Cards">What it found.</param>
/// <param name="Problem">Why it found nothing; null when nothing went wrong.</param>
internal sealed record DeviceListing(DeviceFactory Factory, IReadOnlyList<CardListing> Cards, string? Problem);
