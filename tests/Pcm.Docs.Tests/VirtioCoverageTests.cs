using System.Globalization;
using System.Text.RegularExpressions;

namespace Pcm.Docs.Tests;

/// <summary>docs/VIRTIO-COVERAGE.md has every row once, and each names tests that exist or says why there is none.</summary>
public partial class VirtioCoverageTests
{
    private const string NotApplicable = "not applicable: ";

    [Fact]
    public void Table_AllRows_AreThereOnce()
    {
        IEnumerable<string> expected =
        [
            .. Ids("D", 1, 35), .. Ids("D", 40, 65), .. Ids("D", 70, 82), .. Ids("V", 1, 35), .. Ids("V", 40, 66), .. Ids("V", 70, 80),
            .. Enumerable.Range(1, 9).Select(static i => $"HV-{i}"),
        ];
        Assert.Equal(expected, Rows().Select(static row => row.Groups["id"].Value));
    }

    [Fact]
    public void Table_EachRow_NamesTestsThatExistOrTheReason()
    {
        HashSet<string> tests = FindTests();
        Assert.True(tests.Count > 300, $"only {tests.Count} tests were found");
        Assert.All(Rows(), row =>
        {
            string cell = row.Groups["test"].Value.Trim();
            if (cell.StartsWith(NotApplicable, StringComparison.Ordinal))
            {
                Assert.True(cell.Length > NotApplicable.Length + 20, $"{row.Groups["id"].Value} gives no reason");
                return;
            }

            string[] named = [.. Named().Matches(cell).Select(static m => m.Groups["test"].Value)];
            Assert.NotEmpty(named);
            IEnumerable<string> qemu = Named().Matches(row.Groups["qemu"].Value).Select(static m => m.Groups["test"].Value);
            Assert.All(named.Concat(qemu), test => Assert.True(tests.Contains(test), $"{row.Groups["id"].Value}: there is no test {test}"));
        });
    }

    private static IEnumerable<string> Ids(string letter, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"{letter}-{i:D2}"));

    private static Match[] Rows() => Row().Matches(Repository.Read("docs/VIRTIO-COVERAGE.md")).ToArray();

    /// <summary>Every method behind a [Fact] or [Theory], as Class.Method; classes are named as their files.</summary>
    private static HashSet<string> FindTests()
    {
        var tests = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in Repository.TextFiles.Where(static f => f.StartsWith("tests/", StringComparison.Ordinal) && (f.EndsWith("Tests.cs", StringComparison.Ordinal) || f.EndsWith("Contract.cs", StringComparison.Ordinal))))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            tests.UnionWith(Test().Matches(Repository.Read(file)).Select(m => $"{name}.{m.Groups["method"].Value}"));
        }

        return tests;
    }

    [GeneratedRegex(@"^\| (?<id>(D|V|HV)-\d+) \| [^|]+ \| [^|]+ \| (?<test>[^|]+) \| (?<qemu>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<test>\w+\.\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\[(Fact|Theory)\b[^\n]*\n(\s*(\[|//)[^\n]*\n)*\s*public (static )?(async )?\w+ (?<method>\w+)\(")]
    private static partial Regex Test();
}
