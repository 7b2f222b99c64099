using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>The mesh equals the plain reference, bit for bit.</summary>
public class SsnnBpEquivalenceTests
{
    private static readonly Dictionary<string, SsnnBpOptions> Variants = new()
    {
        ["in place"] = new(),
        ["window"] = new() { Window = 8 },
        ["memoryless"] = new() { Membrane = MembraneMode.Memoryless },
        ["split weights"] = new() { Split = BackwardSplit.ByWeight, Gain = 2 },
        ["spike derivative"] = new() { Derivative = BackwardDerivative.Spike, Gain = 0.25 },
        ["hard"] = new() { Activation = SpikeActivation.Hard },
        ["race"] = new() { Winner = WinnerDraw.Race },
        ["rounds"] = new() { Winner = WinnerDraw.Rounds },
        ["dropout"] = new() { Dropout = 0.3 },
        ["decay"] = new() { L2 = 0.02 },
        ["decay in windows"] = new() { L2 = 0.02, Window = 4 },
        ["large gain"] = new() { Gain = 8 },
        ["two hidden layers"] = new() { Hidden = [40, 37], Gain = 2 },
        ["two hidden layers, window, split"] = new() { Hidden = [40, 37], Gain = 2, Window = 4, Split = BackwardSplit.ByWeight },
        ["three hidden layers, dropout, decay"] = new() { Hidden = [20, 33, 17], Dropout = 0.2, L2 = 0.01 },
    };

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string variant in Variants.Keys)
        {
            cases.Add(variant, 1, 1);
            cases.Add(variant, 3, 2);
        }
        cases.Add("in place", 8, 2);
        cases.Add("window", 8, 1);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_copies_of_all_weights_equal_the_reference_after_every_sample(string variant, int cores, int threads)
    {
        var options = Variants[variant];
        // Sizes that fill neither words nor vectors.
        if (options.Hidden is [256]) options = options with { Hidden = [70] };
        options = options with { TrainLength = 8, Rate = new RateSchedule(0.3, 5) };
        var task = SsnnBpTask.Random(inputs: 45, outputs: 7, samples: 12, options, seed: 5);
        var reference = task.Reference();
        using var run = new SsnnBpRun(task, cores, threads);
        for (int sample = 1; sample <= 5 * 12 + 3; sample++)
        {
            reference.Train(task.Pixels, task.Labels, 1, shuffled: true);
            run.Learn(sample);
            run.AssertWeights(reference, $"after sample {sample}, {variant}, {cores} cores");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 1)]
    [InlineData(8, 2)]
    public void Five_hundred_digits_teach_the_mesh_what_they_teach_the_reference(int cores, int threads)
    {
        using var run = new SsnnBpRun(Digits.Value, cores, threads);
        run.Learn(Digits.Value.Labels.Length);
        run.AssertWeights(Learned.Value, $"after {Digits.Value.Labels.Length} samples, {cores} cores, {threads} threads");

        Assert.Equal(Learned.Value.Draws, Total("draws"));
        Assert.Equal(Learned.Value.Clipped, Total("clipped"));

        long Total(string variable)
        {
            var hidden = run.Mesh.Placement.Network["h"];
            int place = StateVariables.Of(hidden.Model).Index().First(v => v.Item == variable).Index;
            return (long)run.State.Variables[hidden.Index]![place].Sum();
        }
    }

    private static readonly Lazy<SsnnBpTask> Digits = new(() =>
    {
        var digits = StrokeDigits.Train(500);
        var options = new SsnnBpOptions();
        return new SsnnBpTask(LayerWeights.Initialise([digits.Rows * digits.Columns, .. options.Hidden, digits.Classes], seed: 3), digits.Pixels, digits.Labels, options, Seed: 3);
    });

    /// <summary>What the reference learns from them: once for all placements.</summary>
    private static readonly Lazy<SsnnBpReference> Learned = new(() =>
    {
        var reference = Digits.Value.Reference();
        reference.Train(Digits.Value.Pixels, Digits.Value.Labels, Digits.Value.Labels.Length, shuffled: true);
        return reference;
    });
}
