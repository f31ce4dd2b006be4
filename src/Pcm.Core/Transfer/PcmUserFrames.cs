namespace Pcm;

/// <summary>The application's side of a transfer: bytes to write, room to read into, planes of either, or silence.</summary>
internal readonly ref struct PcmUserFrames
{
    private PcmUserFrames(
        ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<ReadOnlyMemory<byte>> sourcePlanes, ReadOnlySpan<Memory<byte>> destinationPlanes)
    {
        Source = source;
        Destination = destination;
        SourcePlanes = sourcePlanes;
        DestinationPlanes = destinationPlanes;
    }

    public ReadOnlySpan<byte> Source { get; }

    public Span<byte> Destination { get; }

    public ReadOnlySpan<ReadOnlyMemory<byte>> SourcePlanes { get; }

    public ReadOnlySpan<Memory<byte>> DestinationPlanes { get; }

    public static PcmUserFrames From(ReadOnlySpan<byte> source) => new(source, default, default, default);

    public static PcmUserFrames To(Span<byte> destination) => new(default, destination, default, default);

    public static PcmUserFrames FromPlanes(ReadOnlySpan<ReadOnlyMemory<byte>> planes) => new(default, default, planes, default);

    public static PcmUserFrames ToPlanes(ReadOnlySpan<Memory<byte>> planes) => new(default, default, default, planes);

    /// <summary>A write of silence: no source at all.</summary>
    public static PcmUserFrames Silence => default;
}
