using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Sbp;

/// <summary>Labelled samples and initial weights, as the circuit and the reference take them.</summary>
internal sealed record SbpTask(SbpWeights Initial, byte[][] Bits, byte[] Labels)
{
    public BitFrames Frames
    {
        get
        {
            int words = (Initial.Inputs + 63) / 64;
            var packed = new ulong[Bits.Length * words];
            for (int sample = 0; sample < Bits.Length; sample++)
            {
                for (int i = 0; i < Initial.Inputs; i++)
                {
                    if (Bits[sample][i] != 0) packed[sample * words + i / 64] |= 1UL << (i % 64);
                }
            }
            return new BitFrames(Bits.Length, Initial.Inputs, packed);
        }
    }

    /// <summary>Weights with room before the rails, such that units and outputs stay around their thresholds, on both sides.</summary>
    public static SbpTask Random(int inputs, int hidden, int outputs, int samples, int seed)
    {
        var random = new Random(seed);
        sbyte[] Draw(int count, double mean, double span) =>
            [.. Enumerable.Range(0, count).Select(_ => (sbyte)Math.Clamp((mean + span * (2 * random.NextDouble() - 1)) / 2, -100, 100))];
        double perInput = Math.Min(190, 2 * 560.0 / inputs);
        double perHidden = Math.Min(150, 2 * 600.0 / hidden);
        return new SbpTask(
            new SbpWeights(inputs, hidden, outputs, Draw(inputs * hidden, perInput, 120), Draw(hidden * outputs, perHidden, 100)),
            [.. Enumerable.Range(0, samples).Select(_ => Enumerable.Range(0, inputs).Select(_ => (byte)(random.Next(5) < 3 ? 1 : 0)).ToArray())],
            [.. Enumerable.Range(0, samples).Select(_ => (byte)random.Next(outputs))]);
    }

    public SbpReference Reference() => new(
        Matrix(Initial.W1, Initial.Inputs, Initial.Hidden), Matrix(Initial.W2, Initial.Hidden, Initial.Outputs));

    public Network Network(ulong seed = 1, bool shuffled = false, IEnumerable<Probe>? probes = null) =>
        SbpCircuit.Training(Initial, Frames, BitFrames.OneHot(Labels, Initial.Outputs), seed, shuffled, probes);

    private static int[,] Matrix(sbyte[] halves, int rows, int columns)
    {
        var matrix = new int[rows, columns];
        for (int i = 0; i < halves.Length; i++) matrix[i / columns, i % columns] = 2 * halves[i];
        return matrix;
    }
}

/// <summary>The circuit on a mesh, a sample at a time, and its eight weight arrays in weight units.</summary>
internal sealed class SbpRun(Network network, int cores = 1, int threads = 1) : IDisposable
{
    public IMesh Mesh { get; } = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));

    public NetworkState State { get; private set; } = new(network, -1);

    /// <summary>Runs until so many samples have been learned from.</summary>
    public void Learn(long samples)
    {
        Mesh.RunTo(SbpCircuit.TickAfterSamples(samples));
        State = Mesh.Capture();
    }

    /// <summary>[source, target] in weight units.</summary>
    public int[,] Weights(string projection)
    {
        var of = network.Projection(projection);
        int columns = network.Populations[of.Target].Size;
        var halves = State.Weights[of.Index]!;
        var matrix = new int[halves.Length / columns, columns];
        for (int i = 0; i < halves.Length; i++) matrix[i / columns, i % columns] = 2 * halves[i];
        return matrix;
    }

    /// <summary>All eight arrays: three copies of each layer's weights, and the transposes for feedback.</summary>
    /// <param name="w1">[in, hid].</param>
    /// <param name="w2">[hid, out].</param>
    /// <param name="what">For the message.</param>
    /// <param name="negated">The negated copy [out, hid] where weights have been at the rails; otherwise it is that of w2.</param>
    public void AssertWeights(int[,] w1, int[,] w2, string what, int[,]? negated = null)
    {
        foreach (string copy in (string[])["x->h", "x->h<", "x->h>"]) AssertEqual(w1, Weights(copy), $"{copy} {what}");
        foreach (string copy in (string[])["h->o", "h->o<", "h->o>"]) AssertEqual(w2, Weights(copy), $"{copy} {what}");
        AssertEqual(Transposed(w2, 1), Weights("o->hT"), $"o->hT {what}");
        AssertEqual(negated ?? Transposed(w2, -1), Weights("oT-->hT"), $"oT-->hT {what}");
    }

    public static void AssertEqual(int[,] expected, int[,] actual, string what)
    {
        if (expected.Cast<int>().SequenceEqual(actual.Cast<int>())) return;
        for (int i = 0; i < expected.GetLength(0); i++)
        {
            for (int j = 0; j < expected.GetLength(1); j++)
            {
                if (expected[i, j] != actual[i, j]) Assert.Fail($"{what}: [{i}, {j}] is {actual[i, j]}, not {expected[i, j]}");
            }
        }
    }

    public void Dispose() => Mesh.Dispose();

    private static int[,] Transposed(int[,] matrix, int sign)
    {
        var result = new int[matrix.GetLength(1), matrix.GetLength(0)];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++) result[j, i] = sign * matrix[i, j];
        }
        return result;
    }
}
