using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary>A <c>snd_pcm_t</c>. Closing it stops the stream and, of a file PCM, finishes the file.</summary>
internal sealed class AlsaPcmHandle : SafeHandle
{
    public AlsaPcmHandle(nint pcm)
        : base(0, ownsHandle: true) => SetHandle(pcm);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibAsound.snd_pcm_close(handle) >= 0;
}

/// <summary>A <c>snd_pcm_hw_params_t</c>.</summary>
internal sealed class AlsaHwParamsHandle : SafeHandle
{
    private AlsaHwParamsHandle(nint hwParams)
        : base(0, ownsHandle: true) => SetHandle(hwParams);

    public override bool IsInvalid => handle == 0;

    /// <exception cref="AlsaException">There is no memory.</exception>
    public static AlsaHwParamsHandle Allocate() =>
        LibAsound.snd_pcm_hw_params_malloc(out nint hwParams) < 0 ? throw AlsaException.NoMemory() : new AlsaHwParamsHandle(hwParams);

    protected override bool ReleaseHandle()
    {
        LibAsound.snd_pcm_hw_params_free(handle);
        return true;
    }
}

/// <summary>A <c>snd_pcm_sw_params_t</c>.</summary>
internal sealed class AlsaSwParamsHandle : SafeHandle
{
    private AlsaSwParamsHandle(nint swParams)
        : base(0, ownsHandle: true) => SetHandle(swParams);

    public override bool IsInvalid => handle == 0;

    /// <exception cref="AlsaException">There is no memory.</exception>
    public static AlsaSwParamsHandle Allocate() =>
        LibAsound.snd_pcm_sw_params_malloc(out nint swParams) < 0 ? throw AlsaException.NoMemory() : new AlsaSwParamsHandle(swParams);

    protected override bool ReleaseHandle()
    {
        LibAsound.snd_pcm_sw_params_free(handle);
        return true;
    }
}

/// <summary>A <c>snd_pcm_format_mask_t</c>.</summary>
internal sealed class AlsaFormatMaskHandle : SafeHandle
{
    private AlsaFormatMaskHandle(nint mask)
        : base(0, ownsHandle: true) => SetHandle(mask);

    public override bool IsInvalid => handle == 0;

    /// <exception cref="AlsaException">There is no memory.</exception>
    public static AlsaFormatMaskHandle Allocate() =>
        LibAsound.snd_pcm_format_mask_malloc(out nint mask) < 0 ? throw AlsaException.NoMemory() : new AlsaFormatMaskHandle(mask);

    protected override bool ReleaseHandle()
    {
        LibAsound.snd_pcm_format_mask_free(handle);
        return true;
    }
}

/// <summary>A <c>snd_config_t</c>: a configuration that was read from text.</summary>
internal sealed class AlsaConfigHandle : SafeHandle
{
    public AlsaConfigHandle(nint configuration)
        : base(0, ownsHandle: true) => SetHandle(configuration);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibAsound.snd_config_delete(handle) >= 0;
}
