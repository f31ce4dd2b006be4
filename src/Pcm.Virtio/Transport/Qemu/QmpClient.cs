using System.Net.Sockets;
using System.Text.Json;

namespace Pcm.Virtio;

/// <summary>QEMU's machine protocol, as far as a device's host needs it: capabilities, a few commands, quit. Events are skipped.</summary>
/// <remarks>
/// Lifetime: owns the socket. Errors: <see cref="VirtioTransportException"/>: <see cref="PcmError.NoDevice"/> when QEMU is gone,
/// <see cref="PcmError.TimedOut"/> when a command is not answered in time, whatever else comes, <see cref="PcmError.IO"/> when QEMU refuses it or answers
/// nonsense. After a time-out or nonsense the connection is given up, because later answers could not be told apart; a refusal leaves it as it is.
/// Thread safety: one command at a time.
/// </remarks>
internal sealed class QmpClient : IDisposable
{
    private const int MaxLine = 1 << 20;

    private readonly Socket _socket;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private byte[] _buffer = new byte[4096];
    private int _filled;
    private VirtioTransportException? _closed;

    /// <summary>Reads the greeting and leaves negotiation mode.</summary>
    /// <param name="socket">Connected; owned from now on, also when this fails.</param>
    /// <param name="timeout">How long QEMU may take to greet, and to answer a command; positive.</param>
    /// <param name="time">Measures that.</param>
    public QmpClient(Socket socket, TimeSpan timeout, TimeProvider time)
    {
        _socket = socket;
        _socket.SendTimeout = (int)timeout.TotalMilliseconds;
        _timeout = timeout;
        _time = time;
        try
        {
            Greet();
            Execute("qmp_capabilities").Dispose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The properties of an object, by name: their types.</summary>
    /// <param name="path">QOM path.</param>
    public Dictionary<string, string> ListProperties(string path)
    {
        using JsonDocument reply = Execute("qom-list", ("path", path));
        try
        {
            var properties = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonElement item in reply.RootElement.GetProperty("return").EnumerateArray())
            {
                properties[item.GetProperty("name").GetString() ?? ""] = item.GetProperty("type").GetString() ?? "";
            }

            return properties;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new VirtioTransportException(PcmError.IO, $"QEMU's monitor lists '{path}' in a form that is none.", e);
        }
    }

    /// <summary>Asks QEMU to end, which makes its files whole. It may be gone before it answers.</summary>
    public void Quit() => Execute("quit").Dispose();

    public void Dispose() => _socket.Dispose();

    private void Greet()
    {
        using ITimer deadline = StartDeadline("its greeting");
        using JsonDocument greeting = ReadMessage();
        if (!greeting.RootElement.TryGetProperty("QMP", out _))
        {
            throw GiveUp(new VirtioTransportException(PcmError.IO, "QEMU's monitor does not greet as QMP does."));
        }
    }

    private JsonDocument Execute(string command, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        ThrowIfClosed();
        byte[] line = Write(command, arguments);
        using ITimer deadline = StartDeadline($"'{command}'");
        try
        {
            for (ReadOnlySpan<byte> left = line; !left.IsEmpty;)
            {
                left = left[_socket.Send(left)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw GiveUp(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.", e));
        }

        while (true)
        {
            JsonDocument reply = ReadMessage();
            if (reply.RootElement.TryGetProperty("return", out _))
            {
                return reply;
            }

            using (reply)
            {
                if (reply.RootElement.TryGetProperty("error", out JsonElement error))
                {
                    throw new VirtioTransportException(PcmError.IO, $"QEMU refuses '{command}': {error.GetRawText()}");
                }
            }
        }
    }

    private static byte[] Write(string command, ReadOnlySpan<(string Name, string Value)> arguments)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("execute", command);
            if (!arguments.IsEmpty)
            {
                writer.WriteStartObject("arguments");
                foreach ((string name, string value) in arguments)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Ends the connection when it fires, and so whoever waits on it.</summary>
    private ITimer StartDeadline(string what) => _time.CreateTimer(
        _ => GiveUp(new VirtioTransportException(PcmError.TimedOut, $"QEMU's monitor did not give {what} an answer within {_timeout}.")),
        null,
        _timeout,
        Timeout.InfiniteTimeSpan);

    /// <returns>The first reason there was: what follows from it is none.</returns>
    private VirtioTransportException GiveUp(VirtioTransportException reason)
    {
        VirtioTransportException first = Interlocked.CompareExchange(ref _closed, reason, null) ?? reason;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster; closed is closed.
        }

        return first;
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _closed) is { } reason)
        {
            throw new VirtioTransportException(reason.Error, reason.Message, reason);
        }
    }

    /// <summary>A JSON object.</summary>
    private JsonDocument ReadMessage()
    {
        JsonDocument message;
        try
        {
            message = JsonDocument.Parse(ReadLine());
        }
        catch (JsonException e)
        {
            throw GiveUp(new VirtioTransportException(PcmError.IO, "QEMU's monitor said something that is no JSON.", e));
        }

        if (message.RootElement.ValueKind == JsonValueKind.Object)
        {
            return message;
        }

        message.Dispose();
        throw GiveUp(new VirtioTransportException(PcmError.IO, "QEMU's monitor said something that is no JSON object."));
    }

    private byte[] ReadLine()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf((byte)'\n')) < 0)
        {
            if (_filled == MaxLine)
            {
                throw GiveUp(new VirtioTransportException(PcmError.IO, $"QEMU's monitor sent a line of more than {MaxLine} bytes."));
            }

            if (_filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * _buffer.Length);
            }

            _filled += Receive();
        }

        byte[] line = _buffer[..end];
        _buffer.AsSpan((end + 1).._filled).CopyTo(_buffer);
        _filled -= end + 1;
        return line;
    }

    private int Receive()
    {
        try
        {
            return _socket.Receive(_buffer.AsSpan(_filled)) is > 0 and var received
                ? received
                : throw GiveUp(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone."));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw GiveUp(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.", e));
        }
    }
}
