namespace Pcm.Virtio;

/// <summary>Feature bits 0 to 63 (virtio 6): what a device offers and a driver accepts. Higher bits are never accepted.</summary>
/// <remarks>Bits 0-23 belong to the device type, 24-43 to queues and transports. Thread safety: an enum.</remarks>
[Flags]
public enum VirtioFeatures : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>VIRTIO_SND_F_CTLS: the sound device has control elements.</summary>
    SoundControls = 1UL << 0,

    /// <summary>VIRTIO_F_INDIRECT_DESC: descriptors may name tables of descriptors.</summary>
    IndirectDescriptors = 1UL << 28,

    /// <summary>VIRTIO_F_EVENT_IDX: notifications at a position instead of on or off.</summary>
    EventIndex = 1UL << 29,

    /// <summary>VHOST_USER_F_PROTOCOL_FEATURES: on a vhost-user socket only, never on virtio.</summary>
    VhostUserProtocol = 1UL << 30,

    /// <summary>VIRTIO_F_VERSION_1: not a legacy device. Required.</summary>
    Version1 = 1UL << 32,

    /// <summary>VIRTIO_F_ACCESS_PLATFORM: device addresses are translated.</summary>
    AccessPlatform = 1UL << 33,

    /// <summary>VIRTIO_F_RING_PACKED: packed queues.</summary>
    RingPacked = 1UL << 34,

    /// <summary>VIRTIO_F_IN_ORDER: buffers are used in the order they were made available. Neither side of this library does it.</summary>
    InOrder = 1UL << 35,

    /// <summary>VIRTIO_F_ORDER_PLATFORM: the device needs hardware-strength barriers.</summary>
    OrderPlatform = 1UL << 36,

    /// <summary>VIRTIO_F_NOTIFICATION_DATA: notifications carry the position. Not used.</summary>
    NotificationData = 1UL << 38,

    /// <summary>VIRTIO_F_NOTIF_CONFIG_DATA: notifications carry a number of the device's choice. Not used.</summary>
    NotificationConfigData = 1UL << 39,

    /// <summary>VIRTIO_F_RING_RESET: one queue can be reset alone.</summary>
    RingReset = 1UL << 40,

    /// <summary>Every bit of the device type, 0 to 23.</summary>
    DeviceTypeBits = (1UL << 24) - 1,

    /// <summary>What both sides of this library do on any transport.</summary>
    RingBits = IndirectDescriptors | EventIndex | Version1 | RingPacked | RingReset,
}
