using Pcm.Backends.Null;

namespace Pcm.Bench;

/// <summary>Looking at a running stream of the null card, on the system's clock.</summary>
internal sealed class PointerRows
{
    private readonly PcmSubstream _stream;

    public PointerRows()
    {
        PcmCard card = new NullBackend("null").CreateCard(new PcmServices());
        _stream = BenchStream.OpenNow(card.Devices[0], 1024, 4);

        // Free running: it stays RUNNING for as long as the rows are measured, whatever is written.
        BenchStream.RunFree(_stream);
        BenchStream.Done(_stream.StartAsync());
        BenchStream.Require(_stream.State == PcmState.Running && _stream.TryGetSnapshot(out PcmSnapshot snapshot) && snapshot.State == PcmState.Running);
    }

    /// <summary>State and both positions of one moment.</summary>
    public double Snapshot(int count)
    {
        long sum = 0;
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            _stream.TryGetSnapshot(out PcmSnapshot snapshot);
            sum += snapshot.HardwarePosition;
        }

        double took = Stopwatched.Since(start);
        BenchStream.Require(sum >= 0);
        return took;
    }

    /// <summary>What snd_pcm_avail_update tells: by the positions as they stand.</summary>
    public double Avail(int count)
    {
        long sum = 0;
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            sum += _stream.TryGetSnapshot(out PcmSnapshot snapshot) ? snapshot.Avail : -1;
        }

        double took = Stopwatched.Since(start);
        BenchStream.Require(sum >= 0);
        return took;
    }

    /// <summary>What snd_pcm_avail tells: after a look at the hardware.</summary>
    public double GetAvail(int count)
    {
        var error = PcmError.None;
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            error |= _stream.GetAvail(out _);
        }

        double took = Stopwatched.Since(start);
        error.ThrowIfError("avail");
        return took;
    }

    public double GetDelay(int count)
    {
        var error = PcmError.None;
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            error |= _stream.GetDelay(out _);
        }

        double took = Stopwatched.Since(start);
        error.ThrowIfError("delay");
        return took;
    }
}
