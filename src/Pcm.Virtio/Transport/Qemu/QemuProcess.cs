using System.ComponentModel;
using System.Diagnostics;

namespace Pcm.Virtio;

/// <summary>
/// A running QEMU that ends when this process does. Its parent thread waits for it from beginning to end, because Linux sends the parent-death
/// signal when the thread that started a child ends, not when its process does.
/// Lifetime: until <see cref="DisposeAsync"/>, which kills what still runs.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
internal sealed class QemuProcess : IAsyncDisposable
{
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly Queue<string> _errors = new(); // what QEMU said last; its own lock
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private QemuProcess(ProcessStartInfo start) => _process = new Process { StartInfo = start };

    public int Id { get; private set; }

    /// <summary>Completes when QEMU has ended, and all that it said has been read.</summary>
    public Task Exited => _exited.Task;

    /// <summary>What QEMU said last, on one line; empty when it said nothing.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join("; ", _errors);
            }
        }
    }

    /// <summary>Starts the program.</summary>
    /// <exception cref="VirtioTransportException">It is not there, or cannot be started.</exception>
    public static async ValueTask<QemuProcess> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string path = Find(program) ?? throw new VirtioTransportException(
            PcmError.NoDevice,
            $"QEMU is not installed: there is no '{program}'{(program.Contains('/', StringComparison.Ordinal) ? "" : " in PATH")}. Install QEMU 8.2 or newer (Debian and Ubuntu: apt install qemu-system-x86; Debian 12: from bookworm-backports), or name its program.");
        var start = new ProcessStartInfo { RedirectStandardError = true, RedirectStandardInput = true };

        // A session of its own: Ctrl-C is for us, who then end QEMU in good order. And no QEMU without us, whatever happens to us.
        string[] wrappers = [.. Wrapper("setsid"), .. Wrapper("setpriv", "--pdeathsig", "TERM")];
        string[] line = [.. wrappers, path, .. arguments];
        start.FileName = line[0];
        foreach (string argument in line.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var qemu = new QemuProcess(start);
        new Thread(qemu.Run) { IsBackground = true, Name = "pcm-qemu" }.Start();
        try
        {
            await qemu._started.Task;
            return qemu;
        }
        catch (Win32Exception e)
        {
            throw new VirtioTransportException(PcmError.NoDevice, $"QEMU ({path}) cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Ends QEMU at once; its files stay as they are.</summary>
    public void Kill()
    {
        if (!_exited.Task.IsCompleted)
        {
            _process.Kill(); // does nothing when it ended meanwhile
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _exited.Task;
        _process.Dispose();
    }

    private static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private static string[] Wrapper(string tool, params string[] arguments) => Find(tool) is { } path ? [path, .. arguments] : [];

    private void Run()
    {
        try
        {
            _process.Start();
        }
        catch (Exception e)
        {
            _started.SetException(e); // thrown where the start is awaited
            _exited.SetResult();
            return;
        }

        Id = _process.Id;
        _process.StandardInput.Close();
        _started.SetResult();
        while (_process.StandardError.ReadLine() is { } line)
        {
            KeepError(line);
        }

        _process.WaitForExit();
        _exited.SetResult();
    }

    private void KeepError(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_errors)
        {
            if (_errors.Count == KeptLines)
            {
                _errors.Dequeue();
            }

            _errors.Enqueue(line.Trim());
        }
    }
}
