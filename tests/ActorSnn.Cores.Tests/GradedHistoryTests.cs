namespace ActorSnn.Cores.Tests;

public class GradedHistoryTests
{
    [Fact]
    public void Grades_stay_with_their_neurons_in_whatever_order_slices_are_heard()
    {
        var history = new GradedHistory(3, 130, capacity: 8);
        history.Add(5, 60, new SpikeSet([0, 4, 60], [1f, 2, 3]));
        Assert.Equal([1f, 2, 3], history.Grades(5).ToArray());
        history.Add(5, 0, new SpikeSet([0, 59], [4f, 5]));
        history.Add(5, 125, new SpikeSet([0, 4], [6f, 7]));
        Assert.Equal(7, history.Count(5));
        Assert.Equal([0, 59, 60, 64, 120, 125, 129], history.Indices(5).ToArray());
        Assert.Equal([4f, 5, 1, 2, 3, 6, 7], history.Grades(5).ToArray());
        var words = new ulong[2];
        history.AddTo(5, new Slice(3, 59, 66), words);
        Assert.Equal([3UL | 1UL << 5 | 1UL << 61, 0UL], words);
    }

    [Fact]
    public void A_ring_keeps_as_many_ticks_as_its_capacity_and_no_trace_of_older_ones()
    {
        var history = new GradedHistory(0, 10, capacity: 4);
        for (long tick = 0; tick < 100; tick++)
        {
            history.Add(tick, 0, new SpikeSet([(int)(tick % 10)], [tick]));
            for (long back = tick; back > Math.Max(-1, tick - 4); back--)
                Assert.Equal(((int)(back % 10), (float)back), (Assert.Single(history.Indices(back).ToArray()), Assert.Single(history.Grades(back).ToArray())));
            if (tick >= 4) Assert.Equal((0, 0, 0), (history.Count(tick - 4), history.Indices(tick - 4).Length, history.Grades(tick - 4).Length));
        }
        history.Clear();
        for (long tick = 96; tick < 100; tick++) Assert.Equal((0, 0), (history.Count(tick), history.Grades(tick).Length));
    }

    [Fact]
    public void Added_once_or_late_a_spike_that_is_there_already_keeps_its_grade()
    {
        var history = new GradedHistory(0, 130, capacity: 4);
        var scratch = new int[10];
        Assert.Equal(0, history.AddOnce(2, 60, new SpikeSet([0, 9, 69], [1f, 2, 3]), scratch));
        Assert.Equal(2, history.AddOnce(2, 59, new SpikeSet([1, 3, 10], [4f, 5, 6]), scratch));
        history.AddLate(2, 0, 7, 8, now: 1);
        history.AddLate(2, 0, 69, 9, now: 1);
        history.AddLate(2, 0, 128, 10, now: 1);
        Assert.Equal([7, 60, 62, 69, 128, 129], history.Indices(2).ToArray());
        Assert.Equal([8f, 1, 5, 2, 10, 3], history.Grades(2).ToArray());
        history.AddLate(3, 0, 0, 11, now: 1);
        Assert.Equal([11f], history.Grades(3).ToArray());
    }

    [Fact]
    public void All_neurons_fit_one_by_one_in_any_order()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var history = new GradedHistory(0, 300, capacity: 2);
            int[] neurons = [.. Enumerable.Range(0, 300)];
            new Random(seed).Shuffle(neurons);
            foreach (int neuron in neurons) history.AddLate(1, 0, neuron, -neuron, now: 0);
            Assert.Equal(Enumerable.Range(0, 300), history.Indices(1).ToArray());
            Assert.Equal(Enumerable.Range(0, 300).Select(n => -(float)n), history.Grades(1).ToArray());
        }
    }

    [Fact]
    public void As_many_grades_as_spikes_or_none() => Assert.Throws<ArgumentException>(() => new SpikeSet([1, 2], [1f]).Count);
}
