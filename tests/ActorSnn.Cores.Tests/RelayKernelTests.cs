using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

public class RelayKernelTests
{
    [Fact]
    public void A_neuron_spikes_as_the_truth_table_says()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int inputs = random.Next(1, RelayKernel.MostInputs + 1);
            int population = random.Next(1, 300);
            int start = random.Next(population);
            int neurons = random.Next(1, population - start + 1);
            uint table = (uint)random.Next(1 << (1 << inputs));
            var bits = Enumerable.Range(0, RelayKernel.MostInputs).Select(i => Draw(random, i < inputs ? population : 0)).ToArray();
            var spikes = Enumerable.Repeat(0x1234UL, (neurons + 63) / 64).ToArray();

            int count = RelayKernel.Fire(table, inputs, bits[0], bits[1], bits[2], start, neurons, spikes);

            int expected = 0;
            for (int n = 0; n < spikes.Length * 64; n++)
            {
                int combination = 0;
                for (int i = 0; i < inputs && n < neurons; i++) combination |= (int)(bits[i][(start + n) / 64] >> ((start + n) % 64) & 1) << i;
                bool fires = n < neurons && (table >> combination & 1) == 1;
                if (fires) expected++;
                Assert.True(fires == ((spikes[n / 64] >> (n % 64) & 1) == 1), $"neuron {n} of {neurons} from {start}, table {table:x} (seed {seed})");
            }
            Assert.Equal(expected, count);
        }
    }

    private static ulong[] Draw(Random random, int count)
    {
        var words = new ulong[(count + 63) / 64];
        for (int i = 0; i < count; i++)
        {
            if (random.Next(2) == 0) words[i / 64] |= 1UL << (i % 64);
        }
        return words;
    }
}
