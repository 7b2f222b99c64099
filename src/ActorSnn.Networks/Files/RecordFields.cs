using System.Reflection;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks;

/// <summary>
/// A record as a JSON object: each parameter of its constructor is a field of the same name in camelCase. Parameters with a default may be left out.
/// As bytes, all parameters follow one another. Numbers, whole numbers, texts, enumerations (as text) and initial values are known.
/// </summary>
internal sealed class RecordFields
{
    private readonly ConstructorInfo _constructor;
    private readonly (ParameterInfo Parameter, PropertyInfo Property, string Name)[] _fields;

    public RecordFields(Type type)
    {
        _constructor = type.GetConstructors().Single();
        _fields = [.. _constructor.GetParameters().Select(p => (p, type.GetProperty(p.Name!)!, CamelCase(p.Name!)))];
    }

    /// <summary>The fields, in the order of the constructor's parameters.</summary>
    public IReadOnlyCollection<string> Names => [.. _fields.Select(f => f.Name)];

    /// <summary>Builds a record from the fields of an object.</summary>
    public object Read(JsonFields fields) => _constructor.Invoke([.. _fields.Select(f =>
        fields.Has(f.Name) || !f.Parameter.HasDefaultValue ? Read(f.Parameter.ParameterType, f.Name, fields) : f.Parameter.DefaultValue)]);

    /// <summary>Writes all fields of a record but those that are null.</summary>
    public void Write(object record, JsonObject json)
    {
        foreach (var (_, property, name) in _fields)
        {
            if (property.GetValue(record) is { } value) json[name] = ToJson(value);
        }
    }

    /// <summary>Whether it is a record of this type.</summary>
    public bool IsOf(object record) => record.GetType() == _constructor.DeclaringType;

    /// <summary>Writes all fields of a record as bytes.</summary>
    public void Write(object record, BlobWriter blob)
    {
        foreach (var (_, property, _) in _fields)
        {
            switch (property.GetValue(record))
            {
                case double number: blob.Double(number); break;
                case int number: blob.Int32(number); break;
                case string text: blob.Text(text); break;
                case Enum choice: blob.Int32(Convert.ToInt32(choice)); break;
                case null: blob.Byte(0); break;
                case InitialValue.ConstantValue constant: Put(1, constant.Value); break;
                case InitialValue.UniformValue uniform: Put(2, uniform.Low, uniform.High); break;
                case InitialValue.NormalValue normal: Put(3, normal.Mean, normal.StandardDeviation); break;
                case var other: throw new NotSupportedException(other.GetType().Name);
            }
        }

        void Put(byte kind, params ReadOnlySpan<double> numbers)
        {
            blob.Byte(kind);
            foreach (double number in numbers) blob.Double(number);
        }
    }

    /// <summary>Builds a record from bytes.</summary>
    public object Read(BlobReader blob) => _constructor.Invoke([.. _fields.Select(f => Read(f.Parameter.ParameterType, f.Name, blob))]);

    /// <summary>Initial values: a number, or a distribution.</summary>
    public static JsonNode ToJson(InitialValue value) => value switch
    {
        InitialValue.ConstantValue constant => constant.Value,
        InitialValue.UniformValue uniform => new JsonObject { ["kind"] = "uniform", ["low"] = uniform.Low, ["high"] = uniform.High },
        InitialValue.NormalValue normal => new JsonObject { ["kind"] = "normal", ["mean"] = normal.Mean, ["standardDeviation"] = normal.StandardDeviation },
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static object Read(Type type, string name, JsonFields fields)
    {
        if (type == typeof(double)) return fields.Number(name);
        if (type == typeof(int)) return fields.Integer(name, int.MinValue, int.MaxValue);
        if (type == typeof(string)) return fields.Text(name);
        if (type == typeof(InitialValue)) return ReadInitialValue(fields.Require(name), fields.PathOf(name));
        if (!type.IsEnum) throw new NotSupportedException($"parameters of {type.Name}");
        string text = fields.Text(name);
        string[] known = [.. Enum.GetNames(type).Select(CamelCase)];
        int index = Array.IndexOf(known, text);
        return index >= 0
            ? Enum.GetValues(type).GetValue(index)!
            : throw new NetworkException(fields.PathOf(name), $"{JsonFields.Quote(text)} is unknown; known are {string.Join(", ", known)}");
    }

    private static object? Read(Type type, string name, BlobReader blob)
    {
        if (type == typeof(double)) return blob.Double();
        if (type == typeof(int)) return blob.Int32();
        if (type == typeof(string)) return blob.Text();
        if (type == typeof(InitialValue))
        {
            return blob.Choice(4) switch
            {
                0 => null,
                1 => (InitialValue)blob.Double(),
                2 => InitialValue.Uniform(blob.Double(), blob.Double()),
                _ => InitialValue.Normal(blob.Double(), blob.Double()),
            };
        }
        if (!type.IsEnum) throw new NotSupportedException($"parameters of {type.Name}");
        object choice = Enum.ToObject(type, blob.Int32());
        return Enum.IsDefined(type, choice) ? choice : throw blob.Damaged($"{name} {choice:d} is unknown");
    }

    private static InitialValue ReadInitialValue(System.Text.Json.JsonElement element, string path)
    {
        if (element.ValueKind != System.Text.Json.JsonValueKind.Object) return JsonFields.Number(element, path);
        if (JsonFields.KindOf(element, path, ["uniform", "normal"]) == "uniform")
        {
            var uniform = new JsonFields(element, path, "kind", "low", "high");
            return InitialValue.Uniform(uniform.Number("low"), uniform.Number("high"));
        }
        var normal = new JsonFields(element, path, "kind", "mean", "standardDeviation");
        return InitialValue.Normal(normal.Number("mean"), normal.Number("standardDeviation"));
    }

    private static JsonNode ToJson(object value) => value switch
    {
        double number => number,
        int number => number,
        string text => text,
        Enum choice => CamelCase(choice.ToString()),
        InitialValue initial => ToJson(initial),
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
