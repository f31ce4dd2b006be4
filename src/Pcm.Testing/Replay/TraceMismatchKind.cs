namespace Pcm.Testing.Replay;

/// <summary>What differs between a replay and its trace.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum TraceMismatchKind
{
    /// <summary>The result.</summary>
    Result,

    /// <summary>The state, of the stream or of another open one.</summary>
    State,

    /// <summary>A position on a step that does not depend on time.</summary>
    Position,

    /// <summary>A field that was written back.</summary>
    Output,

    /// <summary>A position on a step that depends on time: more than one frame off.</summary>
    TimedPosition,

    /// <summary>A field written back on a step that depends on time.</summary>
    TimedOutput,

    /// <summary>The operation threw; the rest of the sequence was not replayed.</summary>
    Exception,
}
