using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorSnn.Datasets;

/// <summary>Gray images of one size, each with a class label.</summary>
public sealed class LabelledImages
{
    private readonly Lazy<string> _digest;

    /// <summary>Takes over the arrays given; nobody may change them afterwards.</summary>
    /// <param name="name">What the set is called in messages and reports.</param>
    /// <param name="rows">Height of an image in pixels, at least 1.</param>
    /// <param name="columns">Width of an image in pixels, at least 1.</param>
    /// <param name="pixels">[labels.Length, rows, columns], row-major, 0 = background to 255 = ink.</param>
    /// <param name="labels">One label an image, each below <paramref name="classes"/>.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <exception cref="ArgumentException">Shapes disagree or a label is out of range.</exception>
    public LabelledImages(string name, int rows, int columns, byte[] pixels, byte[] labels, int classes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        if (pixels.LongLength != (long)labels.Length * rows * columns)
        {
            throw new ArgumentException(
                $"{labels.Length} images of {rows}x{columns} need {(long)labels.Length * rows * columns} pixels, not {pixels.Length}",
                nameof(pixels));
        }

        if (classes < 256)
        {
            var outside = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
            if (outside >= 0)
                throw new ArgumentException($"label {labels[outside]} of image {outside}: labels must be below {classes}", nameof(labels));
        }

        Name = name;
        Rows = rows;
        Columns = columns;
        Pixels = pixels;
        Labels = labels;
        Classes = classes;
        _digest = new Lazy<string>(ComputeDigest);
    }

    /// <summary>What the set is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Height of an image in pixels.</summary>
    public int Rows { get; }

    /// <summary>Width of an image in pixels.</summary>
    public int Columns { get; }

    /// <summary>Number of classes; labels are below it.</summary>
    public int Classes { get; }

    /// <summary>[Count, Rows, Columns], row-major, 0 = background to 255 = ink.</summary>
    public byte[] Pixels { get; }

    /// <summary>[Count], each in 0..Classes-1.</summary>
    public byte[] Labels { get; }

    /// <summary>
    /// SHA-256 in lower-case hex over count, rows, columns and classes (32-bit little-endian each), the pixels and the
    /// labels: equal for equal data, whatever it is called and wherever it came from. Computed at first use.
    /// </summary>
    public string Digest => _digest.Value;

    /// <summary>The pixels of one image, [Rows, Columns] row-major.</summary>
    /// <param name="index">0..Count-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var size = Rows * Columns;
        return Pixels.AsSpan(index * size, size);
    }

    /// <summary>The first <paramref name="n"/> images as a set of their own (a copy, unless that is all of them).</summary>
    /// <param name="n">0..Count.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer images than asked for.</exception>
    public LabelledImages Take(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, Count);
        return n == Count ? this : new LabelledImages(Name, Rows, Columns, Pixels[..(n * Rows * Columns)], Labels[..n], Classes);
    }

    /// <summary>Some of the images, in the order given, as a set of their own.</summary>
    /// <param name="images">Indices, each in 0..Count-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such image.</exception>
    public LabelledImages Select(ReadOnlySpan<int> images)
    {
        var pixels = new byte[(long)images.Length * Rows * Columns];
        var labels = new byte[images.Length];
        for (var n = 0; n < images.Length; n++)
        {
            Image(images[n]).CopyTo(pixels.AsSpan(n * Rows * Columns));
            labels[n] = Labels[images[n]];
        }

        return new LabelledImages(Name, Rows, Columns, pixels, labels, Classes);
    }

    /// <summary>The same images with rows and columns exchanged.</summary>
    internal LabelledImages Transposed()
    {
        var pixels = new byte[Pixels.Length];
        for (var n = 0; n < Count; n++)
        {
            var from = Image(n);
            var to = pixels.AsSpan(n * from.Length, from.Length);
            for (var row = 0; row < Rows; row++)
            {
                for (var column = 0; column < Columns; column++)
                    to[column * Rows + row] = from[row * Columns + column];
            }
        }

        return new LabelledImages(Name, Columns, Rows, pixels, Labels, Classes);
    }

    private string ComputeDigest()
    {
        Span<byte> shape = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(shape, Count);
        BinaryPrimitives.WriteInt32LittleEndian(shape[4..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(shape[8..], Columns);
        BinaryPrimitives.WriteInt32LittleEndian(shape[12..], Classes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(shape);
        hash.AppendData(Pixels);
        hash.AppendData(Labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
