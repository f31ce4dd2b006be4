global using Pcm.Virtio;
