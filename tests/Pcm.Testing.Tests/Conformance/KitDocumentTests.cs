using System.Text;
using Pcm.Docs.Tests;
using Pcm.Testing.Conformance;
using Pcm.Testing.Tests.Broken;

namespace Pcm.Testing.Tests.Conformance;

/// <summary>The tables of docs/CONFORMANCE-KIT.md are the code's.</summary>
[Collection("documents")] // rewrites them on demand: not beside the other
public sealed class KitDocumentTests
{
    private const string Document = "docs/CONFORMANCE-KIT.md";

    [Fact]
    public void LawTable_IsTheLaws()
    {
        var text = new StringBuilder("| Area | Law | What it demands | Where it comes from | Needs |\n|---|---|---|---|---|\n");
        foreach (PcmLaw law in PcmConformance.Laws)
        {
            string needs = string.Join(", ", law.Needs);
            text.Append($"| {law.Area} | `{law.Name}` | {law.Statement} | {law.Source} | {needs} |\n");
        }

        GeneratedSection.Verify(Document, "laws", text.ToString());
    }

    [Fact]
    public void BrokenTable_IsTheBrokenBackends()
    {
        var text = new StringBuilder("| Backend | Its defect | Caught by |\n|---|---|---|\n");
        foreach (BrokenBackend broken in BrokenBackends.All)
        {
            text.Append($"| `{broken.Name}` | {broken.Defect} | `{broken.Law}` |\n");
        }

        GeneratedSection.Verify(Document, "broken backends", text.ToString());
    }

    [Fact]
    public void Laws_HaveNamesSentencesAndSources()
    {
        Assert.True(PcmConformance.Laws.Count >= 60, $"{PcmConformance.Laws.Count} laws");
        Assert.Equal(PcmConformance.Laws.Count, PcmConformance.Laws.Select(static l => l.Name).Distinct().Count());
        Assert.All(PcmConformance.Laws, static law =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", law.Name);
            Assert.EndsWith(".", law.Statement, StringComparison.Ordinal);
            Assert.NotEmpty(law.Source);
        });
    }
}
