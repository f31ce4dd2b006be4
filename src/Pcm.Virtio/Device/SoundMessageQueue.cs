namespace Pcm.Virtio;

/// <summary>The messages of one stream in the order of submission. Grows to what the driver keeps in flight, which its queue bounds; then allocates no more.</summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class SoundMessageQueue
{
    private SoundMessage[] _items = new SoundMessage[16];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The message at <paramref name="index"/>, [0 .. Count), from the oldest.</summary>
    public ref readonly SoundMessage this[int index] => ref _items[(_first + index) & (_items.Length - 1)];

    public void Add(in SoundMessage message)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_first + Count) & (_items.Length - 1)] = message;
        Count++;
    }

    public SoundMessage RemoveFirst()
    {
        SoundMessage message = _items[_first];
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return message;
    }

    public void Clear()
    {
        _first = 0;
        Count = 0;
    }

    private void Grow()
    {
        var items = new SoundMessage[_items.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            items[i] = this[i];
        }

        _items = items;
        _first = 0;
    }
}
