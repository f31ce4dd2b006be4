namespace Pcm.Fuzz;

/// <summary>SplitMix64: the same numbers for the same seed on every machine and runtime, which System.Random does not promise.</summary>
internal struct FuzzRandom(ulong seed)
{
    private ulong _state = seed * 0x9E37_79B9_7F4A_7C15;

    public ulong Next64()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    public uint Next32() => (uint)(Next64() >> 32);

    /// <summary>[0 .. bound).</summary>
    public int Below(int bound) => (int)(((Next64() >> 32) * (ulong)bound) >> 32);

    /// <summary>A number that is likely to matter: small, near a power of two, near the ends, or any.</summary>
    public uint Interesting() => Below(8) switch
    {
        0 or 1 or 2 => (uint)Below(9),
        3 => (1u << Below(32)) - 1,
        4 => 1u << Below(32),
        5 => uint.MaxValue - (uint)Below(4),
        6 => (uint)Below(70_000),
        _ => Next32(),
    };
}
