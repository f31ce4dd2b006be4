using System.Globalization;
using System.Text.RegularExpressions;

namespace Pcm.Docs.Tests;

/// <summary>The tables that people wrote, against the code they speak of.</summary>
public partial class TableTests
{
    [Fact]
    public void Errors_Table_HasEveryErrorOnceWithItsNumberAndName()
    {
        Match[] rows = ErrorRow().Matches(Repository.Read("docs/ERRORS.md")).ToArray();
        Assert.Equal(Enum.GetValues<PcmError>().OrderDescending(), rows.Select(static r => Enum.Parse<PcmError>(r.Groups["member"].Value)));
        Assert.All(rows, static row =>
        {
            PcmError error = Enum.Parse<PcmError>(row.Groups["member"].Value);
            Assert.Equal((int)error, int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture));
            Assert.Equal(error.ErrnoName(), row.Groups["errno"].Value);
            Assert.All(row.Groups["rest"].Value.Split('|')[..3], static cell => Assert.NotEqual("", cell.Trim()));
        });
    }

    [Fact]
    public void Support_EveryTickedRow_NamesATestThatExists()
    {
        Match[] rows = SupportRow().Matches(Repository.Read("README.md")).ToArray();
        Assert.True(rows.Length >= 10, $"README.md has {rows.Length} rows that name their test.");
        HashSet<string> tests = [.. Repository.TextFiles.Where(static f => f.StartsWith("tests/", StringComparison.Ordinal) && HasTests(f)).Select(static f => Path.GetFileNameWithoutExtension(f))];
        Assert.All(rows, row => Assert.Contains(row.Groups["test"].Value, tests));
    }

    [Fact]
    public void Support_EveryTick_HasATestInItsRow()
    {
        // The format table is generated from tables that have their own tests.
        string text = Generated().Replace(Repository.Read("README.md"), "");
        IEnumerable<string> ticked = text.Split('\n').Where(static l => l.StartsWith('|') && l.Contains('✓'));
        Assert.NotEmpty(ticked);
        Assert.All(ticked, static line => Assert.Matches(SupportRow(), line + "\n"));
    }

    [Fact]
    public void Backend_ContractTable_HasEveryOp()
    {
        HashSet<string> rows = [.. OpRow().Matches(Repository.Read("docs/WRITING-A-BACKEND.md")).Select(static m => m.Groups["op"].Value)];
        Assert.Equal(Surface.MembersOf(typeof(PcmOps)).Select(static m => m.Name).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static bool HasTests(string file)
    {
        string text = Repository.Read(file);
        return text.Contains("[Fact", StringComparison.Ordinal) || text.Contains("[Theory", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| (?<number>-?\d+) \| (?<errno>\w+) \| `(?<member>\w+)` \|(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"^\|.*✓.*\| `(?<test>\w+Tests)` \|\n", RegexOptions.Multiline)]
    private static partial Regex SupportRow();

    [GeneratedRegex(@"<!-- generated: .*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Generated();

    [GeneratedRegex(@"^\| `(?<op>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex OpRow();
}
