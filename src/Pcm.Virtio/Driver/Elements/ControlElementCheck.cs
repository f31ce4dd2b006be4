namespace Pcm.Virtio;

/// <summary>Judges what a device says of a control element: it is believed only as far as it makes sense.</summary>
internal static class ControlElementCheck
{
    /// <summary>Why an element cannot be used; null when it can.</summary>
    /// <param name="info">As the device sent it.</param>
    /// <param name="name">Its name.</param>
    public static string? FindProblem(VirtioSoundControlInfo info, out string name)
    {
        uint type = info.Type, count = info.Count, items = info.EnumeratedItems;
        int most = ControlElementLimits.MaxCount((VirtioSoundControlType)type);
        bool named = TryReadText(info.Name, out name);
        return !ControlElementLimits.IsType(type) ? $"its type is {type}; expected 0 to 5"
            : count == 0 || count > (uint)most ? $"it has {count} values; expected 1 to {most}"
            : !named ? "its name is no ASCII text with an end"
            : (VirtioSoundControlType)type == VirtioSoundControlType.Enumerated && items is 0 or > ControlElementLimits.MaxItems
                ? $"it has {items} items; expected 1 to {ControlElementLimits.MaxItems}"
            : null;
    }

    /// <summary>ASCII up to the first zero, at least one character. False for anything else, such as a text without an end.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> bytes, out string text)
    {
        int length = bytes.IndexOf((byte)0);
        bool fine = length > 0 && System.Text.Ascii.IsValid(bytes[..length]);
        text = fine ? System.Text.Encoding.ASCII.GetString(bytes[..length]) : "";
        return fine;
    }
}
