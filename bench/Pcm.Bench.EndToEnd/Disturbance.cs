namespace Pcm.Bench.EndToEnd;

/// <summary>Another part of the same process: a thread that allocates 1 GB/s of short-lived arrays and forces a full collection ten times a second.</summary>
internal sealed class Disturbance : IDisposable
{
    private const int ArrayBytes = 32 * 1024; // below the large object heap: garbage as programs make it
    private const double BytesPerSecond = 1e9;
    private const int KeptArrays = 1024;

    private readonly Thread _thread;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly int _collectionsBefore = GC.CollectionCount(2);
    private volatile bool _stop;
    private long _bytes;

    public Disturbance()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "allocates" };
        _thread.Start();
    }

    public string Achieved =>
        $"{_bytes / TimeProvider.System.GetElapsedTime(_start).TotalSeconds / 1e9:0.00} GB/s, {GC.CollectionCount(2) - _collectionsBefore} gen-2 collections";

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Run()
    {
        var kept = new byte[KeptArrays][]; // some of it lives for a while, and is moved
        using var pause = new ManualResetEventSlim();
        int collections = 0;
        for (int i = 0; !_stop; i++)
        {
            kept[i % KeptArrays] = new byte[ArrayBytes];
            _bytes += ArrayBytes;
            double seconds = TimeProvider.System.GetElapsedTime(_start).TotalSeconds;
            if (seconds * 10 > collections)
            {
                collections++;
                GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            }

            if (_bytes > seconds * BytesPerSecond)
            {
                pause.Wait(1);
            }
        }
    }
}
