using System.Text;
using ActorSnn.Cores;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Learning.Tests.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>What faults do to a network of first spikes that infers, beside the plain reference with the same damage.</summary>
public class BstdgFaultTests
{
    private const int Inputs = 70;
    private const int Classes = 4;
    private const int Samples = 60;
    private const ulong Seed = 5;

    private static readonly BstdgOptions Signs = new() { Hidden = 90, Steps = 8, First = new BstdgLayer(0.2, -1, 1.3, 6), Second = new BstdgLayer(0.2, -1, 1.3, 5) };

    private static readonly BstdgOptions Numbers = Signs with
    {
        Form = SynapseForm.Real, Bound = float.MaxValue, First = new BstdgLayer(0.2, -0.5, 1, 4), Second = new BstdgLayer(0.2, -1, 2, 6),
    };

    public static TheoryData<SynapseForm> Forms => [SynapseForm.Sign, SynapseForm.Real];

    [Theory]
    [InlineData(SynapseForm.Sign, 1, null)]
    [InlineData(SynapseForm.Sign, 0.2, null)]
    [InlineData(SynapseForm.Sign, 0.2, 0)]
    [InlineData(SynapseForm.Real, 0.2, 31)]
    [InlineData(SynapseForm.Real, 0.2, 22)]
    [InlineData(SynapseForm.Real, 0.001, null)]
    public void Bits_that_flip_are_signs_where_only_signs_act_and_bits_of_singles_elsewhere(SynapseForm form, double share, int? bit)
    {
        var (options, weights) = Of(form);
        string of = bit is null ? "" : $"bit: {bit}, ";
        string faults = string.Join(", ", new[] { "input->h", "h->o" }.Select(p => FormattableString.Invariant($"{{ kind: flip, projections: '{p}', {of}share: {share} }}")));
        var network = Network(weights, Images(1), options, faults);
        int flips = 0;
        float[] Flipped(int layer)
        {
            // The contract of SynapseTarget: the fault at place layer - 1 of the list.
            var random = new CounterRandom(Seed, RandomPurpose.WeightFault, network.Projection(layer == 1 ? "input->h" : "h->o").Index);
            var all = weights.Weights(layer).ToArray();
            for (int s = 0; s < all.Length; s++)
            {
                for (int b = bit ?? 0; b <= (bit ?? (form == SynapseForm.Sign ? 0 : 31)); b++)
                {
                    if (!(random.Uniform(32L * s + b, layer - 1) < share)) continue;
                    flips++;
                    all[s] = form == SynapseForm.Sign ? -all[s] : BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(all[s]) ^ 1 << b);
                    if (!float.IsFinite(all[s])) all[s] = float.IsNegative(all[s]) ? -float.MaxValue : float.MaxValue;
                }
            }
            return all;
        }
        var broken = new LayerWeights(weights.Sizes.AsSpan(), [Flipped(1), Flipped(2)], [[.. weights.Biases(1)], [.. weights.Biases(2)]]);
        int bits = (Inputs + Classes) * options.Hidden * (bit is null && form == SynapseForm.Real ? 32 : 1);
        Assert.InRange(flips, (int)(0.8 * share * bits), (int)(1.2 * share * bits));
        AssertAnswers(new BstdgReference(broken, options), network, options, Images(1));
    }

    [Fact]
    public void Thresholds_are_the_synapses_of_the_start_and_break_as_singles()
    {
        var (options, weights) = Of(SynapseForm.Sign);
        var broken = With(weights, [.. weights.Biases(1).Select(b => -b)], null);
        AssertAnswers(new BstdgReference(broken, options), Network(weights, Images(1), options, "{ kind: flip, projections: 'start->h', bit: 31, share: 1 }"), options, Images(1));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Silent_hidden_neurons_are_as_if_nothing_reached_their_threshold(SynapseForm form)
    {
        var (options, weights) = Of(form);
        var broken = With(weights, [.. weights.Biases(1).Select((b, j) => j % 3 == 0 ? -1e9f : b)], null);
        string neurons = string.Join(", ", Enumerable.Range(0, options.Hidden).Where(j => j % 3 == 0));
        AssertAnswers(new BstdgReference(broken, options), Network(weights, Images(1), options, $"{{ kind: silence, populations: h, neurons: [{neurons}] }}"), options, Images(1));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Hidden_neurons_can_be_stuck_to_fire_at_the_first_step_of_every_sample(SynapseForm form)
    {
        var (options, weights) = Of(form);
        var broken = With(weights, [.. weights.Biases(1).Select((b, j) => j % 5 == 0 ? 1e9f : b)], null);
        string neurons = string.Join(", ", Enumerable.Range(0, options.Hidden).Where(j => j % 5 == 0));
        string faults = $"{{ kind: stick, populations: h, neurons: [{neurons}], at: {{ tick: 2 }}, everyTicks: {options.Steps + 1} }}";
        AssertAnswers(new BstdgReference(broken, options), Network(weights, Images(1), options, faults), options, Images(1));
    }

    [Fact]
    public void A_silent_output_does_not_answer_and_a_stuck_one_answers_at_once()
    {
        var (options, weights) = Of(SynapseForm.Sign);
        var frames = Images(1);
        var silenced = new BstdgReference(With(weights, null, [.. weights.Biases(2).Select((b, k) => k == 2 ? -1e9f : b)]), options);
        var sound = new BstdgReference(weights, options);
        var answers = Run(Network(weights, frames, options, "{ kind: silence, populations: o, neurons: [2] }"), options);
        int compared = 0;
        for (int n = 0; n < Samples; n++)
        {
            var expected = silenced.Answer(frames[n]);
            if (sound.Answer(frames[n]).Output[2] < options.Steps) Assert.NotEqual(2, answers[n].Answer);
            if (expected.Decision == options.Steps) continue;
            compared++;
            Assert.Equal((expected.Answer, expected.Decision), answers[n]);
        }
        Assert.True(compared > Samples / 4, $"only {compared} samples had an output that spiked");
        Assert.Contains(Enumerable.Range(0, Samples), n => sound.Answer(frames[n]).Answer == 2);

        var stuck = Run(Network(weights, frames, options, "{ kind: stick, populations: o, neurons: [1] }"), options);
        Assert.All(stuck, answer => Assert.Equal(2, answer.Decision));
        Assert.Contains(stuck, answer => answer.Answer == 1);
    }

    [Theory]
    [InlineData(SynapseForm.Sign, 1)]
    [InlineData(SynapseForm.Sign, 3)]
    [InlineData(SynapseForm.Sign, 20)]
    [InlineData(SynapseForm.Real, 2)]
    public void A_spike_that_is_late_acts_in_the_step_in_which_it_comes_and_not_after_the_sample(SynapseForm form, int ticks)
    {
        var (options, weights) = Of(form);
        var frames = Images(1);
        byte[] late = new byte[Samples * Inputs];
        for (int n = 0; n < Samples; n++)
        {
            for (int i = 0; i < Inputs; i++)
            {
                int step = frames[n][i] == 0 ? options.Steps : (255 - frames[n][i]) * options.Steps / 255 + ticks;
                late[n * Inputs + i] = step >= options.Steps ? (byte)0 : (byte)(255 - (step * 255 + options.Steps - 1) / options.Steps);
            }
        }
        var network = Network(weights, frames, options, $"{{ kind: delay, projections: 'input->h', ticks: {ticks} }}");
        AssertAnswers(new BstdgReference(weights, options), network, options, new IntensityFrames(Samples, Inputs, late));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Late_spikes_of_a_sample_change_nothing_in_the_next(SynapseForm form)
    {
        var (options, weights) = Of(form);
        const string Faults = "{ kind: delay, projections: 'input->h', jitterTicks: 14, rate: 0.5 }, { kind: delay, projections: 'h->o', jitterTicks: 14, rate: 0.5 }";
        var (one, other) = (Images(1), Images(2));
        byte[] mixed = [.. Enumerable.Range(0, Samples).SelectMany(n => (n % 2 == 0 ? other : one)[n].ToArray())];
        var (alone, after) = (Spikes(one, Faults), Spikes(new IntensityFrames(Samples, Inputs, mixed), Faults));
        Assert.NotEqual(Spikes(one, null), alone);
        Assert.NotEqual(alone.Where(s => s.Sample % 2 == 0), after.Where(s => s.Sample % 2 == 0));
        Assert.Equal(alone.Where(s => s.Sample % 2 == 1), after.Where(s => s.Sample % 2 == 1));

        List<(long Sample, long Step, int Neuron, string Population)> Spikes(IntensityFrames frames, string? faults)
        {
            int period = BstdgCircuit.PeriodTicks(options);
            var recordings = Recorded(Network(weights, frames, options, faults), options);
            return
            [
                .. new[] { BstdgCircuit.HiddenSpikes, BstdgCircuit.OutputSpikes, BstdgCircuit.Answers }
                    .SelectMany(probe => recordings.Spikes(probe).Select(s => ((s.Tick - 1) / period, (s.Tick - 1) % period, s.Neuron, probe))),
            ];
        }
    }

    [Fact]
    public void A_run_with_late_spikes_that_is_restored_in_the_middle_of_a_sample_ends_the_same()
    {
        var (options, weights) = Of(SynapseForm.Sign);
        var network = Network(weights, Images(1), options, "{ kind: delay, projections: 'input->h', jitterTicks: 14, rate: 0.5 }, { kind: delay, projections: 'h->o', ticks: 3, rate: 0.5 }");
        long end = BstdgCircuit.InferenceTickAfterSamples(options, Samples);
        IMesh Build(int cores) => new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(1));
        using var whole = Build(1);
        whole.RunTo(end);
        string expected = whole.Capture().Hash();
        for (long tick = end / 2; tick < end / 2 + BstdgCircuit.PeriodTicks(options); tick++)
        {
            using var first = Build(2);
            first.RunTo(tick);
            using var second = Build(3);
            second.Restore(first.Capture());
            second.RunTo(end);
            Assert.Equal(expected, second.Capture().Hash());
        }
    }

    private static (BstdgOptions Options, LayerWeights Weights) Of(SynapseForm form)
    {
        var options = form == SynapseForm.Sign ? Signs : Numbers;
        return (options, BstdgWeights.Initialise(Inputs, Classes, options with { Bound = 1 }, seed: 3));
    }

    private static LayerWeights With(LayerWeights weights, float[]? hidden, float[]? output) => new(
        weights.Sizes.AsSpan(), [[.. weights.Weights(1)], [.. weights.Weights(2)]], [hidden ?? [.. weights.Biases(1)], output ?? [.. weights.Biases(2)]]);

    private static IntensityFrames Images(int seed) => new(Samples, Inputs, SsnnBpImages.Draw(Inputs, Classes, Samples, seed).Pixels);

    private static Network Network(LayerWeights weights, IntensityFrames frames, BstdgOptions options, string? faults)
    {
        var network = BstdgCircuit.Inference(weights, frames, options with { Bound = 1 }, exitsEarly: false);
        if (faults is null) return network;
        var builder = new NetworkBuilder(network);
        Scenario.Parse(Encoding.UTF8.GetBytes($"name: test\nseed: {Seed}\nfaults: [{faults}]\n")).ApplyTo(builder, new SampleTimes(BstdgCircuit.PeriodTicks(options)));
        return builder.Build();
    }

    private static Recordings Recorded(Network network, BstdgOptions options)
    {
        using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(3)), new MeshOptions(1));
        mesh.RunTo(BstdgCircuit.InferenceTickAfterSamples(options, Samples));
        return mesh.TakeRecordings();
    }

    private static List<(int Answer, int Decision)> Run(Network network, BstdgOptions options) =>
        [.. Recorded(network, options).Spikes(BstdgCircuit.Answers).Select(s => (s.Neuron, (int)((s.Tick - 1) % BstdgCircuit.PeriodTicks(options))))];

    /// <summary>Answers are those of the reference to images that it is shown instead.</summary>
    private static void AssertAnswers(BstdgReference reference, Network network, BstdgOptions options, IntensityFrames shown)
    {
        var expected = Enumerable.Range(0, Samples).Select(n => reference.Answer(shown[n])).Select(a => (a.Answer, a.Decision)).ToList();
        Assert.Equal(expected, Run(network, options));
    }
}
