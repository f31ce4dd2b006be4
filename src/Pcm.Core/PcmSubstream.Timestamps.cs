namespace Pcm;

/// <content>Time stamps of the pointer updates (fact sheet 9.3).</content>
public sealed partial class PcmSubstream
{
    private const long NoAudioTime = long.MinValue;

    /// <summary>Asks the hardware for its own stamp when one was requested.</summary>
    /// <returns>System time of the stamp; <paramref name="audioNs"/> is <see cref="NoAudioTime"/> when the position shall tell.</returns>
    private long TakeTimestamp_NeedsLock(PcmRuntime runtime, long now, out long audioNs)
    {
        audioNs = NoAudioTime;
        runtime.AudioTypeActual = PcmAudioTimestampType.Default;
        runtime.AudioAccuracyNs = 0;
        if (runtime.AudioTypeRequested == PcmAudioTimestampType.Default)
        {
            return now;
        }

        var info = new PcmTimeInfo { Type = runtime.AudioTypeRequested };
        if (!Ops.TryGetTimeInfo(ref info) || info.Type == PcmAudioTimestampType.Default)
        {
            return now;
        }

        audioNs = info.AudioNs;
        runtime.AudioTypeActual = info.Type;
        runtime.AudioAccuracyNs = info.AccuracyNs;
        return info.SystemNs;
    }

    private static long NoTimestamp(out long audioNs)
    {
        audioNs = NoAudioTime;
        return 0;
    }

    /// <summary>The system stamp moves only when the audio time does.</summary>
    private void StoreAudioTimestamp_NeedsLock(PcmRuntime runtime, long systemNs, long audioNs)
    {
        if (!runtime.SwParams.Timestamps)
        {
            return;
        }

        if (audioNs == NoAudioTime)
        {
            Int128 frames = (Int128)runtime.HardwareWrap + runtime.HardwarePosition;
            if (runtime.AudioReportDelay)
            {
                frames += Direction == PcmDirection.Playback ? -runtime.DelayFrames : runtime.DelayFrames;
            }

            audioNs = (long)(frames * 1_000_000_000 / runtime.Rate);
        }

        if (audioNs != runtime.AudioTimestampNs)
        {
            runtime.AudioTimestampNs = audioNs;
            runtime.TimestampNs = systemNs;
        }

        runtime.DriverTimestampNs = Services.NowNs;
    }
}
