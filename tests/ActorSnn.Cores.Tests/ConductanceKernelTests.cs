using System.Runtime.Intrinsics;
using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

/// <summary>The kernels of neurons without closed form.</summary>
public class ConductanceKernelTests
{
    [Fact]
    public void The_exponential_is_right_to_fourteen_digits()
    {
        void Check(params double[] x)
        {
            var padded = new double[8];
            x.CopyTo(padded, 0);
            var result = ConductanceKernels.ExpOfMinus(Vector512.Create(padded));
            for (int i = 0; i < x.Length; i++)
            {
                double expected = Math.Exp(-Math.Min(x[i], 700));
                // Rounding of x itself shows in the exponential of a large one.
                Assert.True(Math.Abs(result[i] / expected - 1) < 1e-14, $"exp(-{x[i]:R}) = {result[i]:R}, expected {expected:R}");
            }
        }

        Check(0, double.Epsilon, 1e-300, 1e-16, 1e-8, 1, Math.PI, 699.9);
        Check(700, 701, 1e10, 1e300, double.PositiveInfinity);
        // Halfway between multiples of ln 2, where the reduced argument is largest.
        for (int k = 0; k < 1000; k++) Check((k + 0.5) * Math.Log(2), Math.BitDecrement((k + 0.5) * Math.Log(2)), k * Math.Log(2), Math.BitIncrement(k * Math.Log(2)));
        var random = new Random(1);
        for (int i = 0; i < 3000; i++) Check(random.NextDouble() * 700, random.NextDouble(), Math.Pow(10, -20 * random.NextDouble()));
        Assert.Equal(1, ConductanceKernels.ExpOfMinus(Vector512<double>.Zero)[3]);
    }

    [Fact]
    public void Conductance_neurons_advance_lane_by_lane_as_by_plain_arithmetic()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var step = new ConductanceStep(
                Math.Pow(10, random.NextDouble() * 3 - 2), -60 + random.NextDouble(), 5 * random.NextDouble(), -80, random.NextDouble(), random.NextDouble(),
                random.NextDouble(), random.NextDouble());
            var v = Values(random, -80, -40);
            var (e, i) = (Values(random, 0, 3), Values(random, 0, 3));
            v[random.Next(v.Length)] = double.NegativeInfinity; // refractory
            (e[5], i[7]) = (1e6, 1e6);
            var (v0, e0, i0) = (v.ToArray(), e.ToArray(), i.ToArray());
            ConductanceKernels.Advance(v, e, i, step);
            for (int n = 0; n < v.Length; n++)
            {
                double ge = e0[n] * step.HalfE;
                double gi = i0[n] * step.HalfI;
                double goal = (step.Rest + ge * step.ReversalE + gi * step.ReversalI) / (1 + ge + gi);
                double expected = goal + (v0[n] - goal) * Math.Exp(-Math.Min(700, (1 + ge + gi) * step.TicksPerTau));
                if (double.IsNegativeInfinity(v0[n])) Assert.Equal(double.NegativeInfinity, v[n]);
                else Assert.True(Math.Abs(v[n] - expected) < 1e-12, $"neuron {n}: {v[n]:R}, expected {expected:R} (seed {seed})");
                Assert.Equal(e0[n] * step.FullE, e[n]);
                Assert.Equal(i0[n] * step.FullI, i[n]);
            }
        }
    }

    [Fact]
    public void Izhikevich_neurons_advance_lane_by_lane_as_by_plain_arithmetic()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (v, u, drive) = (Values(random, -80, 40), Values(random, -20, 10), Values(random, -20, 20));
            var (v0, u0) = (v.ToArray(), u.ToArray());
            var (rate, b, half) = (random.NextDouble(), random.NextDouble(), 0.5 * random.NextDouble());
            IzhikevichKernels.Advance(v, u, drive, rate, b, half);
            for (int n = 0; n < v.Length; n++)
            {
                double potential = v0[n];
                for (int k = 0; k < 2; k++) potential += ((potential * 0.04 + 5) * potential + (140 - u0[n] + drive[n])) * half;
                Assert.True(potential == v[n] && u0[n] + (potential * b - u0[n]) * rate == u[n], $"neuron {n} (seed {seed})");
            }
        }
    }

    private static double[] Values(Random random, double low, double high) =>
        [.. Enumerable.Range(0, 64).Select(_ => low + random.NextDouble() * (high - low))];
}
