namespace ActorSnn.Networks;

/// <summary>
/// Logarithm and exponential from IEEE additions, multiplications and divisions alone, so that every machine gets the same bits.
/// Accurate to about 2 units in the last place.
/// </summary>
public static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01; // the leading bits of ln 2: k * Ln2High is exact for |k| < 2^11
    private const double Ln2Low = 1.90821492927058770002e-10;  // ln 2 - Ln2High

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
}
