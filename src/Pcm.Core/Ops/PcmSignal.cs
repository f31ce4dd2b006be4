namespace Pcm;

/// <summary>What a backend tells the core through its <see cref="PcmRuntime"/>.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmSignal
{
    /// <summary><see cref="PcmRuntime.PeriodElapsed"/>.</summary>
    PeriodElapsed,

    /// <summary><see cref="PcmRuntime.SignalXRun"/>.</summary>
    XRun,

    /// <summary><see cref="PcmRuntime.SignalSourceLost"/>.</summary>
    SourceLost,

    /// <summary><see cref="PcmRuntime.SignalDisconnect"/>.</summary>
    Disconnect,
}
