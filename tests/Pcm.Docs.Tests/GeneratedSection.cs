namespace Pcm.Docs.Tests;

/// <summary>
/// A part of a document between <c>&lt;!-- generated: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c> that a test makes anew and compares.
/// With PCM_UPDATE_DOCS=1 in the environment the part is rewritten instead, and the test fails once, so that nobody leaves it set.
/// </summary>
internal static class GeneratedSection
{
    private const string End = "<!-- end -->";

    public static void Verify(string document, string name, string expected)
    {
        string text = Repository.Read(document);
        string begin = $"<!-- generated: {name} -->\n";
        int start = text.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{document} has no section '{name}'.");
        start += begin.Length;
        int end = text.IndexOf(End, start, StringComparison.Ordinal);
        Assert.True(end >= 0, $"The section '{name}' of {document} has no {End}.");
        string wanted = expected.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (text[start..end] != wanted && Environment.GetEnvironmentVariable("PCM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Repository.PathOf(document), string.Concat(text.AsSpan(0, start), wanted, text.AsSpan(end)));
            Assert.Fail($"Rewrote '{name}' of {document}; review it, and run again without PCM_UPDATE_DOCS.");
        }

        Assert.Equal(wanted, text[start..end]);
    }
}
