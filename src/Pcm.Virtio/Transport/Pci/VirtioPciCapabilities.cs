namespace Pcm.Virtio;

/// <summary>Where a virtio function keeps its registers, from its vendor-specific capabilities (virtio 4.1.4).</summary>
internal sealed record VirtioPciCapabilities
{
    private const int MaxBar = 5;

    public PciRegion? Common { get; private set; }

    public PciRegion? Notify { get; private set; }

    public uint NotifyMultiplier { get; private set; }

    public PciRegion? Isr { get; private set; }

    public PciRegion? Device { get; private set; }

    public static VirtioPciCapabilities Find(IPciFunction function)
    {
        var found = new VirtioPciCapabilities();
        foreach (int at in PciConfig.FindCapabilities(function, PciConfig.VendorSpecific))
        {
            found.Adopt(function, at);
        }

        return found;
    }

    private void Adopt(IPciFunction function, int at)
    {
        uint type = function.ReadConfig(at) >> 24, bar = function.ReadConfig(at + 4) & 0xff;
        uint offset = function.ReadConfig(at + 8), length = function.ReadConfig(at + 12);
        if (type is < 1 or > 4 || bar > MaxBar || offset > int.MaxValue || length > int.MaxValue - offset)
        {
            return; // reserved, or of no use here: ignored (virtio 4.1.4)
        }

        // The first of a type is the one that the device prefers (virtio 4.1.4).
        var region = new PciRegion(function.OpenBar((int)bar), (int)offset, (int)length);
        switch (type)
        {
            case 1:
                Common ??= region;
                break;
            case 2 when Notify is null:
                Notify = region;
                NotifyMultiplier = function.ReadConfig(at + 16);
                break;
            case 3:
                Isr ??= region;
                break;
            case 4:
                Device ??= region;
                break;
        }
    }
}
