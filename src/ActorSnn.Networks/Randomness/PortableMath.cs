namespace ActorSnn.Networks;

/// <summary>
/// Logarithm and exponential from IEEE additions, multiplications and divisions alone, so that every machine gets the same bits.
/// Accurate to about 2 units in the last place.
/// </summary>
public static class PortableMath
{
    /// <summary>The leading bits of ln 2: k * Ln2High is exact for |k| &lt; 2^11.</summary>
    public const double Ln2High = 6.93147180369123816490e-01;

    /// <summary>ln 2 - <see cref="Ln2High"/>.</summary>
    public const double Ln2Low = 1.90821492927058770002e-10;

    private static readonly double[] ExpSeries = SeriesOfExp(13);

    /// <summary>1/n! for n from 0 to 13: what <see cref="Logistic"/> sums, for who does the same in vectors.</summary>
    public static ReadOnlySpan<double> LogisticSeries => ExpSeries;

    /// <summary>Natural logarithm of a positive finite number; -∞ for 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (x < 0 || double.IsNaN(x)) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;
        int exponent = Math.ILogB(x);
        double m = Math.ScaleB(x, -exponent);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }
        // log m = 2 artanh s with s = (m - 1) / (m + 1), |s| <= 0.172; the series is cut where its terms fall below 2^-56.
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double series = 0;
        for (int k = 21; k >= 3; k -= 2) series = series * z + 1.0 / k;
        return exponent * Ln2High + (2 * s + (2 * s * z * series + exponent * Ln2Low));
    }

    /// <summary>Exponential; 0 on underflow, +∞ on overflow.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 709.782712893384) return double.PositiveInfinity; // ln of the largest double
        if (x < -745.1332191019412) return 0; // ln of half the smallest
        double k = Math.Round(x * 1.4426950408889634);
        double r = x - k * Ln2High - k * Ln2Low;
        double term = 1;
        double sum = 0;
        // Taylor series on |r| <= 0.35, smallest terms added first.
        Span<double> terms = stackalloc double[18];
        for (int n = 1; n < terms.Length; n++)
        {
            term = term * r / n;
            terms[n] = term;
        }
        for (int n = terms.Length - 1; n >= 1; n--) sum += terms[n];
        return Math.ScaleB(1 + sum, (int)k);
    }

    /// <summary>
    /// Logistic function 1 / (1 + exp(-x)). The exponential is a polynomial of degree 13 (<see cref="LogisticSeries"/>) by Horner's rule on a reduced
    /// argument, so that vectors can take the same steps and get the same bits.
    /// </summary>
    public static double Logistic(double x)
    {
        double y = Math.Max(-Math.Abs(x), -700);
        double k = Math.Round(y * 1.4426950408889634);
        double r = y - k * Ln2High - k * Ln2Low;
        double e = ExpSeries[^1];
        for (int n = ExpSeries.Length - 2; n >= 0; n--) e = e * r + ExpSeries[n];
        e *= BitConverter.Int64BitsToDouble((long)k + 1023 << 52); // 2^k
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    private static double[] SeriesOfExp(int degree)
    {
        var series = new double[degree + 1];
        double factorial = 1;
        for (int n = 0; n <= degree; n++)
        {
            if (n > 0) factorial *= n;
            series[n] = 1 / factorial;
        }
        return series;
    }
}
