namespace Pcm.Backends.Null;

/// <summary>Settings of a null card.</summary>
/// <remarks>Thread safety: set before the card is made; not changed afterwards.</remarks>
public sealed class NullOptions
{
    /// <summary>What the card pretends to be: the name of a <see cref="NullCardModel"/>, in any case. Default <c>dummy</c>.</summary>
    public string Model { get; set; } = NullCardModel.Dummy.Name;

    /// <summary>Substreams of each direction, 1 .. 128; null (default): as many as the model has.</summary>
    public int? SubstreamsPerDirection { get; set; }

    /// <summary>
    /// How long after the end of a period its interrupt comes, 0 .. 1 s. Default 0: the interrupt sees exactly whole periods.
    /// Linux's snd-dummy has some 20 us, so that its interrupts see one frame more.
    /// </summary>
    public TimeSpan InterruptLatency { get; set; }

    /// <summary>Checks the ranges.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        NullCardModel.Find(Model) is null
            ? $"{nameof(Model)} is '{Model}'; it must be one of {string.Join(", ", NullCardModel.All.Select(static m => m.Name))}."
        : SubstreamsPerDirection is < 1 or > 128 ? $"{nameof(SubstreamsPerDirection)} is {SubstreamsPerDirection}; it must be 1 .. 128."
        : InterruptLatency < TimeSpan.Zero || InterruptLatency > TimeSpan.FromSeconds(1)
            ? $"{nameof(InterruptLatency)} is {InterruptLatency}; it must be 0 .. 1 s."
        : null;
}
