namespace Pcm.Virtio;

/// <content>Posted writes that are kept back, for a host that decides when QEMU gets to see them.</content>
public sealed partial class QtestClient
{
    private readonly List<Request> _waiting = new(MaxDoorbells);
    private Action? _held;

    /// <summary>Whether the connection is over.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _closed is not null;
            }
        }
    }

    /// <summary>
    /// From now on posted writes wait for the next request that waits for its answer, and go right before it: when it is answered, QEMU has
    /// executed them. Context: before the first of them.
    /// </summary>
    /// <param name="held">Told of each, on its thread; must not wait.</param>
    internal void HoldPosts(Action held) => _held = held;

    /// <summary>Waits until QEMU has executed what was sent and what was held, and everything that it said of interrupts until then was heard.</summary>
    /// <exception cref="VirtioTransportException">QEMU is gone, or does not answer.</exception>
    internal void Synchronize() => Ask("read", 1, SomeAddress);

    /// <summary>Behind all others, as it is the last that was posted.</summary>
    private void Hold_NeedsLock(Request doorbell)
    {
        _waiting.Remove(doorbell);
        _waiting.Add(doorbell);
    }

    private void SendHeld_NeedsLock()
    {
        foreach (Request doorbell in _waiting)
        {
            _posts++;
            SendDoorbell_NeedsLock(doorbell);
        }

        _waiting.Clear();
    }
}
