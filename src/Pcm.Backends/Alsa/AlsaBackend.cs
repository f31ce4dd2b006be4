using Microsoft.Extensions.Logging;

namespace Pcm.Backends.Alsa;

/// <summary>
/// One card whose streams are a PCM of ALSA's library libasound: a sound card, a sound server behind <c>default</c>, or one of libasound's software PCMs
/// such as <c>null</c>, <c>file</c>, <c>plug</c>, <c>rate</c>.
/// </summary>
/// <remarks>
/// <para>
/// A PCM with a clock of its own (a card, a server) shares its memory-mapped ring with the core: applications write straight into it, nothing is copied
/// again, and its position is the hardware's. It runs in real time only. A PCM without one is paced by the clock of the services, which may be virtual;
/// its frames are copied once more, into libasound's area, when their time has come.
/// </para>
/// <para>
/// Parameters are negotiated in libasound's own configuration space. Underruns and overruns that libasound reports stop the stream with an xrun. A card
/// that is pulled is disconnected, a system suspend suspends its streams. What libasound says of an error is in the log, or in the exception of the probe.
/// </para>
/// <para>
/// A PCM without memory-mapped access, such as a sound server's, is written and read: one more copy. Do not put <c>plug:</c> before such a PCM: libasound
/// (1.2.8) then emulates the mapping, and hangs, as <c>aplay -M</c> does. A capture <c>file</c> PCM with an <c>infile</c> over real
/// hardware delivers the hardware's frames, not the file's; over <c>null</c> it delivers the file, and after its end what the ring had before.
/// </para>
/// Thread safety: every member from any thread.
/// </remarks>
public sealed class AlsaBackend : PcmBackend
{
    private readonly AlsaOptions _options;
    private readonly string _library;

    /// <summary>A card for the PCM that <paramref name="options"/> name.</summary>
    /// <param name="options">Its settings.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    public AlsaBackend(AlsaOptions options)
        : this(options, LibAsound.FileName)
    {
    }

    internal AlsaBackend(AlsaOptions options, string library)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
        _library = library;
    }

    /// <inheritdoc/>
    public override string Name => "alsa";

    /// <summary>Why libasound cannot be used here, as a sentence; null when it can.</summary>
    public static string? Problem => LibAsound.FindProblem(LibAsound.FileName);

    /// <inheritdoc/>
    /// <exception cref="AlsaException">There is no libasound, or the PCM cannot be opened; the message has libasound's words.</exception>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (LibAsound.FindProblem(_library) is { } problem)
        {
            throw new AlsaException(problem, PcmError.NoEntry);
        }

        var endpoints = new List<AlsaEndpoint>();
        foreach (PcmDirection direction in (ReadOnlySpan<PcmDirection>)[PcmDirection.Playback, PcmDirection.Capture])
        {
            if (direction == PcmDirection.Playback ? _options.HasPlayback : _options.HasCapture)
            {
                endpoints.Add(new AlsaEndpoint(_options.Pcm, direction, log => LibAsoundPcm.Open(_options.Pcm, direction, _options.Configuration, log)));
            }
        }

        return new ValueTask<IReadOnlyList<PcmCard>>([CreateCard(services, _options, endpoints)]);
    }

    /// <summary>Looks at each direction's PCM and makes the streams that suit it.</summary>
    internal static PcmCard CreateCard(PcmServices services, AlsaOptions options, IReadOnlyList<AlsaEndpoint> endpoints)
    {
        ILogger log = services.LoggerFactory.CreateLogger<AlsaBackend>();
        var card = new PcmCard(options.Id, $"ALSA PCM {options.Pcm}", services);
        List<PcmOps> playback = [], capture = [];
        foreach (AlsaEndpoint endpoint in endpoints)
        {
            using AlsaPcm pcm = endpoint.Open(log);
            PcmOps ops = pcm.HasClock
                ? new AlsaSharedRingOps(endpoint, AlsaHardware.Describe(pcm, AlsaSharedRingOps.Info, minPeriods: 1, options.MaxBufferBytes))
                : new AlsaClockedOps(endpoint, AlsaHardware.Describe(pcm, AlsaClockedOps.Info, minPeriods: 2, options.MaxBufferBytes));
            endpoint.Card = card;
            (endpoint.Direction == PcmDirection.Playback ? playback : capture).Add(ops);
        }

        card.AddDevice(new PcmDeviceDescription { Name = options.Pcm, Playback = playback, Capture = capture });
        return card;
    }
}
