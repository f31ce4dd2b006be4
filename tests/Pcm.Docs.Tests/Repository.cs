namespace Pcm.Docs.Tests;

/// <summary>The files of the repository that the tests run in, found from where the tests were built.</summary>
internal static class Repository
{
    private static readonly HashSet<string> s_notOurs = ["artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts"];
    private static readonly HashSet<string> s_textExtensions = [".md", ".cs", ".csproj", ".props", ".targets", ".sln", ".sh", ".txt", ".json", ".yml", ".editorconfig"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file that is, or would be, under version control; paths from the root, with slashes.</summary>
    public static IReadOnlyList<string> TextFiles { get; } = [.. Walk(Root).Where(static f => s_textExtensions.Contains(Path.GetExtension(f))).Select(ToRelative)];

    public static IReadOnlyList<string> Documents { get; } = [.. TextFiles.Where(static f => f.EndsWith(".md", StringComparison.Ordinal))];

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The text with line feeds only, whatever the checkout did.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    public static bool Exists(string relative) => Path.Exists(PathOf(relative));

    private static string ToRelative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            yield return file;
        }

        foreach (string child in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(child);
            if (!s_notOurs.Contains(name) && name != ".git")
            {
                foreach (string file in Walk(child))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot()
    {
        for (string? directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Pcm.sln")))
            {
                return directory;
            }
        }

        throw new DirectoryNotFoundException($"No directory above {AppContext.BaseDirectory} has Pcm.sln; the document tests run inside the repository.");
    }
}
