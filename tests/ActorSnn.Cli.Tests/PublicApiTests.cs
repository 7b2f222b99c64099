using System.Reflection;
using System.Text;

namespace ActorSnn.Cli.Tests;

/// <summary>
/// The public surface of each library is written down in PublicApi/. A change to it shows up here first; when it is meant, run the tests with
/// ACTORSNN_APPROVE=1 and commit the new text.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("ActorSnn.Networks", typeof(Networks.Network))]
    [InlineData("ActorSnn.Cores", typeof(Cores.NeuronCore))]
    [InlineData("ActorSnn.Mesh", typeof(Mesh.IMesh))]
    [InlineData("ActorSnn.Mesh.Tcp", typeof(Mesh.Tcp.TcpNode))]
    [InlineData("ActorSnn.Stores", typeof(Stores.RunStores))]
    [InlineData("ActorSnn.Learning", typeof(Learning.Sbp.SbpCircuit))]
    [InlineData("ActorSnn.Datasets", typeof(Datasets.IdxFile))]
    [InlineData("ActorSnn.Reports", typeof(Reports.HtmlReport))]
    public void The_public_surface_is_the_one_written_down(string library, Type inside)
    {
        string path = Path.Combine(SourceDirectory(), "tests", "ActorSnn.Cli.Tests", "PublicApi", library + ".txt");
        string surface = Describe(inside.Assembly);
        if (Environment.GetEnvironmentVariable("ACTORSNN_APPROVE") == "1") File.WriteAllText(path, surface);
        Assert.Equal(File.ReadAllText(path), surface);
    }

    private static string SourceDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("no directory above holds ActorSnn.sln");
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            string kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class"
                : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
            text.Append($"{kind} {type.FullName}");
            if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && !type.IsEnum) text.Append($" : {NameOf(parent)}");
            text.Append('\n');
            const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            var members = type.GetMembers(Declared).Where(m => !IsNoise(m)).Select(Describe);
            foreach (string member in members.Order(StringComparer.Ordinal)) text.Append($"  {member}\n");
        }
        return text.ToString();
    }

    private static bool IsNoise(MemberInfo member) =>
        member is MethodInfo { IsSpecialName: true } or Type
        || member.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null;

    private static string Describe(MemberInfo member) => member switch
    {
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{NameOf(method.ReturnType)} {method.Name}({Parameters(method)})",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo property => $"{NameOf(property.PropertyType)} {property.Name} {{{(property.GetMethod is { IsPublic: true } ? " get;" : "")}"
            + $"{(property.SetMethod is { IsPublic: true } ? " set;" : "")} }}",
        FieldInfo { IsLiteral: true } constant => $"const {NameOf(constant.FieldType)} {constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}",
        _ => member.ToString() ?? member.Name,
    };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{NameOf(p.ParameterType)} {p.Name}{(p.IsOptional ? " = …" : "")}"));

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
