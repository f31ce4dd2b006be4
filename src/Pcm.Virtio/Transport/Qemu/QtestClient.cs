using System.Net.Sockets;

namespace Pcm.Virtio;

/// <summary>
/// QEMU's qtest protocol: one line asks, one line answers, in order; <c>IRQ</c> lines come in between. Reads and writes of the machine's memory
/// and I/O ports, without any guest code.
/// Lifetime: owns the socket and a reader thread, until <see cref="Dispose"/> or until QEMU closes the connection.
/// </summary>
/// <remarks>
/// Errors: <see cref="VirtioTransportException"/> from every request: <see cref="PcmError.NoDevice"/> when the connection is gone,
/// <see cref="PcmError.TimedOut"/> when QEMU does not answer (the connection is given up then, because later answers could not be told apart),
/// <see cref="PcmError.IO"/> when it answers FAIL or nonsense. Thread safety: every member may be called from any thread.
/// </remarks>
public sealed partial class QtestClient : IDisposable
{
    private const int MaxLine = 4096;
    private const int MaxDoorbells = 16;
    private const ulong SomeAddress = 0x1000; // in RAM, where reading does nothing

    private static readonly TimeSpan s_timerGrain = TimeSpan.FromMilliseconds(1); // a timer of less fires at once, again and again

    private readonly Socket _socket;
    private readonly IQtestEvents _events;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ITimer _watchdog; // runs while something is to be answered, by the age of the oldest; its lock
    private readonly Thread _reader;
    private readonly Lock _lock = new(); // the socket's sending side and everything below
    private readonly Queue<Request> _pending = new(16);
    private readonly Stack<Request> _idle = new();
    private readonly Request?[] _doorbells = new Request?[MaxDoorbells];
    private readonly Request _poke = new() { IsDoorbell = true };
    private VirtioTransportException? _closed;
    private bool _watches;
    private long _requests;
    private long _posts;

