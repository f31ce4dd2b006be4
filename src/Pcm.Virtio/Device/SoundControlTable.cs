namespace Pcm.Virtio;

/// <summary>The control elements' values and metadata. What a driver writes is copied once, judged, and then stored.</summary>
/// <remarks>Thread safety: every member from any thread; nothing is called out under the lock.</remarks>
internal sealed class SoundControlTable
{
    private readonly Lock _lock = new();
    private readonly VirtioSoundControlOptions[] _options;
    private readonly VirtioSoundControlInfo[] _infos;
    private readonly VirtioSoundControlValue[] _values;
    private readonly byte[][] _tlvs;

    public SoundControlTable(IReadOnlyList<VirtioSoundControlOptions> controls)
    {
        _options = [.. controls];
        _infos = [.. controls.Select(static control => control.Describe())];
        _values = [.. controls.Select(static control => control.MakeValue())];
        _tlvs = [.. controls.Select(static control => control.Tlv.ToArray())];
    }

    public int Count => _options.Length;

    public ref readonly VirtioSoundControlInfo Info(int id) => ref _infos[id];

    public VirtioSoundControlOptions Options(int id) => _options[id];

    /// <summary>Bytes that the values of an element take.</summary>
    public int ValueBytes(int id) => ControlElementLimits.ValueBytes(_options[id].Type, _options[id].Count);

    public VirtioSoundControlValue Read(int id)
    {
        lock (_lock)
        {
            return _values[id];
        }
    }

    /// <summary>Sets the values; only those that count are kept.</summary>
    /// <param name="id">The element.</param>
    /// <param name="value">The values.</param>
    /// <param name="changed">They are others than before.</param>
    /// <returns>False: out of range, and nothing was set.</returns>
    public bool TryWrite(int id, VirtioSoundControlValue value, out bool changed)
    {
        value.Bytes[ValueBytes(id)..].Clear();
        changed = false;
        if (!_options[id].Accepts(value))
        {
            return false;
        }

        lock (_lock)
        {
            changed = !value.Bytes.SequenceEqual(_values[id].Bytes);
            _values[id] = value;
            return true;
        }
    }

    public byte[] ReadTlv(int id)
    {
        lock (_lock)
        {
            return _tlvs[id];
        }
    }

    /// <summary>Sets the metadata. False: it is none.</summary>
    public bool TryWriteTlv(int id, byte[] tlv)
    {
        if (!VirtioSoundControlOptions.IsTlv(tlv))
        {
            return false;
        }

        lock (_lock)
        {
            _tlvs[id] = tlv;
            return true;
        }
    }

    /// <summary>The names of an enumeration, from item <paramref name="item"/>, as they lie on the wire.</summary>
    public VirtioSoundControlEnumItem Item(int id, int item)
    {
        var name = default(VirtioSoundControlEnumItem);
        System.Text.Encoding.ASCII.GetBytes(_options[id].Items[item], name.Item);
        return name;
    }
}
