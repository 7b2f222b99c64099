namespace ActorSnn.Learning.Tests.Reference;

/// <summary>
/// The sBP algorithm as published (Renner et al., Nature Communications 15, 9691, 2024), straight from its equations with the
/// rules of the spiking circuit: errors go back through W2 as it was before the sample's update, and a pre-activation of exactly
/// 1024 lies inside the box. Weights are even integers in [-256, 254]; 1024 weight units are 1.0.
/// The mesh must equal this, bit for bit.
/// </summary>
public sealed class SbpReference
{
    private const int Threshold = 512;
    private const int BoxEdge = 1024;
    private const int Step = 2;
    private const int MinWeight = -256;
    private const int MaxWeight = 254;

    private readonly int[][] _w1; // row i: from input i to every hidden unit
    private readonly int[][] _w2; // row j: from hidden unit j to every output
    private readonly int[] _active;
    private int _activeCount;

    /// <param name="w1">[in, hid], copied.</param>
    /// <param name="w2">[hid, out], copied.</param>
    public SbpReference(int[,] w1, int[,] w2)
    {
        if (w1.GetLength(1) != w2.GetLength(0))
            throw new ArgumentException($"W1 ends on {w1.GetLength(1)} hidden units, W2 starts from {w2.GetLength(0)}");
        _w1 = ToRows(w1);
        _w2 = ToRows(w2);
        _active = new int[_w1.Length];
        A1 = new int[w1.GetLength(1)];
        H = new int[w1.GetLength(1)];
        S = new int[w1.GetLength(1)];
        D1 = new int[w1.GetLength(1)];
        A2 = new int[w2.GetLength(1)];
        O = new int[w2.GetLength(1)];
        D2 = new int[w2.GetLength(1)];
    }

    /// <summary>[in, hid], a copy.</summary>
    public int[,] W1 => ToMatrix(_w1);

    /// <summary>[hid, out], a copy.</summary>
    public int[,] W2 => ToMatrix(_w2);

    // Of the last sample. A1 to O: presented either way; D2 to D1: trained.
    public int[] A1 { get; }
    public int[] H { get; }
    public int[] A2 { get; }
    public int[] O { get; }
    public int[] D2 { get; }
    public int[] S { get; }
    public int[] D1 { get; }

    /// <summary>One step of stochastic gradient descent.</summary>
    /// <param name="bits">[in], each 0 or 1.</param>
    /// <param name="label">The output that should spike.</param>
    /// <returns>Whether the sample changed anything (an error inside the box).</returns>
    public bool Train(ReadOnlySpan<byte> bits, int label)
    {
        Forward(bits);

        var wrong = false;
        for (var k = 0; k < O.Length; k++)
        {
            var target = k == label ? 1 : 0;
            D2[k] = (target - O[k]) * Box(A2[k]);
            wrong |= D2[k] != 0;
        }

        Array.Clear(S);
        Array.Clear(D1);
        if (!wrong)
            return false;

        for (var j = 0; j < H.Length; j++)
        {
            for (var k = 0; k < O.Length; k++)
                S[j] += _w2[j][k] * D2[k];
            D1[j] = Math.Sign(S[j]) * Box(A1[j]);
        }

        for (var j = 0; j < H.Length; j++)
            for (var k = 0; k < O.Length; k++)
                _w2[j][k] = Saturate(_w2[j][k] + Step * H[j] * D2[k]);

        for (var n = 0; n < _activeCount; n++)
        {
            var row = _w1[_active[n]];
            for (var j = 0; j < row.Length; j++)
                row[j] = Saturate(row[j] + Step * D1[j]);
        }

        return true;
    }

    /// <summary>
    /// Presents a sample without learning. OneSpike: exactly one output spiked (so "exact" is OneSpike and SpikesArgmax == label).
    /// Ties go to the lowest index, no spike at all to 0.
    /// </summary>
    public (bool OneSpike, int SpikesArgmax, int PotentialArgmax) Classify(ReadOnlySpan<byte> bits)
    {
        Forward(bits);
        return (O.Sum() == 1, Array.IndexOf(O, O.Max()), Array.IndexOf(A2, A2.Max()));
    }

    private void Forward(ReadOnlySpan<byte> bits)
    {
        if (bits.Length != _w1.Length)
            throw new ArgumentException($"{bits.Length} bits for {_w1.Length} inputs");

        _activeCount = 0;
        Array.Clear(A1);
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] == 0)
                continue;
            _active[_activeCount++] = i;
            AddTo(A1, _w1[i]);
        }

        Array.Clear(A2);
        for (var j = 0; j < H.Length; j++)
        {
            H[j] = A1[j] > Threshold ? 1 : 0;
            if (H[j] == 1)
                AddTo(A2, _w2[j]);
        }

        for (var k = 0; k < O.Length; k++)
            O[k] = A2[k] > Threshold ? 1 : 0;
    }

    private static void AddTo(int[] sums, int[] row)
    {
        for (var n = 0; n < sums.Length; n++)
            sums[n] += row[n];
    }

    private static int Box(int a) => a > 0 && a <= BoxEdge ? 1 : 0;

    private static int Saturate(int weight) => Math.Clamp(weight, MinWeight, MaxWeight);

    private static int[][] ToRows(int[,] matrix)
    {
        var rows = new int[matrix.GetLength(0)][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new int[matrix.GetLength(1)];
            for (var j = 0; j < rows[i].Length; j++)
                rows[i][j] = matrix[i, j];
        }

        return rows;
    }

    private static int[,] ToMatrix(int[][] rows)
    {
        var matrix = new int[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < rows[i].Length; j++)
                matrix[i, j] = rows[i][j];
        return matrix;
    }
}
