using Pcm.Backends.Loopback;
using Pcm.Backends.Null;

namespace Pcm.Backends;

/// <summary>
/// The cards of the recorded kernel traces, by the names the traces give them: snd-dummy and its models, and snd-aloop, on the machine they were recorded on.
/// </summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class ReferenceCards
{
    /// <summary>The kernel's HZ on the machine that recorded the traces.</summary>
    public const int TraceTicksPerSecond = 250;

    private const string Loopback = "aloop";

    private static readonly Dictionary<string, NullCardModel> s_models = new()
    {
        ["dummy"] = NullCardModel.Dummy,
        ["Demu"] = NullCardModel.Emu10k1,
        ["Drme"] = NullCardModel.Rme9652,
        ["Dice"] = NullCardModel.Ice1712,
        ["Duda"] = NullCardModel.Uda1341,
        ["Dac97"] = NullCardModel.Ac97,
        ["Dca"] = NullCardModel.Ca0106,
    };

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. s_models.Keys, Loopback];

    /// <summary>Makes the card with a name of the traces.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="services">Clock, scheduler, log, options.</param>
    /// <exception cref="ArgumentException">There is no card of that name here.</exception>
    public static PcmCard Create(string name, PcmServices services)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == Loopback)
        {
            return new LoopbackBackend(name, new LoopbackOptions { TicksPerSecond = TraceTicksPerSecond }).CreateCard(services);
        }

        if (!s_models.TryGetValue(name, out NullCardModel? model))
        {
            throw new ArgumentException($"There is no reference card '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));
        }

        // snd-dummy's timer comes some 20 us late, so its interrupts see one frame of the next period.
        return new NullBackend(name, new NullOptions { Model = model.Name, InterruptLatency = TimeSpan.FromMicroseconds(20) }).CreateCard(services);
    }
}
