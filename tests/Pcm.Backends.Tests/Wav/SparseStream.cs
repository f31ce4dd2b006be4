namespace Pcm.Backends.Tests.Wav;

/// <summary>A header, and then zeros that exist only as a length.</summary>
internal sealed class SparseStream(byte[] header, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int bytes = (int)Math.Min(count, Math.Max(0, header.Length - Position));
        Array.Copy(header, Position, buffer, offset, bytes);
        Position += bytes;
        return bytes;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
