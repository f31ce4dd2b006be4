using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Pcm.Virtio;

/// <summary>QEMU's machine protocol, as far as a device's host needs it: capabilities, a few commands, quit. Events are skipped.</summary>
/// <remarks>
/// Lifetime: owns the socket. Errors: <see cref="VirtioTransportException"/> when QEMU is gone, does not answer, or refuses.
/// Thread safety: one command at a time.
/// </remarks>
internal sealed class QmpClient : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    /// <summary>Reads the greeting and leaves negotiation mode.</summary>
    public QmpClient(Socket socket, TimeSpan timeout)
    {
        _socket = socket;
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)timeout.TotalMilliseconds;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.UTF8);
        using JsonDocument greeting = ReadMessage();
        if (!greeting.RootElement.TryGetProperty("QMP", out _))
        {
            throw new VirtioTransportException(PcmError.IO, "QEMU's monitor does not greet as QMP does.");
        }

        Execute("qmp_capabilities").Dispose();
    }

    /// <summary>The properties of an object, by name: their types.</summary>
    /// <param name="path">QOM path.</param>
    public Dictionary<string, string> ListProperties(string path)
    {
        using JsonDocument reply = Execute("qom-list", ("path", path));
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonElement item in reply.RootElement.GetProperty("return").EnumerateArray())
        {
            properties[item.GetProperty("name").GetString() ?? ""] = item.GetProperty("type").GetString() ?? "";
        }

        return properties;
    }

    /// <summary>Asks QEMU to end, which makes its files whole. It may be gone before it answers.</summary>
    public void Quit() => Execute("quit").Dispose();

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }

    private JsonDocument Execute(string command, params ReadOnlySpan<(string Name, string Value)> arguments)
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
        try
        {
            _stream.Write(buffer.ToArray());
        }
        catch (IOException e)
        {
            throw new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.", e);
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

    private JsonDocument ReadMessage()
    {
        try
        {
            string line = _reader.ReadLine() ?? throw new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.");
            return JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new VirtioTransportException(PcmError.IO, "QEMU's monitor answered something that is no JSON.", e);
        }
        catch (IOException e) when (e is not VirtioTransportException)
        {
            throw new VirtioTransportException(PcmError.TimedOut, "QEMU's monitor did not answer.", e);
        }
    }
}
