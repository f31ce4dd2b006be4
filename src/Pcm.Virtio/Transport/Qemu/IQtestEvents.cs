namespace Pcm.Virtio;

/// <summary>What a <see cref="QtestClient"/> tells by itself.</summary>
/// <remarks>
/// Context: the client's reader thread; must not block, and must not call the client's waiting members, whose answers this thread reads.
/// Thread safety: an implementation is called by one thread at a time.
/// </remarks>
public interface IQtestEvents
{
    /// <summary>An intercepted interrupt line changed.</summary>
    /// <param name="line">Its number at the intercepted device.</param>
    /// <param name="isRaised">Its level.</param>
    void OnIrq(int line, bool isRaised);

    /// <summary>QEMU has executed a posted write: what the device does about it at once is done.</summary>
    void OnPosted();

    /// <summary>The connection ended. The last call; every request fails from now on.</summary>
    void OnClosed();
}
