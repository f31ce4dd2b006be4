namespace Pcm.Backends.Tests.Wav;

/// <summary>A file of any size that keeps its first bytes only.</summary>
internal sealed class HeadOnlyStream : Stream
{
    private long _length;

    public byte[] Head { get; } = new byte[256];

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int kept = (int)Math.Clamp(Head.Length - Position, 0, buffer.Length);
        if (kept > 0)
        {
            buffer[..kept].CopyTo(Head.AsSpan((int)Position));
        }

        Position += buffer.Length;
        _length = Math.Max(_length, Position);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
