using Microsoft.Extensions.Logging;

namespace Pcm.Backends.Alsa;

/// <summary>
/// A real PCM of libasound, opened non-blocking. Lifetime: the handle lives from <see cref="Open"/> to <see cref="Dispose"/>; the ring's memory from
/// <see cref="SetHwParams"/> to <see cref="HwFree"/>, the next <see cref="SetHwParams"/>, or <see cref="Dispose"/>.
/// </summary>
internal sealed unsafe partial class LibAsoundPcm : AlsaPcm
{
    private readonly AlsaPcmHandle _pcm;
    private readonly ILogger _log;
    private readonly AlsaSpaceReader _space;
    private readonly AlsaPoller _poller;
    private readonly AlsaCopiedRing? _copied;
    private bool _configured;
    private uint _frameBits;

    private LibAsoundPcm(string name, PcmDirection direction, AlsaPcmHandle pcm, ILogger log)
    {
        Name = name;
        _pcm = pcm;
        _log = log;
        _space = new AlsaSpaceReader(pcm, name);
        _poller = new AlsaPoller(pcm);
        HasClock = !_poller.IsAlwaysReady;
        _copied = _space.IsCopied ? new AlsaCopiedRing(pcm, direction) : null;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool HasClock { get; }

    /// <inheritdoc/>
    public override AlsaSpace Space => _space.Everything;

    /// <inheritdoc/>
    public override PcmInfo Info => _space.Info;

    /// <inheritdoc/>
    public override PcmState State => (PcmState)LibAsound.snd_pcm_state(_pcm);

    /// <summary>Opens a PCM.</summary>
    /// <param name="name">As in an asoundrc, such as <c>hw:0,0</c> or <c>default</c>.</param>
    /// <param name="direction">Playback or capture.</param>
    /// <param name="configuration">The text of an asoundrc to look the name up in; null: libasound's own configuration.</param>
    /// <param name="log">Where failures go.</param>
    /// <exception cref="AlsaException">It cannot be opened, or has no interleaved access.</exception>
    public static LibAsoundPcm Open(string name, PcmDirection direction, string? configuration, ILogger log)
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        int stream = direction == PcmDirection.Playback ? LibAsound.StreamPlayback : LibAsound.StreamCapture;
        int error = configuration is null
            ? LibAsound.snd_pcm_open(out nint pcm, name, stream, LibAsound.NonBlock)
            : OpenConfigured(configuration, name, stream, out pcm);
        if (error < 0)
        {
            throw new AlsaException($"{(direction == PcmDirection.Playback ? "playback" : "capture")} of ALSA PCM '{name}': {Reason(error, AlsaErrorText.Text)}", (PcmError)error);
        }

        var handle = new AlsaPcmHandle(pcm);
        try
        {
            var opened = new LibAsoundPcm(name, direction, handle, log);
            if (AlsaErrorText.Text is { Length: > 0 } text)
            {
                AlsaLog.Said(log, name, "open", text);
            }

            return opened;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryRefine(in AlsaSpace asked, out AlsaSpace left) => _space.TryRefine(asked, out left);

    /// <inheritdoc/>
    public override PcmError SetHwParams(PcmHwParams hwParams)
    {
        HwFree();
        using AlsaErrorText listening = AlsaErrorText.Listen();
        using AlsaHwParamsHandle chosen = _space.CreateParams();
        PcmError error = Check("hw_params", Fix(chosen, hwParams));
        if (error == PcmError.None)
        {
            error = Check("hw_params", LibAsound.snd_pcm_hw_params(_pcm, chosen));
        }

        if (error != PcmError.None)
        {
            return error;
        }

        _configured = true;
        _frameBits = (uint)hwParams.FrameBits;
        string wanted = Describe(hwParams.Format, (uint)hwParams.Channels, (uint)hwParams.Rate, (uint)hwParams.PeriodFrames, (uint)hwParams.BufferFrames);
        string got = Describe(chosen);
        if (wanted == got)
        {
            return _copied?.Allocate(hwParams.BufferFrames, hwParams.FrameBits / 8) ?? PcmError.None;
        }

        AlsaLog.OtherParams(_log, Name, wanted, got);
        return PcmError.InvalidArgument;
    }

    /// <inheritdoc/>
    public override PcmError SetSwParams(int wakeFrames, bool stopsOnXRun)
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        using var swParams = AlsaSwParamsHandle.Allocate();
        int error = LibAsound.snd_pcm_sw_params_current(_pcm, swParams);
        if (error >= 0)
        {
            error = LibAsound.snd_pcm_sw_params_get_boundary(swParams, out nuint boundary);
            error = error < 0 ? error : LibAsound.snd_pcm_sw_params_set_avail_min(_pcm, swParams, (nuint)wakeFrames);
            error = error < 0 ? error : LibAsound.snd_pcm_sw_params_set_start_threshold(_pcm, swParams, boundary);
            error = error < 0 || stopsOnXRun ? error : LibAsound.snd_pcm_sw_params_set_stop_threshold(_pcm, swParams, boundary);
            error = error < 0 ? error : LibAsound.snd_pcm_sw_params_set_tstamp_mode(_pcm, swParams, LibAsound.TimestampEnable);
            error = error < 0 ? error : LibAsound.snd_pcm_sw_params_set_tstamp_type(_pcm, swParams, LibAsound.TimestampMonotonic);
            error = error < 0 ? error : LibAsound.snd_pcm_sw_params(_pcm, swParams);
        }

        return Check("sw_params", error);
    }

    /// <inheritdoc/>
    public override PcmError HwFree()
    {
        if (!_configured)
        {
            return PcmError.None;
        }

        _configured = false;
        _copied?.Free();
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("hw_free", LibAsound.snd_pcm_hw_free(_pcm));
    }

    /// <inheritdoc/>
    public override PcmError Prepare()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        _copied?.Restart();
        PcmError error = Check("prepare", LibAsound.snd_pcm_prepare(_pcm));

        // A sound server that died is an xrun to libasound, and then EIO or EBADFD from prepare; a server that lives does not fail it.
        return error != PcmError.None && _copied is not null ? PcmError.NoDevice : error;
    }

