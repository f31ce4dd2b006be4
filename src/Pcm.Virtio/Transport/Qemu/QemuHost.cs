using System.IO.MemoryMappedFiles;
using System.Net.Sockets;

namespace Pcm.Virtio;

/// <summary>
/// QEMU around a transport: its process, its sockets, and the thread that tells of interrupts.
/// Lifetime: until <see cref="DisposeAsync"/>; QEMU's end, for whatever reason, ends the transport too (OnDisconnected).
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
internal sealed partial class QemuHost : IQtestEvents, IAsyncDisposable
{
    private readonly QemuProcess _process;
    private readonly QmpClient _qmp;
    private readonly QemuOptions _options;
    private readonly TimeProvider _time;
    private readonly Thread _pump;
    private readonly AutoResetEvent _wake = new(false);
    private readonly int _line;
    private RegisterTransport? _transport;
    private volatile bool _lineRaised;
    private volatile bool _closed; // QEMU is gone
    private volatile bool _ending; // and we wanted it
    private long _lastPoke;
    private int _idleRounds; // pokes since the last interrupt, up to BusyRounds
    private int _disposed;

    private QemuHost(QemuProcess process, Socket qtest, QmpClient qmp, QemuStepper? stepper, QemuOptions options, TimeProvider time)
    {
        _process = process;
        _qmp = qmp;
        _stepper = stepper;
        _options = options;
        _time = time;
        _line = options.Bus == QemuBus.Mmio ? 0 : FirstPciLine;
        _pump = new Thread(Pump) { IsBackground = true, Name = "pcm-qemu-irq" };
        Qtest = new QtestClient(qtest, this, options.RequestTimeout, Outside(stepper, time));
    }

    /// <summary>Lines of a PC's interrupt controller from here on are PCI's; below are its own timers.</summary>
    private const int FirstPciLine = 16;

    /// <summary>Pokes without an interrupt after which the device is thought to have nothing to do; a period of a second takes 100.</summary>
    private const int BusyRounds = 200;

