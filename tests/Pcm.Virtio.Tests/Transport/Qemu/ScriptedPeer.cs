using System.Net;
using System.Net.Sockets;
using System.Text;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.Transport.Qemu;

/// <summary>The other end of a connection to QEMU, which says what the test wants; and a clock that moves when the test moves it.</summary>
internal sealed class ScriptedPeer : IQtestEvents, IDisposable
{
    private readonly Socket _peer;
    private readonly List<(int Line, bool IsRaised)> _irqs = [];
    private readonly SemaphoreSlim _irqCount = new(0);

    public ScriptedPeer()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Client.Connect(listener.LocalEndPoint!);
        _peer = listener.Accept();
        _peer.NoDelay = true;
        _peer.ReceiveTimeout = 30_000; // bounds a failure only
    }

    public static TimeSpan Timeout => TimeSpan.FromSeconds(5);

    /// <summary>What the client under test owns.</summary>
    public Socket Client { get; }

    public ManualTime Time { get; } = new();

    public int Posted { get; private set; }

    /// <summary>Set by OnClosed.</summary>
    public ManualResetEventSlim Closed { get; } = new();

    public IReadOnlyList<(int Line, bool IsRaised)> Irqs => _irqs;

    /// <summary>Runs what waits on a thread of its own.</summary>
    public static Task<T> OnThread<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e); // thrown where the work is awaited
            }
        }) { IsBackground = true }.Start();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System); // bounds a failure only
    }

    public void Send(string text) => _peer.Send(Encoding.UTF8.GetBytes(text));

    public string ReceiveLine()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (_peer.Receive(one) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add(one[0]);
        }

        return $"<end>{Encoding.UTF8.GetString([.. line])}";
    }

    /// <summary>Whether the client let the connection go; waits for it.</summary>
    public bool IsLetGo()
    {
        try
        {
            byte[] rest = new byte[4096];
            while (_peer.Receive(rest) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Let go with something unread, which TCP says so.
        }

        return true;
    }

    public void Close() => _peer.Dispose();

    /// <summary>Waits for interrupts.</summary>
    public void WaitForIrqs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(_irqCount.Wait(TimeSpan.FromSeconds(30)));
        }
    }

    public void OnIrq(int line, bool isRaised)
    {
        _irqs.Add((line, isRaised));
        _irqCount.Release();
    }

    public void OnPosted() => Posted++;

    public void OnClosed() => Closed.Set();

    public void Dispose()
    {
        _peer.Dispose();
        Client.Dispose();
        Closed.Dispose();
        _irqCount.Dispose();
        Time.Dispose();
    }

    /// <summary>A clock whose timers fire when it is advanced, and that tells when one is armed.</summary>
    public sealed class ManualTime : TimeProvider, IDisposable
    {
        private readonly VirtualClock _clock = new();
        private readonly SemaphoreSlim _armed = new(0);

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override long GetTimestamp() => _clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
            _armed.Release();
            return timer;
        }

        /// <summary>Waits until a timer was made.</summary>
        public void WaitForTimer() => Assert.True(_armed.Wait(TimeSpan.FromSeconds(30)));

        public void Advance(TimeSpan time) => _clock.Advance(time);

        public void Dispose() => _armed.Dispose();
    }
}
