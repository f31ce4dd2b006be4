namespace Pcm.Testing.Replay;

/// <summary>How closely a replay is compared with its trace; each level includes the one before.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum TraceComparison
{
    /// <summary>The result and the state of every step.</summary>
    ResultAndState,

    /// <summary>Also the positions and everything written back, on every step that does not depend on time.</summary>
    Full,

    /// <summary>Also the positions on the steps that depend on time, to within one frame.</summary>
    Timed,
}
