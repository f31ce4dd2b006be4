using Microsoft.Extensions.Logging;

namespace Pcm.Cli;

/// <summary>
/// The log of one command, on stderr: warnings at once, errors kept for the sentence that the command ends with, everything at once when verbose.
/// </summary>
internal sealed class DiagnosticLog(TextWriter error, bool verbose) : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _errors = [];

    /// <summary>The last error that was logged and not printed; null when there is none. The others are printed.</summary>
    public string? TakeError()
    {
        lock (_lock)
        {
            string? last = _errors.LastOrDefault();
            if (last is not null)
            {
                _errors.RemoveAt(_errors.Count - 1);
            }

            Flush_NeedsLock();
            return last;
        }
    }

    /// <summary>Prints the errors that were kept.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            Flush_NeedsLock();
        }
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one place for diagnostics: stderr.");

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= (verbose ? LogLevel.Debug : LogLevel.Warning);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        lock (_lock)
        {
            if (logLevel >= LogLevel.Error && !verbose)
            {
                _errors.Add(exception is null ? message : $"{message} {exception.Message}");
                return;
            }

            error.WriteLine($"pcm: {logLevel.ToString().ToLowerInvariant()}: {message}");
            if (exception is not null)
            {
                error.WriteLine(exception);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Flush();

    private void Flush_NeedsLock()
    {
        foreach (string message in _errors)
        {
            error.WriteLine($"pcm: error: {message}");
        }

        _errors.Clear();
    }
}
