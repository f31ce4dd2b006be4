namespace Pcm.Testing;

/// <summary>The calls of one or several <see cref="RecordingOps"/>, in order.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class RecordingLog
{
    private readonly Lock _lock = new();
    private readonly List<RecordedCall> _calls = [];

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<RecordedCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Adds a call.</summary>
    /// <param name="call">The call.</param>
    public void Add(RecordedCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }

    /// <summary>The calls since the last time as one line, <c>trigger(START) pointer</c>, and forgets them.</summary>
    /// <param name="withSource">Puts the ops' name before each call, <c>A.trigger(START)</c>.</param>
    public string Take(bool withSource = false)
    {
        lock (_lock)
        {
            string line = string.Join(' ', _calls.Select(c => withSource ? $"{c.Source}.{c}" : c.ToString()));
            _calls.Clear();
            return line;
        }
    }
}
