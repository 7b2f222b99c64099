using System.Globalization;

namespace ActorSnn.Reports;

/// <summary>An axis: round numbers that span some values.</summary>
internal sealed class Scale
{
    private readonly double _step;

    /// <param name="low">The smallest value.</param>
    /// <param name="high">The largest value.</param>
    /// <param name="steps">About how many steps between marks.</param>
    public Scale(double low, double high, int steps)
    {
        if (high - low < 1e-9 * Math.Max(1, Math.Abs(high)))
        {
            double margin = low == 0 ? 1 : Math.Abs(low) * 0.1;
            low -= margin;
            high += margin;
        }
        double raw = (high - low) / steps;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        _step = power * ((raw / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 });
        Low = Math.Floor(low / _step + 1e-9) * _step;
        High = Math.Ceiling(high / _step - 1e-9) * _step;
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>The marks, ascending.</summary>
    public IEnumerable<double> Marks => Enumerable.Range(0, (int)Math.Round((High - Low) / _step) + 1).Select(i => Low + i * _step);

    /// <summary>Where a value lies, 0 to 1.</summary>
    public double At(double value) => (value - Low) / (High - Low);

    /// <summary>A mark as text, with the decimals the step needs.</summary>
    public string Label(double mark, bool percent)
    {
        double factor = percent ? 100 : 1;
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(_step * factor) - 1e-9), 0, 6);
        if (decimals < 6 && Math.Abs(Math.Round(_step * factor, decimals) - _step * factor) > 1e-9 * factor) decimals++; // a step of 2.5
        return (mark * factor).ToString($"#,0.{new string('0', decimals)}", CultureInfo.InvariantCulture) + (percent ? " %" : "");
    }
}
