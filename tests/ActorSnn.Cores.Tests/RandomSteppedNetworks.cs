using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Networks of composite and winner-take-all neurons drawn from a seed: layers that learn by coincidence, in place or in windows, with every choice their models have, shown samples of
/// intensities or of recorded spikes, and now and then somebody else who listens.
/// </summary>
internal static class RandomSteppedNetworks
{
    private static readonly int[] Sizes = [1, 3, 8, 17, 40, 64, 70];

    /// <param name="seed">Decides everything.</param>
    /// <param name="probes">Whether spikes and potentials of all populations are recorded.</param>
    /// <param name="maxSize">Largest population of neurons.</param>
    public static Network Make(int seed, bool probes = false, int maxSize = int.MaxValue)
    {
        var random = new Random(seed);
        var sizes = Sizes.Where(s => s <= maxSize).ToArray();
        int Size() => sizes[random.Next(sizes.Length)];
        T Any<T>() where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

        int hidden = random.Next(1, 3);
        int layers = hidden + 1;
        int window = random.Next(3) == 0 ? random.Next(2, 4) : 1;
        int steps = window * random.Next(1, 5);
        int period = window == 1 ? 2 * hidden : (2 * hidden + 1) * window;
        int samples = random.Next(2, 6);
        var order = new SamplePresentation(samples, period, random.Next(2) == 0, (ulong)seed, steps, window);
        int[] layer = [Size(), .. Enumerable.Range(0, hidden).Select(_ => Size()), random.Next(2, Math.Min(6, maxSize) + 1)];
        bool trains = random.Next(4) > 0;

        var builder = new NetworkBuilder($"stepped {seed}", (ulong)random.NextInt64())
            .AddPopulation("input", layer[0], Source(random, order, layer[0]))
            .AddPopulation("one", 1, new SampleSource(new BitFrames(1, 1, [1]), new SamplePresentation(1, period, WindowSteps: window), 0))
            .AddPopulation("label", layer[^1], new SampleSource(
                BitFrames.OneHot([.. Enumerable.Range(0, samples).Select(_ => (byte)random.Next(layer[^1]))], layer[^1]), order, 0));
        double[] units = [0, .. Enumerable.Range(0, layers).Select(_ => Math.Pow(2, -random.Next(4, 14)))];
        var membrane = Any<MembraneMode>();
        for (int l = 1; l <= layers; l++)
        {
            string name = NameOf(l, layers);
            builder.AddPopulation(name, layer[l], l == layers
                ? new WinnerTakeAll(l * window, period, window, steps, units[l], membrane, Any<WinnerDraw>())
                : new CompositeNeuron(
                    l * window, period, window, steps, units[l], membrane, Any<SpikeActivation>(), trains ? 2 * (layers - l) * window : 0, units[l + 1],
                    Math.Pow(2, random.Next(-1, 3)), Math.Pow(2, random.Next(-1, 3)), Any<BackwardDerivative>(), Any<BackwardSplit>(), random.Next(3) == 0 ? 0.3 : 0));
            if (trains) builder.AddPopulation($"{name}.backward", 2 * layer[l], new BackwardPorts(name));
        }
        for (int l = 1; l <= layers; l++)
        {
            string name = NameOf(l, layers);
            var device = random.Next(4) == 0 ? new DeviceModel(0.3, 0.3, 0.1, random.Next(2), 0.3) : null;
            var rule = trains && random.Next(8) > 0
                ? new SpikeCoincidence(Quanta(random), random.Next(1, 1 << 20), 2 * l, random.Next(3) == 0 ? 0.02 : 0, device)
                : null;
            builder
                .AddProjection(NameOf(l - 1, layers), name, Connectivity.Dense, Weight.Uniform(-2, 2), Delay.Ticks(window), rule)
                .AddProjection("one", name, Connectivity.Dense, Weight.Constant(0.25), Delay.Ticks(l * window), rule is null ? null : rule with { Entity = 100 + l, DecayRate = 0 });
            if (trains && l > 1)
                builder.AddProjection($"{name}.backward", NameOf(l - 1, layers), Connectivity.Dense, Weight.Uniform(-2, 2), Delay.Ticks(window), rule);
        }
        if (trains) builder.AddProjection("label", NameOf(layers, layers), Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(layers * window));
        if (random.Next(2) == 0)
        {
            builder.AddPopulation("listener", Size(), random.Next(2) == 0 ? new GatedThresholdNeuron(2) : new LifDelta());
            builder.AddProjection(NameOf(1, layers), "listener", Connectivity.Random(0.5), Weight.Constant(3), Delay.Ticks(random.Next(1, 4)));
        }
        if (!probes) return builder.Build();
        foreach (var population in builder.Build().Populations)
        {
            builder.AddProbe(new SpikeProbe($"{population.Name} spikes", population.Name, TickFilter.EveryTick));
            if (!population.Model.IsSource) builder.AddProbe(new PotentialProbe($"{population.Name} potentials", population.Name, new TickFilter(3, 1)));
        }
        return builder.Build();
    }

    private static string NameOf(int layer, int layers) => layer == 0 ? "input" : layer == layers ? "output" : $"hidden{layer}";

    private static NeuronModel Source(Random random, SamplePresentation order, int size)
    {
        if (random.Next(2) == 0)
        {
            byte[] bytes = [.. Enumerable.Range(0, order.SampleCount * size).Select(_ => (byte)(random.Next(3) switch { 0 => 0, 1 => 255, _ => random.Next(256) }))];
            return new IntensitySource(new IntensityFrames(order.SampleCount, size, bytes), order, 0);
        }
        int frames = order.SampleCount * (random.Next(2) == 0 ? order.Steps : 1);
        int words = (size + 63) / 64;
        var bits = new ulong[frames * words];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < size; i++)
            {
                if (random.Next(3) == 0) bits[frame * words + i / 64] |= 1UL << (i % 64);
            }
        }
        return new SampleSource(new BitFrames(frames, size, bits), order, 0);
    }

    private static ImmutableArray<StepQuantum> Quanta(Random random)
    {
        var first = new StepQuantum(0, random.Next(1, 3000));
        return random.Next(2) == 0 ? [first] : [first, new StepQuantum(random.Next(1, 20), random.Next(1, 3000))];
    }
}
