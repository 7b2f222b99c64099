namespace ActorSnn.Datasets;

/// <summary>How much drawn glyphs differ from each other: half-widths of symmetric distributions. Lengths in glyph units (a glyph is 2 high) or pixels.</summary>
internal sealed record GlyphJitter
{
    /// <summary>Half the mean height of a glyph in pixels.</summary>
    public required double HalfHeight { get; init; }

    /// <summary>Tangent of half the angle of the rotation.</summary>
    public required double MaxTurn { get; init; }

    /// <summary>Tangent of the slant.</summary>
    public required double MaxSlant { get; init; }

    /// <summary>Change of size, relative, each axis on its own.</summary>
    public required double MaxStretch { get; init; }

    /// <summary>Pixels, each axis.</summary>
    public required double MaxShift { get; init; }

    /// <summary>Glyph units, each control point and axis.</summary>
    public required double Wobble { get; init; }

    /// <summary>Least half of the width of the pen in pixels.</summary>
    public required double MinPen { get; init; }

    /// <summary>Greatest half of the width of the pen in pixels.</summary>
    public required double MaxPen { get; init; }

    /// <summary>Relative loss of ink, each inked pixel.</summary>
    public required double MaxFade { get; init; }

    /// <summary>Most single gray pixels anywhere.</summary>
    public required int MaxSpecks { get; init; }
}
