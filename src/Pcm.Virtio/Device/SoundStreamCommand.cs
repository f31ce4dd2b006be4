namespace Pcm.Virtio;

/// <summary>What moves a stream: the five commands of virtio 5.14.6.6, and two of the device itself.</summary>
internal enum SoundStreamCommand
{
    /// <summary>R_PCM_SET_PARAMS.</summary>
    SetParams,

    /// <summary>R_PCM_PREPARE.</summary>
    Prepare,

    /// <summary>R_PCM_START.</summary>
    Start,

    /// <summary>R_PCM_STOP.</summary>
    Stop,

    /// <summary>R_PCM_RELEASE.</summary>
    Release,

    /// <summary>The audio side ran dry, or lost its place, and is started again.</summary>
    Restart,

    /// <summary>The device was reset.</summary>
    Reset,
}
