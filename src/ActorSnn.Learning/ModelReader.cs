using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning;

/// <summary>Reads model files of all kinds, and checks what it reads.</summary>
/// <param name="archive">The file.</param>
internal sealed class ModelReader(ArrayArchive archive)
{
    /// <summary>Most outputs of a network: labels are bytes.</summary>
    private const int MostOutputs = byte.MaxValue + 1;

    /// <summary>A whole number of the metadata.</summary>
    /// <exception cref="ArchiveException">It is missing or out of range.</exception>
    public int Whole(string name, int least, int most = int.MaxValue)
    {
        int value = archive.Require<int>(name);
        return value >= least && value <= most ? value : throw new ArchiveException(archive.File, $"\"{name}\" in its metadata is {value}; it must be {least} to {most}");
    }

    /// <summary>A real number of the metadata, at least 0.</summary>
    /// <exception cref="ArchiveException">It is missing or out of range.</exception>
    public double Real(string name, double most)
    {
        double value = archive.Require<double>(name);
        return value >= 0 && value <= most ? value : throw new ArchiveException(archive.File, $"\"{name}\" in its metadata is {value}; it must be 0 to {most}");
    }

    /// <summary>The samples learned from.</summary>
    /// <exception cref="ArchiveException">They are missing or negative.</exception>
    public long Samples()
    {
        long samples = archive.Require<long>("samples");
        return samples >= 0 ? samples : throw new ArchiveException(archive.File, $"\"samples\" in its metadata is {samples}; at least 0");
    }

    /// <summary>An object of the metadata.</summary>
    /// <exception cref="ArchiveException">It is missing or none.</exception>
    public JsonObject Group(string name) => archive.Metadata[name] as JsonObject ?? throw new ArchiveException(archive.File, $"\"{name}\" in its metadata is no object");

    /// <summary>One of the accuracies, a fraction.</summary>
    /// <exception cref="ArchiveException">It is missing or no fraction.</exception>
    public double Accuracy(string measure)
    {
        double value = archive.Require<double>(Group("accuracy"), measure);
        return value is >= 0 and <= 1 ? value : throw new ArchiveException(archive.File, $"its accuracy \"{measure}\" is {value}; it must be 0 to 1");
    }

    /// <summary>A value of an enumeration as it is written in metadata.</summary>
    public static string NameOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A value of an enumeration.</summary>
    /// <exception cref="ArchiveException">It is missing or unknown.</exception>
    public T Named<T>(string name) where T : struct, Enum
    {
        string text = archive.Require<string>(name);
        foreach (var value in Enum.GetValues<T>())
        {
            if (NameOf(value) == text) return value;
        }
        throw new ArchiveException(archive.File, $"\"{name}\" in its metadata is \"{text}\"; known are {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}");
    }

    /// <summary>Requires that options make sense together.</summary>
    /// <param name="validate">Throws an <see cref="ArgumentException"/> where they do not.</param>
    /// <exception cref="ArchiveException">They do not.</exception>
    public void Require(Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException e)
        {
            throw new ArchiveException(archive.File, $"its metadata make no sense: {e.Message}", e);
        }
    }

    /// <summary>Adds weights and biases of layers to a new file: for each layer l from 1 <c>Wl</c> [sources, targets] and <c>bl</c> [targets], f4.</summary>
    public static void Add(ArrayArchive archive, LayerWeights weights)
    {
        for (int l = 1; l <= weights.Layers; l++)
        {
            archive.Add($"W{l}", weights.Weights(l), weights.Sizes[l - 1], weights.Sizes[l]);
            archive.Add($"b{l}", weights.Biases(l), weights.Sizes[l]);
        }
    }

    /// <summary>Reads weights and biases of layers.</summary>
    /// <param name="inputs">Values of a sample.</param>
    /// <param name="leastLayers">Fewest layers.</param>
    /// <param name="mostLayers">Most layers.</param>
    /// <exception cref="ArchiveException">They are missing, of other sizes, or not finite.</exception>
    public LayerWeights Weights(long inputs, int leastLayers, int mostLayers = int.MaxValue)
    {
        int layers = archive.Names.Count() / 2;
        if (layers == 0) throw new ArchiveException(archive.File, "has no layers");
        if (layers < leastLayers || layers > mostLayers)
            throw new ArchiveException(archive.File, $"has {layers} layers of weights; {(layers < leastLayers ? $"at least {leastLayers}" : $"at most {mostLayers}")}");
        if (inputs > int.MaxValue) throw new ArchiveException(archive.File, $"has samples of {inputs} values; at most {int.MaxValue}");
        var sizes = ImmutableArray.CreateBuilder<int>();
        sizes.Add((int)inputs);
        var weights = new float[layers][];
        var biases = new float[layers][];
        for (int l = 1; l <= layers; l++)
        {
            weights[l - 1] = Finite($"W{l}", archive.Get<float>($"W{l}", sizes[^1], -1));
            sizes.Add(archive.ShapeOf($"W{l}")[1]);
            biases[l - 1] = Finite($"b{l}", archive.Get<float>($"b{l}", sizes[^1]));
            if (sizes[^1] < 1) throw new ArchiveException(archive.File, $"has no neurons in layer {l}");
        }
        if (sizes[^1] > MostOutputs) throw new ArchiveException(archive.File, $"has {sizes[^1]} outputs; 1 to {MostOutputs}");
        return new LayerWeights([.. sizes], weights, biases);
    }

    private float[] Finite(string name, float[] values)
    {
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw new ArchiveException(archive.File, $"value {wrong} of \"{name}\" is {values[wrong]}; it must be finite");
    }
}
