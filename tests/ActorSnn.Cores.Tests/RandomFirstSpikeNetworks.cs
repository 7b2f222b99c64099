using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Networks of first spikes drawn from a seed: trained, with errors that come back as graded spikes, by samples of a clock; or answering, where half of them have samples that end with the answer.
/// </summary>
internal static class RandomFirstSpikeNetworks
{
    /// <param name="seed">Decides everything.</param>
    /// <param name="probes">Whether spikes of all populations are recorded.</param>
    public static Network Make(int seed, bool probes = false)
    {
        var random = new Random(seed);
        int inputs = random.Next(20, 100), hidden = random.Next(10, 140), classes = random.Next(2, 6), steps = random.Next(4, 12), samples = random.Next(3, 9);
        var form = random.Next(3) == 0 ? SynapseForm.Real : SynapseForm.Sign;
        var pixels = new byte[samples * inputs];
        random.NextBytes(pixels);
        var frames = new IntensityFrames(samples, inputs, pixels);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2.3f - 1)];
        float[] thresholds = [.. Enumerable.Range(0, hidden).Select(_ => -1 - 4 * random.NextSingle())];
        float[] onto = [.. Enumerable.Range(0, classes).Select(_ => -1 - 3 * random.NextSingle())];
        float[] first = Weights(inputs * hidden), second = Weights(hidden * classes);
        var builder = new NetworkBuilder($"first spikes {seed}", (ulong)random.NextInt64());
        if (random.Next(3) > 0) Train();
        else Answer(exitsEarly: random.Next(2) == 0);
        var network = builder.Build();
        if (!probes) return network;
        foreach (var population in network.Populations) builder.AddProbe(new SpikeProbe($"spikes of {population.Name}", population.Name, TickFilter.EveryTick));
        return builder.Build();

        void Train()
        {
            int period = steps + 1;
            var presentation = new SamplePresentation(samples, period, random.Next(2) == 0, (ulong)seed);
            var share = random.Next(2) == 0 ? ErrorShare.Layer : ErrorShare.Own;
            var rule = new SpikeTimingGradient(0.3, 1, samples, Passes: 20, Window: (TimingWindow)random.Next(4));
            var threshold = new SpikeTimingGradient(0.2, 0.9, samples, Low: -100, High: -1, Share: share);
            var labels = Enumerable.Range(0, samples).Select(_ => (byte)random.Next(classes)).ToArray();
            float[] transposed = [.. Enumerable.Range(0, classes * hidden).Select(i => second[i % hidden * classes + i / hidden])];
            builder.AddPopulation("start", 1, new SampleSource(new BitFrames(1, 1, [1]), new SamplePresentation(1, period), 0))
                .AddPopulation("input", inputs, new LatencySource(frames, steps, presentation, 1))
                .AddPopulation("label", classes, new SampleSource(BitFrames.OneHot(labels, classes), presentation, 0))
                .AddPopulation("hidden", hidden, new FirstSpikeNeuron(steps, 1, form, (SynapseForm)random.Next(2)))
                .AddPopulation("hidden.error", hidden, new ErrorPorts("hidden"))
                .AddPopulation("hidden.norm", hidden, new DivisiveNormalisation())
                .AddPopulation("output", classes, new FirstSpikeReadout(steps, 2, form, 1 + random.Next(2), random.Next(3)))
                .AddPopulation("output.error", classes, new ErrorPorts("output"))
                .AddPopulation("output.answer", classes, new AnswerPorts("output"))
                .AddProjection("start", "hidden", Connectivity.OneToAll, Weight.Array(thresholds), Delay.Ticks(2), threshold)
                .AddProjection("start", "output", Connectivity.OneToAll, Weight.Array(onto), Delay.Ticks(3), threshold)
                .AddProjection("input", "hidden", Connectivity.Dense, Weight.Array(first), learning: rule)
                .AddProjection("hidden", "output", Connectivity.Dense, Weight.Array(second), learning: rule)
                .AddProjection("label", "output", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
                .AddProjection("output", "hidden", Connectivity.Dense, Weight.Constant(1))
                .AddProjection("output.error", "hidden", Connectivity.Dense, Weight.Array(transposed), learning: rule)
                .AddProjection("hidden.error", "hidden.norm", Connectivity.OneToOne, Weight.Constant(1))
                .AddProjection("hidden.norm", "hidden", Connectivity.OneToOne, Weight.Constant(1));
            if (share == ErrorShare.Layer) builder.AddProjection("hidden.norm", "hidden", Connectivity.Dense, Weight.Constant(1));
        }

        void Answer(bool exitsEarly)
        {
            int period = steps + 1;
            if (!exitsEarly) builder.AddPopulation("start", 1, new SampleSource(new BitFrames(1, 1, [1]), new SamplePresentation(1, period), 0));
            builder.AddPopulation("input", inputs, exitsEarly ? new LatencySource(frames, steps) : new LatencySource(frames, steps, new SamplePresentation(samples, period), 1))
                .AddPopulation("hidden", hidden, new FirstSpikeNeuron(steps, 1, form, form))
                .AddPopulation("output", classes, new FirstSpikeReadout(steps, 2, form, 1))
                .AddPopulation("output.answer", classes, new AnswerPorts("output"));
            if (exitsEarly) builder.AddPopulation("start", 1, new StartPort("output")).AddProjection("start", "input", Connectivity.OneToAll, Weight.Constant(1));
            builder.AddProjection("start", "hidden", Connectivity.OneToAll, Weight.Array(thresholds), Delay.Ticks(2))
                .AddProjection("start", "output", Connectivity.OneToAll, Weight.Array(onto), Delay.Ticks(3))
                .AddProjection("input", "hidden", Connectivity.Dense, Weight.Array(first))
                .AddProjection("hidden", "output", Connectivity.Dense, Weight.Array(second));
        }
    }
}
