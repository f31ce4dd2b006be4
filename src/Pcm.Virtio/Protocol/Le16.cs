using System.Buffers.Binary;

namespace Pcm.Virtio;

/// <summary>An unsigned 16-bit integer as it lies on the wire: little-endian, whatever the host is (virtio 1.4 "le16").</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct Le16
{
    private readonly ushort _raw;

    /// <summary>Stores a number in wire order.</summary>
    /// <param name="value">The number in host order.</param>
    public Le16(ushort value) => _raw = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    /// <summary>The number in host order.</summary>
    public ushort Value => BitConverter.IsLittleEndian ? _raw : BinaryPrimitives.ReverseEndianness(_raw);

    /// <summary>Host order to wire order.</summary>
    /// <param name="value">The number in host order.</param>
    public static implicit operator Le16(ushort value) => new(value);

    /// <summary>Wire order to host order.</summary>
    /// <param name="value">The number in wire order.</param>
    public static implicit operator ushort(Le16 value) => value.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
