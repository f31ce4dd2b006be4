namespace Pcm.Testing.Tests.Broken;

/// <summary>A backend with one defect, and the law that must find it.</summary>
/// <param name="Name">The class, and the row of the table.</param>
/// <param name="Defect">What is wrong with it.</param>
/// <param name="Law">The law that catches it.</param>
/// <param name="Create">Makes the ops.</param>
internal sealed record BrokenBackend(string Name, string Defect, string Law, Func<PcmDirection, byte[], ReferenceOps> Create)
{
    public override string ToString() => Name;
}
