namespace Pcm.Bench.EndToEnd;

/// <summary>Another part of the same process: a thread that allocates 1 GB/s of arrays.</summary>
internal sealed class Disturbance : IDisposable
{
    private const int ArrayBytes = 32 * 1024; // below the large object heap: garbage as programs make it
    private const double BytesPerSecond = 1e9;

    private readonly int _keptArrays;
    private readonly bool _collects;
    private readonly Thread _thread;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly int _collectionsBefore = GC.CollectionCount(2);
    private volatile bool _stop;
    private long _bytes;
    private TimeSpan _longest; // that an allocation took: when it collects, or waits for a collection, everybody waits

    private Disturbance(int keptArrays, bool collects)
    {
        _keptArrays = keptArrays;
        _collects = collects;
        _thread = new Thread(Run) { IsBackground = true, Name = "allocates" };
        _thread.Start();
    }

    public string Achieved =>
        $"{_bytes / TimeProvider.System.GetElapsedTime(_start).TotalSeconds / 1e9:0.00} GB/s, {_keptArrays * ArrayBytes / 1e6:0.#} MB live, "
        + $"{GC.CollectionCount(2) - _collectionsBefore} gen-2 collections, longest allocation {_longest.TotalMilliseconds:0.0} ms";

    /// <summary>Work in passing, as of a server: garbage at once, but for half a megabyte.</summary>
    public static Disturbance Garbage() => new(keptArrays: 16, collects: false);

    /// <summary>The worst: 32 MB of it live, to be moved by each collection, and a full collection is forced ten times a second.</summary>
    public static Disturbance Everything() => new(keptArrays: 1024, collects: true);

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Run()
    {
        var kept = new byte[_keptArrays][];
        using var pause = new ManualResetEventSlim();
        int collections = 0;
        for (int i = 0; !_stop; i++)
        {
            long before = TimeProvider.System.GetTimestamp();
            kept[i % _keptArrays] = new byte[ArrayBytes];
            long now = TimeProvider.System.GetTimestamp();
            TimeSpan took = TimeProvider.System.GetElapsedTime(before, now);
            _longest = took > _longest ? took : _longest;
            _bytes += ArrayBytes;
            double seconds = TimeProvider.System.GetElapsedTime(_start, now).TotalSeconds;
            if (_collects && seconds * 10 > collections)
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
