using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pcm.Tests;

/// <summary>A log that is read by the test. Thread safety: any thread.</summary>
internal sealed class CollectingLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _entries = [];

    public IReadOnlyCollection<(LogLevel Level, string Message)> Entries => _entries;

    public IEnumerable<string> Errors => _entries.Where(static e => e.Level >= LogLevel.Error).Select(static e => e.Message);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