    public QtestClient Qtest { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts QEMU in a directory that has its firmware and RAM.</summary>
    public static async ValueTask<QemuHost> StartAsync(
        QemuOptions options, string directory, MemoryMappedFile ram, TimeProvider time, CancellationToken cancellationToken)
    {
        QemuStepper? stepper = options.Clock == QemuClock.Stepped ? new QemuStepper(ram) : null;

        // Listening first: QEMU connects while it starts, so there is nothing to race with.
        using Socket qtestListener = Listen(QemuCommandLine.QtestSocket(directory));
        using Socket qmpListener = Listen(QemuCommandLine.QmpSocket(directory));
        QemuProcess process = await QemuProcess.StartAsync(options.Program, QemuCommandLine.Build(options, directory), options.Environment);
        Socket? qtest = null, qmp = null;
        try
        {
            using var timeout = new CancellationTokenSource(options.StartTimeout, Outside(stepper, time));
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            qtest = await AcceptAsync(qtestListener, process, options, both.Token, cancellationToken);
            qmp = await AcceptAsync(qmpListener, process, options, both.Token, cancellationToken);
            return new QemuHost(process, qtest, new QmpClient(qmp, options.RequestTimeout, Outside(stepper, time)), stepper, options, time);
        }
        catch
        {
            qtest?.Dispose();
            qmp?.Dispose();
            stepper?.Dispose();
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The clock for what QEMU itself takes: one that is stepped stands still while QEMU works.</summary>
    private static TimeProvider Outside(QemuStepper? stepper, TimeProvider time) => stepper is null ? time : TimeProvider.System;

    /// <summary>Makes the transport over QEMU's registers, and from then on tells it of interrupts.</summary>
    public RegisterTransport Connect(DmaAllocator dma)
    {
        if (_stepper is not null)
        {
            Qtest.HoldPosts(Hurry);
        }

        if (_options.Bus == QemuBus.Mmio)
        {
            // QEMU offers RING_RESET on virtio-mmio too, but has no QueueReset register.
            _transport = new MmioTransport(
                new QtestWindow(Qtest, QemuCommandLine.MmioAddress), dma, VirtioFeatures.RingBits & ~VirtioFeatures.RingReset, this);
            Qtest.InterceptOutputs(FindMmioBus(), "sysbus-irq");
        }
        else
        {
            var pci = new PciTransport(new QtestPciFunction(Qtest, QemuCommandLine.PciSlot), dma, _options.MessageInterrupts, this);
            _transport = pci;
            if (!pci.HasMessageInterrupts)
            {
                Qtest.InterceptInputs("/machine/q35/ioapic");
            }
        }

        if (_stepper is null)
        {
            _pump.Start();
        }
        else
        {
            Follow(_stepper);
        }

        return _transport;
    }

    public void Kill() => _process.Kill();

    void IQtestEvents.OnIrq(int line, bool isRaised)
    {
        if (line >= _line)
        {
            _lineRaised = isRaised;
            if (isRaised)
            {
                _wake.Set();
            }
        }
    }

    void IQtestEvents.OnPosted() => _wake.Set(); // a control request is answered by now: QEMU executes a doorbell before it answers the write

    void IQtestEvents.OnClosed()
    {
        _closed = true;
        _wake.Set();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _process.Exited;
            return;
        }

        _ending = true;
        if (_follower is not null)
        {
            await _follower.DisposeAsync();
        }

        await QuitAsync();
        await _process.DisposeAsync();
        _wake.Set();
        if (_pump.IsAlive && Thread.CurrentThread != _pump)
        {
            _pump.Join();
        }

        Qtest.Dispose();
        _qmp.Dispose();
        _stepper?.Dispose();
        _wake.Dispose();
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(1);
        return socket;
    }

    private static async ValueTask<Socket> AcceptAsync(
        Socket listener, QemuProcess process, QemuOptions options, CancellationToken limit, CancellationToken cancellationToken)
    {
        Task<Socket> accepted = listener.AcceptAsync(limit).AsTask();
        await Task.WhenAny(accepted, process.Exited);
        if (!accepted.IsCompleted)
        {
            throw new VirtioTransportException(PcmError.NoDevice, ExplainExit(process.Errors));
        }

        try
        {
            return await accepted;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VirtioTransportException(
                PcmError.TimedOut, $"QEMU did not connect within {options.StartTimeout}{(process.Errors is { Length: > 0 } said ? ": " + said : "")}.");
        }
    }

    private static string ExplainExit(string said) =>
        said.Contains("virtio-sound", StringComparison.Ordinal) && said.Contains("not a valid device model", StringComparison.Ordinal)
            ? "This QEMU has no virtio-sound: it needs 8.2 or newer (Debian 12: from bookworm-backports)."
            : $"QEMU ended while it started: {(said.Length > 0 ? said : "it did not say why")}";

    private async ValueTask QuitAsync()
    {
        try
        {
            if (!_closed)
            {
                _qmp.Quit();
            }

            if (_stepper is not null)
            {
                AwaitExit();
            }
            else if (!_closed)
            {
                await _process.Exited.WaitAsync(_options.RequestTimeout, _time);
            }
        }
        catch (Exception e) when (e is VirtioTransportException or TimeoutException)
        {
            // Gone before it answered, or it hangs: it is killed next, either way.
        }
    }

    /// <summary>Which of the microvm's many virtio-mmio transports has the first bus.</summary>
    private string FindMmioBus()
    {
        const string parent = "/machine/unattached";
        foreach ((string name, string type) in _qmp.ListProperties(parent))
        {
            if (type == "child<virtio-mmio>" && _qmp.ListProperties($"{parent}/{name}").ContainsKey("virtio-mmio-bus.0"))
            {
                return $"{parent}/{name}";
            }
        }

        throw new VirtioTransportException(PcmError.IO, "QEMU's machine has no virtio-mmio bus.");
    }

    private void Pump()
    {
        while (!_closed && !_ending)
        {
            try
            {
                RaiseInterrupts();
            }
            catch (VirtioTransportException)
            {
                continue; // the connection ended, or was given up; the reader says so next
            }

            PassTime();
            _wake.WaitOne(_options.PollInterval);
        }

        if (!_ending)
        {
            RaiseDisconnected();
        }
    }

    /// <summary>The connection is over, not necessarily QEMU: it must be, before the driver takes its memory back.</summary>
    private void RaiseDisconnected()
    {
        _process.Kill();
        _process.Exited.Wait(_options.RequestTimeout);
        _transport!.RaiseDisconnected();
    }

    /// <summary>
    /// On the free clock QEMU jumps to its next timer each time its main loop goes round, and with its processor halted nothing else makes it go
    /// round reliably: so it is poked, at once while there is something to do, else with each look for messages.
    /// </summary>
    private void PassTime()
    {
        if (_options.Clock == QemuClock.Free && (_idleRounds < BusyRounds || _time.GetElapsedTime(_lastPoke) >= _options.PollInterval))
        {
            _idleRounds = Math.Min(_idleRounds + 1, BusyRounds);
            _lastPoke = _time.GetTimestamp();
            Qtest.Poke();
        }
    }

    private void RaiseInterrupts()
    {
        if (_transport is PciTransport { HasMessageInterrupts: true } messages)
        {
            while (messages.RaiseMessages())
            {
                _idleRounds = 0;
            }

            return;
        }

        if (!_lineRaised)
        {
            return;
        }

        // The line is a level: a second reason that comes between the look and the acknowledgement keeps it high, with no edge of its own. It is low
        // when the acknowledgement has been answered, or looked at again on the next turn.
        _idleRounds = 0;
        if (_transport is PciTransport pci)
        {
            pci.RaiseInterrupt();
        }
        else
        {
            ((MmioTransport)_transport!).RaiseInterrupt();
        }
    }
}
