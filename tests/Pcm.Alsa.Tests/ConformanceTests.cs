using Pcm.Backends.Alsa;
using Pcm.Testing.Conformance;
using Pcm.Testing.Xunit;

namespace Pcm.Alsa.Tests;

/// <summary>The kit over libasound's null PCM.</summary>
public sealed class NullPcmConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget()
    {
        Peers.RequireLibAsound();
        return PcmConformanceTarget.Of("alsa:null", static () => new AlsaBackend(new AlsaOptions { Pcm = "null", Configuration = "pcm.null { type null }" }));
    }
}

/// <summary>The kit over libasound's file PCM; what was played is compared.</summary>
public sealed class FilePcmConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget()
    {
        Peers.RequireLibAsound();
        return new Target();
    }

    private sealed class Target : PcmConformanceTarget
    {
        public override string Name => "alsa file";

        public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
        {
            var folder = new TempFolder();
            byte[] played = [];
            var backend = new AlsaBackend(new AlsaOptions { Pcm = "test", Configuration = AlsaCard.FilePcm(folder.File("out")) });
            return new PcmConformanceBench((await backend.ProbeAsync(services, cancellationToken))[0])
            {
                ReadPlayed = () => played,
                Dispose = () =>
                {
                    played = File.Exists(folder.File("out")) ? File.ReadAllBytes(folder.File("out")) : [];
                    folder.Dispose();
                    return default;
                },
            };
        }
    }
}
