using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Pcm.Virtio;

/// <content>The reader thread: answers and interrupts, line by line.</content>
public sealed partial class QtestClient
{
    private void Read()
    {
        byte[] buffer = new byte[MaxLine];
        int filled = 0;
        try
        {
            while (_socket.Receive(buffer.AsSpan(filled)) is > 0 and var received)
            {
                filled += received;
                Span<byte> rest = buffer.AsSpan(0, filled);
                while (rest.IndexOf((byte)'\n') is >= 0 and var end)
                {
                    Handle(rest[..end].TrimEnd((byte)'\r'));
                    rest = rest[(end + 1)..];
                }

                rest.CopyTo(buffer);
                filled = rest.Length;
                if (filled == buffer.Length)
                {
                    Close(new VirtioTransportException(PcmError.IO, $"QEMU sent a line of more than {MaxLine} bytes."));
                }
            }

            Close(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone."));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.", e));
        }

        _events.OnClosed();
    }

    private void Handle(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("IRQ "u8))
        {
            bool raised = line[4..].StartsWith("raise "u8), lowered = line[4..].StartsWith("lower "u8);
            if ((raised || lowered) && Utf8Parser.TryParse(line[10..], out int number, out int parsed) && parsed == line.Length - 10)
            {
                _events.OnIrq(number, raised);
                return;
            }

            Close(new VirtioTransportException(PcmError.IO, $"QEMU sent an interrupt that is none: '{Encoding.ASCII.GetString(line)}'."));
            return;
        }

        bool posted;
        lock (_lock)
        {
            if (!_pending.TryDequeue(out Request? request))
            {
                Close_NeedsLock(new VirtioTransportException(PcmError.IO, $"QEMU answered nothing that was asked: '{Encoding.ASCII.GetString(line)}'."));
                return;
            }

            posted = request.IsDoorbell;
            Answer_NeedsLock(request, line);
        }

        if (posted)
        {
            _events.OnPosted();
        }
    }

    private void Answer_NeedsLock(Request request, ReadOnlySpan<byte> line)
    {
        bool ok = line.StartsWith("OK"u8);
        ulong value = 0;
        if (ok && line.Length > 3)
        {
            ReadOnlySpan<byte> digits = line[3..].StartsWith("0x"u8) ? line[5..] : line[3..];
            ok = Utf8Parser.TryParse(digits, out value, out int parsed, 'x') && parsed == digits.Length;
        }

        if (!ok)
        {
            request.Failure = new VirtioTransportException(
                PcmError.IO, $"QEMU answered '{request}' with '{Encoding.ASCII.GetString(line).ToString(CultureInfo.InvariantCulture)}'.");
        }

        if (request.IsDoorbell)
        {
            request.IsSent = false;
            if (request.Again && _closed is null)
            {
                _posts++;
                SendDoorbell_NeedsLock(request);
            }

            return;
        }

        request.Value = value;
        request.Answered.Set();
    }
}
