namespace Pcm;

/// <summary>A clock whose many timers are best made on one of its own.</summary>
internal interface IPcmSharedTimers
{
    /// <summary>Where they are made.</summary>
    PcmTimerQueue Timers { get; }
}
