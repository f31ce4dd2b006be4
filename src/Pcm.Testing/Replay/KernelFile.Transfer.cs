namespace Pcm.Testing.Replay;

/// <content>Transfers. The four ioctls do not look at the direction, as in the kernel; read(2) and write(2) do.</content>
public sealed partial class KernelFile
{
    /// <summary>WRITEI and READI: whole interleaved frames, in the file's own direction.</summary>
    /// <param name="frames">How many; not negative.</param>
    /// <param name="hasBuffer">False: a null buffer, which playback takes as silence.</param>
    /// <param name="signal">A signal that ends the wait.</param>
    /// <returns>Frames, or an errno.</returns>
    public ValueTask<long> TransferInterleavedAsync(long frames, bool hasBuffer, CancellationToken signal)
    {
        if (!hasBuffer)
        {
            return TransferNothingAsync(frames, signal);
        }

        var buffer = new byte[Bytes(frames, Substream.Runtime?.FrameBits)];
        return SignalledAsync(IsCapture ? Substream.ReadAsync(buffer, signal) : Substream.WriteAsync(buffer, signal), signal);
    }

    /// <summary>WRITEN and READN: one plane per channel.</summary>
    /// <param name="frames">How many; not negative.</param>
    /// <param name="signal">A signal that ends the wait.</param>
    /// <returns>Frames, or an errno.</returns>
    public ValueTask<long> TransferPlanarAsync(long frames, CancellationToken signal)
    {
        int channels = Substream.Runtime?.Channels ?? 0;
        long bytes = Bytes(frames, Substream.Runtime?.SampleBits);
        if (IsCapture)
        {
            var destination = new Memory<byte>[channels];
            Array.Fill(destination, new byte[bytes]);
            return SignalledAsync(Substream.ReadPlanarAsync(destination, signal), signal);
        }

        var source = new ReadOnlyMemory<byte>[channels];
        Array.Fill(source, new byte[bytes]);
        return SignalledAsync(Substream.WritePlanarAsync(source, signal), signal);
    }

    /// <summary>write(2).</summary>
    /// <param name="bytes">How many; not negative.</param>
    /// <param name="signal">A signal that ends the wait.</param>
    /// <returns>Bytes, or an errno. EINVAL: a capture file, whatever its state; or no whole number of frames.</returns>
    public ValueTask<long> WriteAsync(long bytes, CancellationToken signal) => PlainAsync(bytes, inDirection: !IsCapture, signal);

    /// <summary>read(2).</summary>
    /// <param name="bytes">How many; not negative.</param>
    /// <param name="signal">A signal that ends the wait.</param>
    /// <returns>Bytes, or an errno. EINVAL: a playback file, whatever its state; or no whole number of frames.</returns>
    public ValueTask<long> ReadAsync(long bytes, CancellationToken signal) => PlainAsync(bytes, inDirection: IsCapture, signal);

    private static int Bytes(long frames, int? bits) => checked((int)(frames * (bits ?? 0) / 8));

    private async ValueTask<long> PlainAsync(long bytes, bool inDirection, CancellationToken signal)
    {
        if (!inDirection)
        {
            return (long)PcmError.InvalidArgument; // the file has no such operation at all, not even when the device is gone
        }

        if (IsGone)
        {
            return (long)PcmError.NoDevice;
        }

        if (Substream.Runtime is not { } runtime || Substream.State is PcmState.Open or PcmState.Disconnected)
        {
            return (long)PcmError.BadState;
        }

        if (bytes % runtime.ByteAlign != 0)
        {
            return (long)PcmError.InvalidArgument;
        }

        long frames = await TransferInterleavedAsync(runtime.BytesToFrames(bytes), hasBuffer: true, signal);
        return frames > 0 ? runtime.FramesToBytes(frames) : frames;
    }

    private ValueTask<long> TransferNothingAsync(long frames, CancellationToken signal)
    {
        if (!IsCapture)
        {
            return SignalledAsync(Substream.WriteSilenceAsync(checked((int)frames), signal), signal);
        }

        PcmError error = IsGone ? PcmError.NoDevice : Substream.State == PcmState.Open ? PcmError.BadState : PcmError.InvalidArgument;
        return new ValueTask<long>((long)error);
    }

    private static async ValueTask<long> SignalledAsync(ValueTask<PcmTransfer> transfer, CancellationToken signal)
    {
        try
        {
            PcmTransfer result = await transfer;
            return result.Frames > 0 ? result.Frames : (long)result.Error;
        }
        catch (OperationCanceledException) when (signal.IsCancellationRequested)
        {
            return EInterrupted;
        }
    }
}
