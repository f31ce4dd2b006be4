using System.Buffers.Binary;

namespace Pcm.Virtio;

/// <summary>An unsigned 32-bit integer as it lies on the wire: little-endian, whatever the host is (virtio 1.4 "le32").</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct Le32
{
    private readonly uint _raw;

    /// <summary>Stores a number in wire order.</summary>
    /// <param name="value">The number in host order.</param>
    public Le32(uint value) => _raw = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    /// <summary>The number in host order.</summary>
    public uint Value => BitConverter.IsLittleEndian ? _raw : BinaryPrimitives.ReverseEndianness(_raw);

    /// <summary>Host order to wire order.</summary>
    /// <param name="value">The number in host order.</param>
    public static implicit operator Le32(uint value) => new(value);

    /// <summary>Wire order to host order.</summary>
    /// <param name="value">The number in wire order.</param>
    public static implicit operator uint(Le32 value) => value.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
