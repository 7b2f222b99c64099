using System.Globalization;

namespace ActorSnn.Reports;

/// <summary>Numbers for people.</summary>
public static class Units
{
    /// <summary>With separators: 3,282.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>In the unit that keeps it short: 480 kB.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++) value /= 1000;
        return $"{Short(value)} {units[unit]}";
    }

    /// <summary>Three digits that matter: 0.0123, 4.56, 789.</summary>
    public static string Short(double value)
    {
        double magnitude = Math.Abs(value);
        string format = magnitude switch { 0 => "0", < 0.001 => "0.0E0", < 0.1 => "0.####", < 10 => "0.##", < 100 => "0.#", _ => "#,0" };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A fraction in percent: 96.25 %.</summary>
    public static string Percent(double fraction) => (100 * fraction).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    /// <summary>A number of things: 1 core, 5 cores.</summary>
    public static string Several(long number, string thing) => $"{Count(number)} {thing}{(number == 1 ? "" : "s")}";
}
