using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Pcm.Docs.Tests;

/// <summary>The documentation that the compiler wrote beside an assembly.</summary>
internal sealed partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, XmlDocs> s_loaded = new();
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(Assembly assembly)
    {
        string path = Path.ChangeExtension(assembly.Location, ".xml");
        _members = XDocument.Load(path).Descendants("member").ToDictionary(static m => m.Attribute("name")!.Value);
    }

    public static XmlDocs Of(Assembly assembly) => s_loaded.GetOrAdd(assembly, static a => new XmlDocs(a));

    /// <summary>Everything written about a type, in one line; empty when nothing is.</summary>
    public string OfType(Type type) => TextOf("T:" + type.FullName!.Replace('+', '.'));

    /// <summary>Everything written about a property, or about the method with that name. Overloads are taken together.</summary>
    public string OfMember(Type type, MemberInfo member)
    {
        string id = $"{(member is PropertyInfo ? 'P' : 'M')}:{type.FullName}.{member.Name}";
        return string.Join(' ', _members.Keys.Where(k => k == id || k.StartsWith(id + "(", StringComparison.Ordinal)).Select(TextOf));
    }

    private string TextOf(string id) => _members.TryGetValue(id, out XElement? member) ? Space().Replace(Flatten(member), " ").Trim() : "";

    private static string Flatten(XElement element) => string.Concat(element.Nodes().Select(static node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" or "typeparamref" or "inheritdoc" } reference => NameIn(reference),
        XElement child => Flatten(child) + "\n",
        _ => "",
    }));

    // "M:Pcm.PcmOps.OpenAsync(Pcm.PcmRuntime,..)" is OpenAsync to a reader.
    private static string NameIn(XElement reference)
    {
        if (reference.Attribute("cref") is not { } cref)
        {
            return reference.Attribute("name")?.Value ?? reference.Attribute("langword")?.Value ?? "";
        }

        string name = cref.Value.Split('(')[0];
        return name[(name.LastIndexOfAny(['.', ':']) + 1)..];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
