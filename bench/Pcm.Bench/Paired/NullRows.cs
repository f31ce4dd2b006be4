using Pcm.Backends.Null;

namespace Pcm.Bench;

/// <summary>Writing to the null card, and stopping and starting it, on the system's clock.</summary>
internal sealed class NullRows
{
    private const int PeriodFrames = 1024;

    private readonly byte[] _period = new byte[PeriodFrames * 4];
    private readonly PcmSubstream _written;
    private readonly PcmSubstream _restarted;
    private readonly int _periods;

    public NullRows()
    {
        PcmCard card = new NullBackend("null").CreateCard(new PcmServices());
        _written = BenchStream.OpenNow(card.Devices[0], PeriodFrames, 16);
        _periods = _written.Runtime!.Periods;
        _written.SetSwParams(_written.GetSwParams() with { StartThreshold = _written.Runtime.Boundary }).ThrowIfError("sw_params");
        _restarted = BenchStream.OpenNow(card.Devices[0], PeriodFrames, 4);
        BenchStream.RunFree(_restarted);
        BenchStream.Done(_restarted.StartAsync());
    }

    /// <summary>Fills the ring a period at a time; taking all back is not counted.</summary>
    public double Write(int count)
    {
        double took = 0;
        for (int left = count; left > 0; left -= _periods)
        {
            int pieces = Math.Min(left, _periods), frames = 0;
            long start = Stopwatched.Start();
            for (int i = 0; i < pieces; i++)
            {
                _written.Write(_period, out int written);
                frames += written;
            }

            took += Stopwatched.Since(start);
            _written.Rewind(frames, out long moved).ThrowIfError("rewind");
            BenchStream.Require(frames == pieces * PeriodFrames && moved == frames);
        }

        return took;
    }

    /// <summary>Drop, prepare, start. The timer of the null card is made and disposed in it, as in every restart.</summary>
    public double Restart(int count)
    {
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            BenchStream.Wait(_restarted.DropAsync());
            BenchStream.Wait(_restarted.PrepareAsync());
            BenchStream.Wait(_restarted.StartAsync());
        }

        double took = Stopwatched.Since(start);
        BenchStream.Require(_restarted.State == PcmState.Running);
        return took;
    }
}