    /// <summary>Starts to talk.</summary>
    /// <param name="socket">Connected; owned from now on.</param>
    /// <param name="events">Told of interrupts, and of the end.</param>
    /// <param name="timeout">How long an answer may take; positive.</param>
    /// <param name="time">Measures that; null: the system's clock.</param>
    public QtestClient(Socket socket, IQtestEvents events, TimeSpan timeout, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        _socket = socket;
        _socket.SendTimeout = (int)timeout.TotalMilliseconds;
        _events = events;
        _timeout = timeout;
        _time = time ?? TimeProvider.System;
        _watchdog = _time.CreateTimer(static client => ((QtestClient)client!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _poke.Arm("read", 1, SomeAddress, null);
        _reader = new Thread(Read) { IsBackground = true, Name = "pcm-qtest" };
        _reader.Start();
    }

    /// <summary>Requests that waited for an answer, so far.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Posted writes that were sent, so far; those that were merged into another are not.</summary>
    public long Posts => Volatile.Read(ref _posts);

    /// <summary>Reads memory or a memory-mapped register.</summary>
    /// <param name="address">Guest-physical.</param>
    /// <param name="bytes">1, 2, 4 or 8.</param>
    public ulong ReadMemory(ulong address, int bytes) => Ask("read", bytes, address);

    /// <summary>Writes memory or a memory-mapped register.</summary>
    /// <param name="address">Guest-physical.</param>
    /// <param name="bytes">1, 2, 4 or 8.</param>
    /// <param name="value">What to write.</param>
    public void WriteMemory(ulong address, int bytes, ulong value) => Ask("write", bytes, address, value);

    /// <summary>Reads an I/O port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="bytes">1, 2 or 4.</param>
    public uint ReadPort(ushort port, int bytes) => (uint)Ask("in", bytes, port);

    /// <summary>Writes an I/O port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="bytes">1, 2 or 4.</param>
    /// <param name="value">What to write.</param>
    public void WritePort(ushort port, int bytes, uint value) => Ask("out", bytes, port, value);

    /// <summary>Reports the interrupt inputs of a device instead of delivering them; one device for a QEMU.</summary>
    /// <param name="path">The device's QOM path.</param>
    public void InterceptInputs(string path) => Ask($"irq_intercept_in {CheckWord(path)}");

    /// <summary>Reports named interrupt outputs of a device instead of delivering them; one device for a QEMU.</summary>
    /// <param name="path">The device's QOM path.</param>
    /// <param name="name">The outputs' name, such as <c>sysbus-irq</c>.</param>
    public void InterceptOutputs(string path, string name) => Ask($"irq_intercept_out {CheckWord(path)} {CheckWord(name)}");

    /// <summary>
    /// Writes a doorbell without waiting. While one write is on its way, a second one like it waits for its answer, and more of them become one
    /// with the second: QEMU sees a write after the last call, and the socket never fills up.
    /// Context: any thread: no wait, no exception, nothing allocated after the first of its kind; a QEMU that is gone is not told.
    /// </summary>
    /// <param name="address">Guest-physical. At most 16 different pairs of address and value in the client's life.</param>
    /// <param name="bytes">1, 2 or 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="InvalidOperationException">More doorbells than that: a bug of the caller.</exception>
    public void Post(ulong address, int bytes, uint value)
    {
        lock (_lock)
        {
            Request doorbell = FindDoorbell_NeedsLock(address, bytes, value);
            if (_held is not null)
            {
                Hold_NeedsLock(doorbell);
            }
            else if (_closed is not null || doorbell.IsSent)
            {
                doorbell.Again = true;
            }
            else
            {
                _posts++;
                SendDoorbell_NeedsLock(doorbell);
            }
        }

        _held?.Invoke();
    }

    /// <summary>
    /// Makes QEMU's main loop go round once, and says so by <see cref="IQtestEvents.OnPosted"/>. Does nothing while it is doing that.
    /// Context: as <see cref="Post"/>.
    /// </summary>
    public void Poke()
    {
        lock (_lock)
        {
            if (_closed is null && !_poke.IsSent)
            {
                SendDoorbell_NeedsLock(_poke);
            }
        }
    }

    /// <summary>Ends the connection; requests that wait fail.</summary>
    public void Dispose()
    {
        Close(new VirtioTransportException(PcmError.NoDevice, "The connection to QEMU was closed."));
        _socket.Dispose();
        _watchdog.Dispose();
        if (Thread.CurrentThread != _reader)
        {
            _reader.Join();
        }
    }

    /// <summary>QEMU aborts on a line it cannot split, so nothing that could make one is sent.</summary>
    private static string CheckWord(string word) => word.Length > 0 && word.All(static c => c is > ' ' and <= '~')
        ? word
        : throw new ArgumentException($"'{word}' is no single word.", nameof(word));

    private ulong Ask(string line)
    {
        Request request;
        lock (_lock)
        {
            request = Rent_NeedsLock();
            request.Arm(line);
            SendAsked_NeedsLock(request);
        }

        return Await(request);
    }

    private ulong Ask(string verb, int bytes, ulong address, ulong? value = null)
    {
        Request request;
        lock (_lock)
        {
            request = Rent_NeedsLock();
            request.Arm(verb, bytes, address, value);
            SendAsked_NeedsLock(request);
        }

        return Await(request);
    }

    private Request Rent_NeedsLock()
    {
        ThrowIfClosed_NeedsLock();
        return _idle.TryPop(out Request? idle) ? idle : new Request();
    }

    private void SendAsked_NeedsLock(Request request)
    {
        _requests++;
        SendHeld_NeedsLock();
        Send_NeedsLock(request);
    }

    private ulong Await(Request request)
    {
        request.Answered.Wait(); // the watchdog ends it
        lock (_lock)
        {
            if (request.Failure is null)
            {
                _idle.Push(request);
                return request.Value;
            }

            ThrowIfClosed_NeedsLock();
            throw request.Failure!;
        }
    }

    private Request FindDoorbell_NeedsLock(ulong address, int bytes, uint value)
    {
        for (int i = 0; i < MaxDoorbells; i++)
        {
            if (_doorbells[i] is not { } doorbell)
            {
                var added = new Request { Address = address, Value = value, IsDoorbell = true };
                added.Arm("write", bytes, address, value);
                return _doorbells[i] = added;
            }

            if (doorbell.Address == address && doorbell.Value == value)
            {
                return doorbell;
            }
        }

        throw new InvalidOperationException($"More than {MaxDoorbells} doorbells.");
    }

    private void SendDoorbell_NeedsLock(Request doorbell)
    {
        doorbell.IsSent = true;
        doorbell.Again = false;
        Send_NeedsLock(doorbell);
    }

    private void Send_NeedsLock(Request request)
    {
        _pending.Enqueue(request);
        request.SentAt = _time.GetTimestamp();
        if (!_watches)
        {
            _watches = true;
            _watchdog.Change(_timeout, Timeout.InfiniteTimeSpan);
        }

        try
        {
            // A whole line or an exception: a stream socket in blocking mode sends all, or the connection is over.
            for (ReadOnlySpan<byte> left = request.Line; !left.IsEmpty;)
            {
                left = left[_socket.Send(left)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close_NeedsLock(new VirtioTransportException(PcmError.NoDevice, "QEMU is gone.", e));
        }
    }

    /// <summary>Gives the connection up when the oldest request, which may be a doorbell that nobody waits for, is too old.</summary>
    private void Watch()
    {
        lock (_lock)
        {
            if (_closed is not null || !_pending.TryPeek(out Request? oldest))
            {
                _watches = false;
                return;
            }

            TimeSpan left = _timeout - _time.GetElapsedTime(oldest.SentAt);
            if (left > TimeSpan.Zero)
            {
                _watchdog.Change(left + s_timerGrain, Timeout.InfiniteTimeSpan);
                return;
            }

            Close_NeedsLock(new VirtioTransportException(PcmError.TimedOut, $"QEMU did not answer '{oldest}' within {_timeout}."));
        }
    }

    private void ThrowIfClosed_NeedsLock()
    {
        if (_closed is { } reason)
        {
            throw new VirtioTransportException(reason.Error, reason.Message, reason); // one of its own for each caller: they may be on different threads
        }
    }

    private void Close(VirtioTransportException reason)
    {
        lock (_lock)
        {
            Close_NeedsLock(reason);
        }
    }

    /// <summary>Everybody who waits is told, and the reader wakes up and leaves.</summary>
    private void Close_NeedsLock(VirtioTransportException reason)
    {
        if (_closed is not null)
        {
            return;
        }

        _closed = reason;
        foreach (Request request in _pending)
        {
            request.Failure = reason;
            request.Answered.Set();
        }

        _pending.Clear();
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster; closed is closed.
        }
    }
}
