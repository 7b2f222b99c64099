using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using Hyperion;

namespace ActorSnn.Mesh.Akka.Wire;

/// <summary>
/// The types a control message may consist of: all messages and greetings, and what their members are of; nothing else. Where a member's type is abstract, all types of the mesh that derive from it.
/// </summary>
internal sealed partial class KnownTypes : ITypeFilter
{
    private readonly FrozenSet<string> _names;

    private KnownTypes()
    {
        var found = new HashSet<Type>();
        Add(found, typeof(ControlMessage));
        Add(found, typeof(Greeting));
        All = [.. found.OrderBy(t => t.ToString(), StringComparer.Ordinal)];
        _names = All.Select(t => Plain(t.AssemblyQualifiedName!)).ToFrozenSet();
    }

    public static KnownTypes Instance { get; } = new();

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<Type> All { get; }

    /// <inheritdoc/>
    public bool IsAllowed(string typeName) => _names.Contains(Plain(typeName));

    private static void Add(HashSet<Type> found, Type type)
    {
        // Written as what stands for it.
        if (type == typeof(CheckpointManifest)) Add(found, typeof(ManifestSurrogate));
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            Add(found, underlying);
            return;
        }
        if (type.IsInterface) throw new InvalidOperationException($"a control message has a member of the open type {type}");
        if (type.IsAbstract)
        {
            foreach (var derived in typeof(ControlMessage).Assembly.GetTypes().Where(t => t.BaseType == type)) Add(found, derived);
            return;
        }
        if (!found.Add(type) || type.IsPrimitive || type.IsEnum || type == typeof(string)) return;
        if (type.IsArray)
        {
            Add(found, type.GetElementType()!);
            return;
        }
        if (type.IsGenericType)
        {
            foreach (var argument in type.GetGenericArguments()) Add(found, argument);
            return;
        }
        if (type == typeof(CheckpointManifest)) return;
        for (var owner = type; owner is not null && owner != typeof(object) && owner != typeof(ValueType); owner = owner.BaseType)
        {
            foreach (var field in owner.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)) Add(found, field.FieldType);
        }
    }

    /// <summary>A name without versions, which Hyperion leaves out on reading only.</summary>
    private static string Plain(string name) => Versions().Replace(name.Replace(",%core%", ""), "");

    [GeneratedRegex(@", (Version|Culture|PublicKeyToken)=[^,\]]+", RegexOptions.CultureInvariant)]
    private static partial Regex Versions();
}
