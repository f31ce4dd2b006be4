namespace Pcm.Virtio;

/// <summary>Where a stream stands in the command machine (virtio 5.14.6.6.1), which names commands only; the states are ours.</summary>
internal enum SoundStreamState
{
    /// <summary>After a reset: no parameters.</summary>
    Idle,

    /// <summary>Parameters are set.</summary>
    Configured,

    /// <summary>Ready to start; messages are taken.</summary>
    Prepared,

    /// <summary>Messages are consumed or filled in real time.</summary>
    Running,

    /// <summary>Messages are held.</summary>
    Stopped,

    /// <summary>Flushed; the parameters still hold.</summary>
    Released,
}
