namespace Pcm.Bench.EndToEnd;

/// <summary>Samples, and what they are like at the far end. Nothing is allocated while they are taken.</summary>
internal sealed class Percentiles(int capacity)
{
    private readonly double[] _samples = new double[capacity];
    private int _count;

    public int Count => _count;

    public void Add(double sample)
    {
        if (_count < _samples.Length)
        {
            _samples[_count++] = sample;
        }
    }

    /// <summary>The smallest sample that is not exceeded by <paramref name="fraction"/> of all; the largest for 1.</summary>
    public double At(double fraction)
    {
        double[] sorted = _samples[.._count];
        Array.Sort(sorted);
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(fraction * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
