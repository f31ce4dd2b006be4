using System.Globalization;

namespace Pcm.Cli.Sessions;

/// <summary>A length of sound: a time, or a number of frames.</summary>
/// <param name="Time">The time; null when frames were given.</param>
/// <param name="FrameCount">The frames; 0 when a time was given.</param>
internal readonly record struct Duration(TimeSpan? Time, long FrameCount)
{
    // Far beyond any recording, and still without overflow at any rate.
    private const double MaxSeconds = 1e9;

    /// <summary>Reads <c>2s</c>, <c>1.5s</c>, <c>500ms</c> or <c>48000f</c>; positive.</summary>
    public static bool TryParse(string text, out Duration duration)
    {
        duration = default;
        if (text.EndsWith('f'))
        {
            bool isCount = long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long frames) && frames > 0;
            duration = new Duration(null, frames);
            return isCount;
        }

        (int unitLength, double unitSeconds) = text.EndsWith("ms", StringComparison.Ordinal) ? (2, 1e-3) : text.EndsWith('s') ? (1, 1.0) : (0, 0.0);
        if (unitLength == 0
            || !double.TryParse(text.AsSpan(0, text.Length - unitLength), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || !(value * unitSeconds <= MaxSeconds)) // the negation refuses NaN too, which is a number to TryParse
        {
            return false;
        }

        TimeSpan time = TimeSpan.FromSeconds(value * unitSeconds);
        duration = new Duration(time, 0);
        return time > TimeSpan.Zero;
    }

    /// <summary>Frames at a rate, rounded up, at least 1.</summary>
    public long ToFrames(int rate) => Time is { } time
        ? (long)(((Int128)time.Ticks * rate + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond)
        : FrameCount;
}
