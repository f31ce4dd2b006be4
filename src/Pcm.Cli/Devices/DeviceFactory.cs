using Pcm.Cli.Output;

namespace Pcm.Cli.Devices;

/// <summary>One kind of device that a device string can name. A new backend is one subclass and one line of <see cref="DeviceTable.Default"/>.</summary>
internal abstract class DeviceFactory
{
    /// <summary>What stands before the colon.</summary>
    public abstract string Name { get; }

    /// <summary>How its device string is written, for help and messages.</summary>
    public abstract string Syntax { get; }

    /// <summary>What it is, in half a line.</summary>
    public abstract string Description { get; }

    /// <summary>What stands after the colon (<c>PATH</c>); null: no colon.</summary>
    public virtual string? ArgumentName => null;

    /// <summary>Whether the argument must be given.</summary>
    public virtual bool IsArgumentRequired => false;

    /// <summary>The keys after the commas.</summary>
    public virtual IReadOnlyList<string> Keys => [];

    /// <summary>The device strings that can be used as they are, to be listed; none when an argument is needed.</summary>
    public virtual IReadOnlyList<string> ReadyDevices => IsArgumentRequired ? [] : [Name];

    /// <summary>Devices that are listed as they are, because opening each to look at it would do harm.</summary>
    /// <exception cref="CliException">They cannot be listed; the message says why.</exception>
    public virtual IReadOnlyList<CardListing> ListUnopened() => [];

    /// <summary>Opens the card.</summary>
    /// <param name="device">What was asked for.</param>
    /// <param name="context">Services, the direction wanted, the table for nested devices.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">A value of a key is wrong.</exception>
    /// <exception cref="IOException">The device cannot be had; the message says why.</exception>
    public abstract ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken);

    /// <summary>The one card of a backend that has one.</summary>
    protected static async ValueTask<PcmCard> ProbeOneAsync(PcmBackend backend, DeviceContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<PcmCard> cards = await backend.ProbeAsync(context.Services, cancellationToken);
        return cards.Count > 0 ? cards[0] : throw CliException.Failure($"the {backend.Name} backend found no card");
    }
}
