using System.Reflection;
using System.Text.RegularExpressions;

namespace Pcm.Docs.Tests;

/// <summary>docs/ARCHITECTURE.md's rules about who may know whom, and about what is written on every public type.</summary>
public partial class ArchitectureTests
{
    public static TheoryData<string, string> Strangers => new() { { "Driver", "Device" }, { "Device", "Driver" } };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void Virtio_DriverAndDevice_DoNotKnowEachOther(string folder, string stranger)
    {
        HashSet<string> declared = [.. FilesOf(folder).SelectMany(static f => Declaration().Matches(CodeOf(f)).Select(static m => m.Groups["name"].Value))];
        HashSet<string> foreign = [.. FilesOf(stranger).SelectMany(static f => Declaration().Matches(CodeOf(f)).Select(static m => m.Groups["name"].Value))];
        Assert.NotEmpty(declared);
        Assert.NotEmpty(foreign);
        Assert.Empty(declared.Intersect(foreign));

        IEnumerable<string> uses = FilesOf(folder).SelectMany(f => Word().Matches(CodeOf(f)).Select(static m => m.Value).Where(foreign.Contains).Distinct().Select(w => $"{f}: {w}"));
        Assert.Empty(uses);
    }

    [Theory]
    [InlineData("Protocol")]
    [InlineData("Memory")]
    [InlineData("Virtqueue")]
    public void Virtio_SharedFolders_KnowNeitherDriverNorDevice(string folder)
    {
        HashSet<string> foreign = [.. FilesOf("Driver").Concat(FilesOf("Device")).SelectMany(static f => Declaration().Matches(CodeOf(f)).Select(static m => m.Groups["name"].Value))];
        Assert.NotEmpty(FilesOf(folder));
        Assert.Empty(FilesOf(folder).SelectMany(f => Word().Matches(CodeOf(f)).Select(static m => m.Value).Where(foreign.Contains).Select(w => $"{f}: {w}")));
    }

    [Fact]
    public void Core_References_AreTheOnesDecided()
    {
        string[] references = [.. typeof(PcmOps).Assembly.GetReferencedAssemblies().Select(static a => a.Name!).Where(static n => !n.StartsWith("System", StringComparison.Ordinal))];
        Assert.Contains("Stateless", references);
        Assert.All(references, static name => Assert.Contains(name,
            (string[])["Stateless", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options"]));
    }

    [Fact]
    public void Virtio_References_NoBackend() =>
        Assert.DoesNotContain(typeof(Virtio.VirtioTransport).Assembly.GetReferencedAssemblies(), static a => a.Name is "Pcm.Backends" or "Pcm.Testing");

    [Fact]
    public void PublicTypes_Docs_StateThreadSafety()
    {
        Type[] types = [.. Surface.Libraries.SelectMany(static a => a.GetExportedTypes()).Where(static t => !t.IsNested)];
        Assert.NotEmpty(types);
        Assert.Empty(types.Where(static t => !XmlDocs.Of(t.Assembly).OfType(t).Contains("Thread safety:", StringComparison.Ordinal)).Select(static t => t.FullName));
    }

    [Theory]
    [InlineData(typeof(PcmOps))]
    [InlineData(typeof(Virtio.VirtioTransport))]
    public void ExtensionPoints_EveryMember_StatesItsContext(Type type)
    {
        IReadOnlyList<MemberInfo> members = Surface.MembersOf(type);
        Assert.NotEmpty(members);
        Assert.Empty(members.Where(m => Surface.ContextOf(type, m) is null).Select(static m => m.Name));
    }

    private static IReadOnlyList<string> FilesOf(string folder) =>
        [.. Repository.TextFiles.Where(f => f.StartsWith($"src/Pcm.Virtio/{folder}/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal))];

    // Comments may speak of the other side; code may not.
    private static string CodeOf(string file) => CommentOrString().Replace(Repository.Read(file), " ");

    // Top-level only: a nested private type has no meaning elsewhere.
    [GeneratedRegex(@"^(?:public |internal |file |static |sealed |abstract |readonly |ref |unsafe |partial )*(?:class|struct|record struct|record class|record|enum|interface)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex CommentOrString();

    [GeneratedRegex(@"\b[A-Za-z_]\w*\b")]
    private static partial Regex Word();
}
