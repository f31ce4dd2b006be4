using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Pcm.Virtio;

/// <content>What is asked of QEMU.</content>
public sealed partial class QtestClient
{
    private const int UsualLine = 64;

    private static char Suffix(int bytes) => bytes switch
    {
        1 => 'b',
        2 => 'w',
        4 => 'l',
        8 => 'q',
        _ => throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "An access has 1, 2, 4 or 8 bytes."),
    };

    /// <summary>One line on its way. Guarded by the client's lock, but for the event.</summary>
    private sealed class Request
    {
        private byte[] _line = new byte[UsualLine];
        private int _length;

        public ManualResetEventSlim Answered { get; } = new(false);

        public ReadOnlySpan<byte> Line => _line.AsSpan(0, _length);

        public ulong Value { get; set; }

        public VirtioTransportException? Failure { get; set; }

        public bool IsDoorbell { get; init; }

        public ulong Address { get; init; }

        public bool IsSent { get; set; }

        public long SentAt { get; set; }

        public bool Again { get; set; }

        /// <summary>Any line.</summary>
        public void Arm(string line)
        {
            _line = Encoding.ASCII.GetBytes(line + "\n");
            _length = _line.Length;
            Reset();
        }

        /// <summary>An access; nothing is allocated.</summary>
        public void Arm(string verb, int bytes, ulong address, ulong? value)
        {
            if (_line.Length < UsualLine)
            {
                _line = new byte[UsualLine];
            }

            char suffix = Suffix(bytes);
            bool fits = value is { } written
                ? Utf8.TryWrite(_line, CultureInfo.InvariantCulture, $"{verb}{suffix} 0x{address:x} 0x{written:x}\n", out _length)
                : Utf8.TryWrite(_line, CultureInfo.InvariantCulture, $"{verb}{suffix} 0x{address:x}\n", out _length);
            Debug.Assert(fits, "The longest access has 47 bytes.");
            Reset();
        }

        public override string ToString() => Encoding.ASCII.GetString(Line).TrimEnd();

        private void Reset()
        {
            Failure = null;
            Answered.Reset();
        }
    }
}
