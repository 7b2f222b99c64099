using System.Xml.Linq;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

/// <summary>What <c>run</c> and <c>raster</c> write of a network: recordings, reports, pictures.</summary>
public sealed class RunRecordTests : IDisposable
{
    private const string Network = """
        {
          "format": "actorsnn-network", "version": 1, "name": "pairs", "timeStepMs": 0.5,
          "populations": [
            { "name": "in", "size": 20, "model": { "kind": "poisson", "rateHz": 80 } },
            { "name": "out", "size": 3, "model": { "kind": "lif-delta", "thresholdMv": 5 } }
          ],
          "projections": [
            {
              "source": "in", "target": "out", "connectivity": { "kind": "random", "probability": 0.5 }, "weight": 1.5, "delayMs": 1,
              "learning": { "kind": "pair-stdp", "maxWeight": 3 }
            }
          ],
          "probes": [{ "kind": "potential", "population": "out" }]
        }
        """;

    private readonly Cli _cli = new();

    public RunRecordTests() => File.WriteAllText(_cli.At("pairs.json"), Network);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_recorded_run_is_the_same_run()
    {
        string plain = _cli.Run("run pairs.json --ticks 400 --json").StateHash;
        var recorded = _cli.Run("run pairs.json --ticks 400 --record rec --report page.html --json").Result;
        Assert.Equal(plain, (string)recorded["stateHash"]!);
        Assert.Equal(("rec", "page.html"), ((string)recorded["record"]!, (string)recorded["report"]!));
        Assert.Contains("pairs", File.ReadAllText(_cli.At("page.html")));
    }

    [Fact]
    public void A_recording_explains_itself()
    {
        var result = _cli.Run("run pairs.json --ticks 400 --record rec --json").Result;
        var recording = RecordingDirectory.Load(_cli.At("rec"));
        Assert.Equal((0, 400, 0.5), (recording.FirstTick, recording.Ticks, recording.TimeStepMs));
        var spikes = recording.Spikes.ToDictionary(s => s.Population);
        Assert.Equal((int)result["spikes"]!, spikes["out"].Count);
        Assert.Equal((int)result["sourceSpikes"]!, spikes["in"].Count);
        Assert.True(spikes["out"].Count > 10, "too quiet to prove anything");

        // A neuron spikes exactly where its potential has reached the threshold.
        var potentials = recording.Potentials.Single();
        Assert.Equal(("mV", 400), (potentials.Unit, potentials.Ticks.Length));
        var reached = from row in Enumerable.Range(0, 400) from n in Enumerable.Range(0, 3) where potentials.Values[3 * row + n] >= 5 select (potentials.Ticks[row], n);
        Assert.Equal(Enumerable.Range(0, spikes["out"].Count).Select(i => (spikes["out"].TickOf(i), spikes["out"].NeuronOf(i))), reached);

        // Weights as they are at the end.
        var synapses = recording.Synapses.Single();
        Assert.Equal(400, recording.WeightsTick);
        Assert.Equal(synapses.Values.Length, synapses.Pairs.Length / 2);
        Assert.InRange(synapses.Values.Length, 15, 45);
        Assert.All(synapses.Values, w => Assert.InRange(w, 0f, 3f));
        Assert.Contains(synapses.Values, w => w != 1.5f);
    }

    [Fact]
    public void A_recording_is_the_same_on_any_cores()
    {
        _cli.Run("run pairs.json --ticks 300 --record one --json");
        _cli.Run("run pairs.json --ticks 300 --record two --cores 3 --threads 2 --json");
        foreach (string file in Directory.GetFiles(_cli.At("one"))) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(_cli.At($"two/{Path.GetFileName(file)}")));
    }

    [Fact]
    public void A_resumed_run_records_from_where_it_went_on()
    {
        _cli.Run("run pairs.json --ticks 300 --record whole --json");
        _cli.Run("run pairs.json --ticks 100 --checkpoint points --json");
        _cli.Run("run pairs.json --ticks 300 --checkpoint points --resume --record rest --json");
        var (whole, rest) = (RecordingDirectory.Load(_cli.At("whole")), RecordingDirectory.Load(_cli.At("rest")));
        Assert.Equal((100, 200), (rest.FirstTick, rest.Ticks));
        foreach (var spikes in rest.Spikes)
        {
            var all = whole.Spikes.Single(s => s.Population == spikes.Population);
            int before = Enumerable.Range(0, all.Count).Count(i => all.TickOf(i) < 100);
            Assert.Equal(all.Events[(2 * before)..], spikes.Events);
        }
    }

    [Fact]
    public void Rasters_are_drawn_of_network_files_and_built_in_networks()
    {
        var drawn = _cli.Run("raster pairs.json --ms 50 --json").Json[^1];
        Assert.Equal((100, "pairs-raster.svg"), ((int)drawn["ticks"]!, (string)drawn["svg"]!));
        Assert.Equal("svg", XDocument.Load(_cli.At("pairs-raster.svg")).Root!.Name.LocalName);
        var cuba = _cli.Run("raster cuba --neurons 500 --ms 40 --out c.svg --ascii");
        Assert.Equal(0, cuba.Code);
        Assert.Contains(cuba.Output, line => line.Contains("c.svg"));
        Assert.True(File.Exists(_cli.At("c.svg")));
    }
}
