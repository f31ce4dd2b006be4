using System.Text;
using System.Text.RegularExpressions;

namespace Pcm.Docs.Tests;

/// <summary>
/// Every C# block of README.md and docs is compiled somewhere: <c>&lt;!-- code: FILE#REGION+REGION --&gt;</c> before it names where,
/// and it is that text.
/// </summary>
[Collection("documents")] // rewrites them on demand: not beside the other
public partial class CodeBlockTests
{
    private const string Fence = "```csharp\n";

    public static TheoryData<string> Documents =>
        [.. Repository.Documents.Where(static d => Repository.Read(d).Contains(Fence, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CSharpBlocks_EqualTheRegionsTheyName(string document)
    {
        string text = Repository.Read(document);
        int blocks = text.Split(Fence).Length - 1;
        MatchCollection marked = MarkedBlock().Matches(text);
        Assert.Equal(blocks, marked.Count);
        foreach (Match block in marked)
        {
            string expected = RegionsOf(block.Groups["file"].Value, block.Groups["regions"].Value.Split('+'));
            Group code = block.Groups["code"];
            if (code.Value != expected && Environment.GetEnvironmentVariable("PCM_UPDATE_DOCS") == "1")
            {
                File.WriteAllText(Repository.PathOf(document), string.Concat(text.AsSpan(0, code.Index), expected, text.AsSpan(code.Index + code.Length)));
                Assert.Fail($"Rewrote a block of {document}; run again, and at last without PCM_UPDATE_DOCS.");
            }

            Assert.Equal(expected, code.Value);
        }
    }

    [Fact]
    public void Readme_Example_IsShort()
    {
        Match block = MarkedBlock().Match(Repository.Read("README.md"));
        Assert.True(block.Success);
        Assert.InRange(block.Groups["code"].Value.Count(static c => c == '\n'), 5, 14);
    }

    private static string RegionsOf(string file, string[] names)
    {
        string[] lines = Repository.Read(file).Split('\n');
        var text = new StringBuilder();
        foreach (string name in names)
        {
            int start = Array.FindIndex(lines, l => l.Trim() == "#region " + name);
            Assert.True(start >= 0, $"{file} has no region '{name}'.");
            int length = lines.AsSpan(start + 1).ToArray().TakeWhile(static l => l.Trim() != "#endregion").Count();
            string[] body = lines[(start + 1)..(start + 1 + length)];
            int indent = body.Where(static l => l.Length > 0).Min(static l => l.Length - l.TrimStart().Length);
            foreach (string line in body)
            {
                text.Append(line.Length == 0 ? "" : line[indent..]).Append('\n');
            }
        }

        return text.ToString();
    }

    [GeneratedRegex(@"<!-- code: (?<file>[\w./-]+)#(?<regions>[\w+-]+) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex MarkedBlock();
}
