namespace Pcm;

/// <summary>
/// Least squares over observations of a difference of positions: its slope, in frames per second. A regression, because hardware that moves a period at a
/// time is known to within a period at any one moment only. Allocates nothing, forgets nothing, needs no list.
/// </summary>
internal struct PcmDriftMeter
{
    private const int MinObservations = 16;

    private long _startNs;
    private long _startFrames;
    private long _count;
    private double _sumX;
    private double _sumY;
    private double _sumXX;
    private double _sumXY;

    /// <summary>Seconds between the first and the last observation.</summary>
    public double SpanSeconds { get; private set; }

    /// <summary>The slope; null with too few observations.</summary>
    public readonly double? FramesPerSecond
    {
        get
        {
            double spread = (_count * _sumXX) - (_sumX * _sumX);
            return _count < MinObservations || spread <= 0 ? null : ((_count * _sumXY) - (_sumX * _sumY)) / spread;
        }
    }

    /// <summary>Adds an observation.</summary>
    public void Add(long nowNs, long frames)
    {
        if (_count++ == 0)
        {
            (_startNs, _startFrames) = (nowNs, frames);
        }

        SpanSeconds = (nowNs - _startNs) / 1e9; // from the first one, so that the sums stay small
        double y = frames - _startFrames;
        _sumX += SpanSeconds;
        _sumY += y;
        _sumXX += SpanSeconds * SpanSeconds;
        _sumXY += SpanSeconds * y;
    }
}
