namespace Pcm;

/// <summary>A <see cref="PcmError"/> as an exception: what the facade throws where .NET code expects one.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class PcmException : IOException
{
    /// <summary>Creates the exception for <paramref name="error"/>.</summary>
    /// <param name="error">The errno, negative.</param>
    /// <param name="operation">What was being done, as a verb (<c>hw_params</c>).</param>
    public PcmException(PcmError error, string operation)
        : base($"{operation}: {error.Describe()}")
    {
        Error = error;
        Operation = operation;
    }

    /// <summary>The errno.</summary>
    public PcmError Error { get; }

    /// <summary>The operation that failed.</summary>
    public string Operation { get; }
}
