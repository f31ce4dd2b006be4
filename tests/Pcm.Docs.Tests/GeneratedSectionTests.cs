using System.Reflection;
using System.Text;
using Pcm.Backends;
using Pcm.Cli.Devices;
using Pcm.Testing.Replay;
using Pcm.Virtio;

namespace Pcm.Docs.Tests;

/// <summary>The parts of the documents that are made from the code, made anew and compared.</summary>
[Collection("documents")] // rewrites them on demand: not beside the other
public class GeneratedSectionTests
{
    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void Lifecycle_Diagram_IsTheMachines(PcmDirection direction) =>
        GeneratedSection.Verify("docs/LIFECYCLE.md", $"{direction} diagram", $"```mermaid\n{PcmLifecycleGraph.ToMermaid(direction).ReplaceLineEndings("\n").Trim('\n')}\n```");

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void Lifecycle_Table_IsTheMachines(PcmDirection direction) =>
        GeneratedSection.Verify("docs/LIFECYCLE.md", $"{direction} table", PcmLifecycleGraph.ToTable(direction));

    [Theory]
    [InlineData(typeof(PcmOps))]
    [InlineData(typeof(PcmRuntime))]
    [InlineData(typeof(VirtioTransport))]
    public void Threading_ContextTable_IsTheXmlDocs(Type type)
    {
        var text = new StringBuilder("| Member | Context |\n|---|---|\n");
        foreach (MemberInfo member in Surface.MembersOf(type))
        {
            if (Surface.ContextOf(type, member) is { } context)
            {
                text.Append("| `").Append(member.Name).Append("` | ").Append(context.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
            }
        }

        GeneratedSection.Verify("docs/THREADING.md", type.Name, text.ToString());
    }

    [Fact]
    public void Readme_FormatTable_IsTheCodes()
    {
        var text = new StringBuilder("| Format | Number | Bits in memory | WAV file | virtio-snd |\n|---|---|---|---|---|\n");
        foreach (PcmFormat format in PcmFormats.All)
        {
            bool wav = WavFormat.CanCarry(format);
            bool virtio = VirtioPcmFormats.TryToVirtio(format, out _);
            if (wav || virtio)
            {
                text.Append($"| {format.AlsaName()} | {(int)format} | {format.PhysicalWidthBits()} | {Tick(wav)} | {Tick(virtio)} |\n");
            }
        }

        GeneratedSection.Verify("README.md", "formats", text.ToString());
    }

    [Fact]
    public void Conformance_TraceCounts_AreTheFiles()
    {
        var text = new StringBuilder("| Trace | Cards | Sequences | Steps | Kernel |\n|---|---|---:|---:|---|\n");
        int allSequences = 0;
        int allSteps = 0;
        foreach (string path in Directory.EnumerateFiles(Repository.PathOf("tests/traces"), "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            var cards = new SortedSet<string>(StringComparer.Ordinal);
            var kernels = new SortedSet<string>(StringComparer.Ordinal);
            int sequences = 0;
            int steps = 0;
            foreach (TraceSequence sequence in TraceReader.ReadFile(path))
            {
                cards.Add(sequence.Card);
                kernels.Add(sequence.Kernel);
                sequences++;
                steps += sequence.Steps.Count;
            }

            text.Append($"| {Path.GetFileName(path)} | {string.Join(", ", cards)} | {sequences} | {steps} | {string.Join(", ", kernels)} |\n");
            allSequences += sequences;
            allSteps += steps;
        }

        text.Append($"| **all** | | **{allSequences}** | **{allSteps}** | |\n");
        GeneratedSection.Verify("docs/KERNEL-CONFORMANCE.md", "traces", text.ToString());
    }

    [Fact]
    public void Conformance_VirtioDeviations_AreTheReplays()
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var replayer = new TraceReplayer(ReplayCards.Create(), TraceComparison.Full, deviations: VirtioDeviations.All);
        foreach (string path in Directory.EnumerateFiles(Repository.PathOf("tests/traces"), "*.jsonl.gz"))
        {
            foreach (TraceSequence sequence in TraceReader.ReadFile(path).Where(static s => s.Card == "virtio"))
            {
                if (replayer.Replay(sequence).Deviation is { } deviation)
                {
                    found.TryAdd(deviation.Name, new SortedSet<string>(StringComparer.Ordinal));
                    found[deviation.Name].Add(sequence.Id);
                }
            }
        }

        var text = new StringBuilder("| Deviation | Sequences | Which |\n|---|---:|---|\n");
        foreach ((string name, SortedSet<string> ids) in found)
        {
            text.Append($"| {name} | {ids.Count} | {string.Join(", ", ids.Select(static id => $"`{id}`"))} |\n");
        }

        GeneratedSection.Verify("docs/KERNEL-CONFORMANCE.md", "virtio deviations", text.ToString());
    }

    private static string Tick(bool yes) => yes ? "✓" : "";
}
