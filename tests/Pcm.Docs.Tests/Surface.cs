using System.Reflection;

namespace Pcm.Docs.Tests;

/// <summary>What the libraries show to their users.</summary>
internal static class Surface
{
    public static IReadOnlyList<Assembly> Libraries { get; } =
    [
        typeof(PcmOps).Assembly,
        typeof(Virtio.VirtioTransport).Assembly,
        typeof(Backends.WavBackend).Assembly,
        typeof(Testing.VirtualClock).Assembly,
        typeof(Testing.Xunit.PcmConformanceTests).Assembly,
    ];

    /// <summary>The public members that a type itself declares: properties, and methods that are neither accessors nor operators.</summary>
    public static IReadOnlyList<MemberInfo> MembersOf(Type type) =>
    [
        .. type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(static m => m is PropertyInfo || m is MethodInfo { IsSpecialName: false })
            .OrderBy(static m => m.MetadataToken),
    ];

    /// <summary>What a member's documentation says behind "Context:", up to the next heading; null when it does not say.</summary>
    public static string? ContextOf(Type type, MemberInfo member)
    {
        string text = XmlDocs.Of(type.Assembly).OfMember(type, member);
        int start = text.IndexOf("Context:", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        string context = text[(start + "Context:".Length)..];
        int end = context.IndexOf(" Errors:", StringComparison.Ordinal);
        context = (end < 0 ? context : context[..end]).Trim();
        int sentence = context.IndexOf(". ", StringComparison.Ordinal);
        return sentence < 0 ? context.TrimEnd('.') : context[..sentence];
    }
}