    /// <inheritdoc/>
    public override PcmError Start()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("start", LibAsound.snd_pcm_start(_pcm));
    }

    /// <inheritdoc/>
    public override PcmError Drop()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("drop", LibAsound.snd_pcm_drop(_pcm), mayLose: true);
    }

    /// <inheritdoc/>
    public override PcmError Drain()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("drain", LibAsound.snd_pcm_drain(_pcm), mayLose: true);
    }

    /// <inheritdoc/>
    public override PcmError Pause(bool enable)
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("pause", LibAsound.snd_pcm_pause(_pcm, enable ? 1 : 0));
    }

    /// <inheritdoc/>
    public override PcmError Resume()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Check("resume", LibAsound.snd_pcm_resume(_pcm));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        using (AlsaErrorText.Listen())
        {
            _space.Dispose();
            _copied?.Free();
            _pcm.Dispose();
            _poller.Dispose();
            if (AlsaErrorText.Text is { Length: > 0 } text)
            {
                AlsaLog.Lost(_log, Name, "close", text);
            }
        }
    }

    private static int OpenConfigured(string configuration, string name, int stream, out nint pcm)
    {
        pcm = 0;
        int error = LibAsound.snd_config_load_string(out nint root, configuration, 0);
        if (error < 0)
        {
            return error;
        }

        using var tree = new AlsaConfigHandle(root);
        return LibAsound.snd_pcm_open_lconf(out pcm, name, stream, LibAsound.NonBlock, tree);
    }

    private int Fix(AlsaHwParamsHandle chosen, PcmHwParams hwParams)
    {
        int error = LibAsound.snd_pcm_hw_params_set_format(_pcm, chosen, (int)hwParams.Format);
        error = error < 0 ? error : LibAsound.snd_pcm_hw_params_set_channels(_pcm, chosen, (uint)hwParams.Channels);
        error = error < 0 ? error : LibAsound.snd_pcm_hw_params_set_rate(_pcm, chosen, (uint)hwParams.Rate, 0);
        error = error < 0 ? error : LibAsound.snd_pcm_hw_params_set_period_size(_pcm, chosen, (nuint)hwParams.PeriodFrames, 0);
        return error < 0 ? error : LibAsound.snd_pcm_hw_params_set_buffer_size(_pcm, chosen, (nuint)hwParams.BufferFrames);
    }

    private static string Describe(AlsaHwParamsHandle chosen)
    {
        LibAsound.snd_pcm_hw_params_get_format(chosen, out int format);
        LibAsound.snd_pcm_hw_params_get_channels(chosen, out uint channels);
        LibAsound.snd_pcm_hw_params_get_rate(chosen, out uint rate, out _);
        LibAsound.snd_pcm_hw_params_get_period_size(chosen, out nuint periodFrames, out _);
        LibAsound.snd_pcm_hw_params_get_buffer_size(chosen, out nuint bufferFrames);
        return Describe((PcmFormat)format, channels, rate, (uint)periodFrames, (uint)bufferFrames);
    }

    private static string Describe(PcmFormat format, uint channels, uint rate, uint periodFrames, uint bufferFrames) =>
        $"{format.AlsaName()}, {channels} channels, {rate} Hz, periods of {periodFrames} and a buffer of {bufferFrames} frames";

    /// <summary>The errno as text: libasound's own words where it found any, then the errno's.</summary>
    private static string Reason(long error, string text) => text.Length == 0 ? LibAsound.Describe((int)error) : $"{LibAsound.Describe((int)error)} ({text})";

    /// <summary>Logs a failure, unless it is an answer that its caller deals with, and what libasound said without failing.</summary>
    private PcmError Check(string operation, int result, bool mayLose = false)
    {
        string text = AlsaErrorText.Text;
        if (result >= 0)
        {
            if (text.Length > 0 && mayLose)
            {
                AlsaLog.Lost(_log, Name, operation, text); // the file PCM writes here, and does not say by its result that it could not
            }
            else if (text.Length > 0)
            {
                AlsaLog.Said(_log, Name, operation, text);
            }

            return PcmError.None;
        }

        var error = (PcmError)result;
        if (error is not (PcmError.Again or PcmError.NotImplemented))
        {
            AlsaLog.Failed(_log, Name, operation, Reason(result, text));
        }

        return error;
    }
}
