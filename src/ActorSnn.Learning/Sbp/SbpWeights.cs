using ActorSnn.Networks;

namespace ActorSnn.Learning.Sbp;

/// <summary>
/// The two weight matrices of an sBP network, in half weight units: a byte b stands for the weight 2 b, an even integer in [-256, 254];
/// 1024 weight units stand for 1.0.
/// </summary>
public sealed class SbpWeights
{
    /// <summary>Largest magnitude of an initial weight, in weight units: a margin to the ends of the range.</summary>
    public const int InitialLimit = 240;

    private const int UnitsPerOne = 1024;

    /// <summary>Takes ownership of two matrices.</summary>
    /// <param name="inputs">Size of x.</param>
    /// <param name="hidden">Size of h.</param>
    /// <param name="outputs">Size of o.</param>
    /// <param name="w1">[inputs, hidden], row-major.</param>
    /// <param name="w2">[hidden, outputs], row-major.</param>
    public SbpWeights(int inputs, int hidden, int outputs, sbyte[] w1, sbyte[] w2)
    {
        if (w1.Length != (long)inputs * hidden) throw new ArgumentException($"{w1.Length} weights for {inputs} x {hidden}", nameof(w1));
        if (w2.Length != (long)hidden * outputs) throw new ArgumentException($"{w2.Length} weights for {hidden} x {outputs}", nameof(w2));
        (Inputs, Hidden, Outputs, W1, W2) = (inputs, hidden, outputs, w1, w2);
    }

    /// <summary>Size of x.</summary>
    public int Inputs { get; }

    /// <summary>Size of h.</summary>
    public int Hidden { get; }

    /// <summary>Size of o.</summary>
    public int Outputs { get; }

    /// <summary>Input to hidden, [inputs, hidden] row-major, in half weight units.</summary>
    public sbyte[] W1 { get; }

    /// <summary>Hidden to output, [hidden, outputs] row-major, in half weight units.</summary>
    public sbyte[] W2 { get; }

    /// <summary>
    /// Random initial weights: normal with standard deviation sqrt(2 / (n_in + n_out)), times 1024, clipped to ±240 and truncated toward zero
    /// to even integers (the authors' code; Glorot and Bengio, AISTATS 2010).
    /// </summary>
    /// <param name="inputs">Size of x.</param>
    /// <param name="hidden">Size of h.</param>
    /// <param name="outputs">Size of o.</param>
    /// <param name="seed">Seed.</param>
    public static SbpWeights Initialise(int inputs, int hidden, int outputs, ulong seed) => new(
        inputs, hidden, outputs, Draw(inputs, hidden, new CounterRandom(seed, RandomPurpose.Weight, 0)),
        Draw(hidden, outputs, new CounterRandom(seed, RandomPurpose.Weight, 1)));

    /// <summary>W1 as the weights of a dense projection, in weight units.</summary>
    public float[] InputToHidden() => Array.ConvertAll(W1, w => (float)(HebbianCoincidence.Step * w));

    /// <summary>W2 as the weights of a dense projection, in weight units.</summary>
    public float[] HiddenToOutput() => Array.ConvertAll(W2, w => (float)(HebbianCoincidence.Step * w));

    /// <summary>±W2 transposed, [outputs, hidden], in weight units; the negative of the smallest weight saturates, as it does on the mesh.</summary>
    /// <param name="sign">1 or -1.</param>
    public float[] OutputToHidden(int sign)
    {
        var result = new float[W2.Length];
        for (int j = 0; j < Hidden; j++)
        {
            for (int k = 0; k < Outputs; k++) result[k * Hidden + j] = Math.Min(sign * HebbianCoincidence.Step * W2[j * Outputs + k], HebbianCoincidence.MaxWeight);
        }
        return result;
    }

    private static sbyte[] Draw(int rows, int columns, CounterRandom random)
    {
        double scale = UnitsPerOne * Math.Sqrt(2.0 / (rows + columns));
        var weights = new sbyte[checked(rows * columns)];
        for (int i = 0; i < weights.Length; i++)
        {
            double weight = Math.Clamp(random.Normal(i) * scale, -InitialLimit, InitialLimit);
            weights[i] = (sbyte)(weight / HebbianCoincidence.Step);
        }
        return weights;
    }
}
