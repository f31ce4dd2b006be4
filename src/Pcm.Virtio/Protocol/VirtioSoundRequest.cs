namespace Pcm.Virtio;

/// <summary>What a control message asks for (virtio 5.14.6: VIRTIO_SND_R_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundRequest : uint
{
    /// <summary>Describe jacks (R_JACK_INFO).</summary>
    JackInfo = 0x0001,

    /// <summary>Give a jack another association and sequence (R_JACK_REMAP).</summary>
    JackRemap = 0x0002,

    /// <summary>Describe PCM streams (R_PCM_INFO).</summary>
    PcmInfo = 0x0100,

    /// <summary>Set a stream's parameters (R_PCM_SET_PARAMS).</summary>
    PcmSetParams = 0x0101,

    /// <summary>Make a stream ready (R_PCM_PREPARE).</summary>
    PcmPrepare = 0x0102,

    /// <summary>Flush a stream: every pending message is completed first (R_PCM_RELEASE).</summary>
    PcmRelease = 0x0103,

    /// <summary>Start a stream (R_PCM_START).</summary>
    PcmStart = 0x0104,

    /// <summary>Stop a stream; pending messages stay pending (R_PCM_STOP).</summary>
    PcmStop = 0x0105,

    /// <summary>Describe channel maps (R_CHMAP_INFO).</summary>
    ChmapInfo = 0x0200,

    /// <summary>Describe control elements (R_CTL_INFO).</summary>
    ControlInfo = 0x0300,

    /// <summary>Names of an enumerated control's items (R_CTL_ENUM_ITEMS).</summary>
    ControlEnumItems = 0x0301,

    /// <summary>Read a control's value (R_CTL_READ).</summary>
    ControlRead = 0x0302,

    /// <summary>Write a control's value (R_CTL_WRITE).</summary>
    ControlWrite = 0x0303,

    /// <summary>Read a control's metadata (R_CTL_TLV_READ).</summary>
    ControlTlvRead = 0x0304,

    /// <summary>Write a control's metadata (R_CTL_TLV_WRITE).</summary>
    ControlTlvWrite = 0x0305,

    /// <summary>Execute a command on a control's metadata (R_CTL_TLV_COMMAND).</summary>
    ControlTlvCommand = 0x0306,
}
