using System.Text.RegularExpressions;

namespace Pcm.Docs.Tests;

/// <summary>Links lead somewhere, and nothing names the machine it was written on.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_ToFiles_Resolve(string document)
    {
        string folder = Path.GetDirectoryName(document) ?? "";
        string prose = Fenced().Replace(Repository.Read(document), "");
        foreach (Match link in Link().Matches(prose))
        {
            string target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#') || target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                continue;
            }

            string file = Path.Combine(folder, target.Split('#')[0]);
            Assert.True(Repository.Exists(file), $"{document} links to {target}, which does not exist.");
        }
    }

    [Fact]
    public void TextFiles_NoneNamesAMachinePath()
    {
        // A home, a work or a temporary directory, or a drive. Put together here, or this file would be the first to fail.
        var machinePath = new Regex(@"(?<![\w.\-)*/])/(?:" + string.Join('|', "home", "root", "Users", "work", "tmp", "mnt") + @")/\w|\b[A-Z]:\\\w");
        Assert.NotEmpty(Repository.TextFiles);
        IEnumerable<string> found = Repository.TextFiles.SelectMany(f => machinePath.Matches(Repository.Read(f)).Select(m => $"{f}: {m.Value}"));
        Assert.Empty(found);
    }

    [Fact]
    public void Sources_DocumentsTheyName_Exist()
    {
        IEnumerable<string> missing = Repository.TextFiles.Where(static f => f.EndsWith(".cs", StringComparison.Ordinal) || f == ".editorconfig")
            .SelectMany(static f => DocumentName().Matches(Repository.Read(f)).Select(static m => m.Value).Where(static d => !Repository.Exists(d)).Select(d => $"{f}: {d}"));
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\bdocs/[A-Z-]+\.md\b")]
    private static partial Regex DocumentName();
}
