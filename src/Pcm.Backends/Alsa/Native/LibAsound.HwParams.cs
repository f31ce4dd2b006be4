using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <content>The configuration space. A direction of +1 at a lower end, of -1 at an upper end, says that the end itself is excluded.</content>
internal static unsafe partial class LibAsound
{
    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_malloc(out nint hwParams);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_hw_params_free(nint hwParams);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_hw_params_copy(AlsaHwParamsHandle destination, AlsaHwParamsHandle source);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_any(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_access(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, int access);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_format(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, int format);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_channels(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, uint channels);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_rate(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, uint rate, int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_period_size(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, nuint frames, int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_buffer_size(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_test_format(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, int format);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_format_mask_malloc(out nint mask);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_format_mask_free(nint mask);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_format_mask_none(AlsaFormatMaskHandle mask);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_format_mask_set(AlsaFormatMaskHandle mask, int format);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_format_mask_test(AlsaFormatMaskHandle mask, int format);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_format_mask(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, AlsaFormatMaskHandle mask);

    [LibraryImport(FileName)]
    public static partial void snd_pcm_hw_params_get_format_mask(AlsaHwParamsHandle hwParams, AlsaFormatMaskHandle mask);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_channels_minmax(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, ref uint min, ref uint max);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_channels_min(AlsaHwParamsHandle hwParams, out uint value);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_channels_max(AlsaHwParamsHandle hwParams, out uint value);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_rate_minmax(
        AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, ref uint min, ref int minDirection, ref uint max, ref int maxDirection);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_rate_min(AlsaHwParamsHandle hwParams, out uint value, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_rate_max(AlsaHwParamsHandle hwParams, out uint value, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_period_size_minmax(
        AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, ref nuint min, ref int minDirection, ref nuint max, ref int maxDirection);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_period_size_min(AlsaHwParamsHandle hwParams, out nuint frames, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_period_size_max(AlsaHwParamsHandle hwParams, out nuint frames, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_periods_minmax(
        AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, ref uint min, ref int minDirection, ref uint max, ref int maxDirection);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_periods_min(AlsaHwParamsHandle hwParams, out uint value, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_periods_max(AlsaHwParamsHandle hwParams, out uint value, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_set_buffer_size_minmax(AlsaPcmHandle pcm, AlsaHwParamsHandle hwParams, ref nuint min, ref nuint max);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_buffer_size_min(AlsaHwParamsHandle hwParams, out nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_buffer_size_max(AlsaHwParamsHandle hwParams, out nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_buffer_size(AlsaHwParamsHandle hwParams, out nuint frames);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_period_size(AlsaHwParamsHandle hwParams, out nuint frames, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_rate(AlsaHwParamsHandle hwParams, out uint value, out int direction);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_channels(AlsaHwParamsHandle hwParams, out uint value);

    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_get_format(AlsaHwParamsHandle hwParams, out int format);

    /// <summary>Returns 1 for yes.</summary>
    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_can_pause(AlsaHwParamsHandle hwParams);

    /// <summary>Returns 1 for yes.</summary>
    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_can_resume(AlsaHwParamsHandle hwParams);

    /// <summary>Returns 1 for yes.</summary>
    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_is_batch(AlsaHwParamsHandle hwParams);

    /// <summary>Returns 1 for yes.</summary>
    [LibraryImport(FileName)]
    public static partial int snd_pcm_hw_params_is_block_transfer(AlsaHwParamsHandle hwParams);
}
