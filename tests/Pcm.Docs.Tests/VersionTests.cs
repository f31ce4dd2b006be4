using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Pcm.Docs.Tests;

/// <summary>Versions that are written where MSBuild's properties do not reach: in the template's projects and in commands of the documents.</summary>
public sealed partial class VersionTests
{
    private const string TemplateFolder = "templates/Pcm.Templates/content/";

    private static readonly string s_ours = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("Version").Single().Value;

    private static readonly Dictionary<string, string> s_others = XDocument.Parse(Repository.Read("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(static p => p.Attribute("Include")!.Value, static p => p.Attribute("Version")!.Value);

    public static TheoryData<string, string, string> TemplateReferences =>
    [
        .. from project in Repository.TextFiles
           where project.StartsWith(TemplateFolder, StringComparison.Ordinal) && project.EndsWith(".csproj", StringComparison.Ordinal)
           from reference in XDocument.Parse(Repository.Read(project)).Descendants("PackageReference")
           select (project[TemplateFolder.Length..], reference.Attribute("Include")!.Value, reference.Attribute("Version")!.Value),
    ];

    [Theory]
    [MemberData(nameof(TemplateReferences))]
    public void Template_EveryPackage_HasTheVersionOfTheRepository(string project, string package, string version) =>
        Assert.True(
            version == (package.StartsWith("Pcm.", StringComparison.Ordinal) ? s_ours : s_others[package]),
            $"{project} takes {package} {version}; see Directory.Build.props and Directory.Packages.props.");

    [Fact]
    public void Documents_EveryPackageOfOurs_HasTheVersionOfTheRepository()
    {
        string[] versions = [.. Repository.Documents.SelectMany(static d => OurPackage().Matches(Repository.Read(d))).Select(static m => m.Groups["version"].Value)];
        Assert.NotEmpty(versions);
        Assert.All(versions, static version => Assert.Equal(s_ours, version));
    }

    [GeneratedRegex(@"\bPcm\.[A-Za-z.]+::(?<version>\d[\w.-]*)")]
    private static partial Regex OurPackage();
}
