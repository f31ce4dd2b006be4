namespace Pcm.Virtio;

/// <summary>What a device consists of; an item's place is its number on the wire.</summary>
/// <param name="Streams">The streams.</param>
/// <param name="StreamInfos">What the driver is told of them.</param>
/// <param name="Jacks">The jacks.</param>
/// <param name="ChannelMaps">The channel maps.</param>
/// <param name="Controls">The control elements.</param>
internal sealed record SoundDeviceItems(
    SoundStream[] Streams, VirtioSoundPcmInfo[] StreamInfos, SoundJack[] Jacks, VirtioSoundChmapInfo[] ChannelMaps, SoundControlTable Controls);
