using System.Text;

namespace ActorSnn.Reports;

/// <summary>
/// The colours of all pictures, by class of a style sheet, so that one picture serves light and dark pages. The hues are those of Okabe and Ito (2008), which
/// people with any colour vision can tell apart, lightened where the page is dark.
/// </summary>
internal static class Palette
{
    public const int Blue = 0, Green = 1, Vermilion = 2, Gray = 3;

    private static readonly (string Light, string Dark, Rgb Bitmap)[] Hues =
    [
        ("#0072b2", "#56b4e9", new(30, 132, 201)),  // blue
        ("#00805d", "#34c79c", new(10, 158, 118)),  // bluish green
        ("#c85200", "#ff9b54", new(226, 100, 20)),  // vermilion
        ("#4a5560", "#b3bdc7", new(125, 135, 145)), // gray
        ("#a8487f", "#e6a3c8", new(200, 105, 160)), // reddish purple
        ("#a87400", "#f0c04a", new(214, 155, 20)),  // orange
    ];

    private static readonly (string Class, string Light, string Dark)[] Fills =
    [
        ("paper", "#ffffff", "#161b22"), ("ink", "#1b2733", "#e6edf3"), ("soft", "#57606a", "#9aa5b1"), ("faint", "#f3f5f7", "#1f262e"), ("band", "#e9edf1", "#28313a"),
    ];

    private static readonly (string Class, string Light, string Dark)[] Strokes =
    [
        ("grid", "#dfe4e9", "#2f3943"), ("axis", "#8c959f", "#6b7682"),
    ];

    /// <summary>Bitmap colour of what is above zero.</summary>
    public static Rgb Positive => Hues[Vermilion].Bitmap;

    /// <summary>Bitmap colour of what is below zero.</summary>
    public static Rgb Negative => Hues[Blue].Bitmap;

    /// <summary>Style sheet of the classes: fN and sN fill and draw with hue N.</summary>
    public static string Css { get; } = Sheet();

    public static string Fill(int hue) => $"f{hue % Hues.Length}";

    public static string Stroke(int hue) => $"s{hue % Hues.Length}";

    public static Rgb Bitmap(int hue) => Hues[hue % Hues.Length].Bitmap;

    private static string Sheet()
    {
        var light = new StringBuilder();
        var dark = new StringBuilder();
        void Add(string name, string property, string onLight, string onDark)
        {
            light.Append($".{name}{{{property}:{onLight}}}");
            dark.Append($".{name}{{{property}:{onDark}}}");
        }
        foreach (var (name, onLight, onDark) in Fills) Add(name, "fill", onLight, onDark);
        foreach (var (name, onLight, onDark) in Strokes) Add(name, "stroke", onLight, onDark);
        for (int i = 0; i < Hues.Length; i++)
        {
            Add(Fill(i), "fill", Hues[i].Light, Hues[i].Dark);
            Add(Stroke(i), "stroke", Hues[i].Light, Hues[i].Dark);
        }
        return $"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}";
    }
}

/// <summary>A colour, 0 to 255 each.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue);
