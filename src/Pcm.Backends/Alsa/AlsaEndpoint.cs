using Microsoft.Extensions.Logging;

namespace Pcm.Backends.Alsa;

/// <summary>One direction of a card's PCM: how it is opened, and what its stream tells the card.</summary>
internal sealed class AlsaEndpoint(string name, PcmDirection direction, Func<ILogger, AlsaPcm> open)
{
    private PcmCard? _card;

    /// <summary>The PCM's name.</summary>
    public string Name { get; } = name;

    /// <summary>Playback or capture.</summary>
    public PcmDirection Direction { get; } = direction;

    /// <summary>The card; set once it is made.</summary>
    public PcmCard Card
    {
        set => _card = value;
    }

    /// <exception cref="AlsaException">It cannot be opened.</exception>
    public AlsaPcm Open(ILogger log) => open(log);

    /// <summary>Opens for a session: what a refusal is becomes a log line and an errno.</summary>
    public PcmError TryOpen(ILogger log, out AlsaPcm? pcm)
    {
        try
        {
            pcm = Open(log);
            return PcmError.None;
        }
        catch (AlsaException e)
        {
            pcm = null;
            AlsaLog.CannotOpen(log, Name, e.Message);
            return e.Error == PcmError.Again ? PcmError.Busy : e.Error; // to the core EAGAIN would mean: wait for a close of ours
        }
    }

    /// <summary>The hardware was pulled: every stream of the card ends. Context: any; the work runs from the scheduler.</summary>
    public void Gone()
    {
        if (_card is { } card)
        {
            card.Services.Scheduler.Schedule(static c => Forget(((PcmCard)c!).DisconnectAsync()), card);
        }
    }

    /// <summary>The system has suspended the hardware: every stream of the card is suspended. Context: as <see cref="Gone"/>.</summary>
    public void Suspended()
    {
        if (_card is { } card)
        {
            card.Services.Scheduler.Schedule(static c => Forget(((PcmCard)c!).SuspendAsync()), card);
        }
    }

    /// <summary>Nobody waits for it; the core logs what goes wrong in an op.</summary>
    private static void Forget(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.AsTask();
        }
    }
}
