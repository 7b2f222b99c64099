namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>
/// An integrate-and-fire neuron whose inputs act as ramps, V(t) = sum of w_i max(t - t_i, 0), so that its spike time can be differentiated: with A the sum of the weights of inputs before the spike,
/// dt/dw_i = -(t - t_i) / A, dt/dt_i = w_i / A, dt/dthreshold = 1 / A. The signs of what is learned are those of these derivatives; the product's neurons, on which inputs act as steps, have none of their own.
/// </summary>
internal sealed record RampPotential(double[] Weights, double[] Times, double Threshold)
{
    public double At(double time) => Weights.Zip(Times, (w, t) => w * Math.Max(time - t, 0)).Sum();

    /// <summary>The first time at which the potential reaches the threshold, by bisection; not a number where it never does.</summary>
    public double SpikeTime()
    {
        double from = 0;
        foreach (double to in Times.Order().Append(1e3))
        {
            // Between two inputs the potential is a straight line.
            if (At(to) < Threshold)
            {
                from = to;
                continue;
            }
            var (low, high) = (from, to);
            while (low < (low + high) / 2 && (low + high) / 2 < high) (low, high) = At((low + high) / 2) >= Threshold ? (low, (low + high) / 2) : ((low + high) / 2, high);
            return high;
        }
        return double.NaN;
    }

    /// <summary>A: slope of the potential at a spike.</summary>
    public double SlopeAt(double spike) => Weights.Zip(Times, (w, t) => t < spike ? w : 0).Sum();

    public double ByWeight(int input, double spike) => Times[input] < spike ? -(spike - Times[input]) / SlopeAt(spike) : 0;

    public double ByTime(int input, double spike) => Times[input] < spike ? Weights[input] / SlopeAt(spike) : 0;

    public double ByThreshold(double spike) => 1 / SlopeAt(spike);
}
