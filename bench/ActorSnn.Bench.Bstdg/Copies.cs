using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Bench.Bstdg;

/// <summary>Copies of an inference network whose samples end with their answers, each on a core and a thread of its own. All are shown the same images, over and over.</summary>
internal sealed class Copies : IDisposable
{
    private readonly IMesh[] _meshes;
    private readonly long[] _now;
    private readonly long[] _last;

    public Copies(LayerWeights weights, IntensityFrames images, BstdgOptions options, int count)
    {
        _meshes = [.. Enumerable.Range(0, count).Select(_ =>
            new EmbeddedEngine().Build(Placer.Place(BstdgCircuit.Inference(weights, images, options, exitsEarly: true), new PlacementOptions(1)), new MeshOptions(1)))];
        _now = new long[count];
        _last = new long[count];
    }

    /// <summary>Answers so many images, all copies together.</summary>
    public long Answer(int images)
    {
        int each = images / _meshes.Length;
        Task[] others = [.. Enumerable.Range(1, _meshes.Length - 1).Select(c => Task.Run(() => Answer(c, each)))];
        Answer(0, each);
        Task.WaitAll(others);
        return (long)each * _meshes.Length;
    }

    public void Dispose()
    {
        foreach (var mesh in _meshes) mesh.Dispose();
    }

    private void Answer(int copy, int images)
    {
        while (images > 0)
        {
            _now[copy] = Math.Max(_now[copy] + 1, _last[copy] + (long)BstdgCircuit.LeastPeriodTicks * images);
            _meshes[copy].RunTo(_now[copy]);
            foreach (var spike in _meshes[copy].TakeRecordings().Spikes(BstdgCircuit.Answers))
            {
                _last[copy] = spike.Tick;
                images--;
            }
        }
    }
}
