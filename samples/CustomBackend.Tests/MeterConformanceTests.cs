using Pcm.Testing.Conformance;
using Pcm.Testing.Xunit;

namespace Pcm.Samples.CustomBackend.Tests;

#region conformance
/// <summary>The meter keeps every law of the kit; one row each.</summary>
public sealed class MeterConformanceTests : PcmConformanceTests
{
    /// <inheritdoc/>
    protected override PcmConformanceTarget CreateTarget() => PcmConformanceTarget.Of("meter", static () => new MeterBackend("meter", static _ => { }));
}
#endregion
