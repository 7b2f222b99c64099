using System.Buffers;
using System.Numerics;

namespace ActorSnn.Mesh.Links;

/// <summary>Frames received that cannot be handed on yet, by sequence; their number and bytes are bounded.</summary>
/// <param name="maxBytes">Most bytes of frames in it.</param>
internal sealed class HeldBackFrames(int maxBytes)
{
    /// <summary>Only the sequences from the next one on, this many of them, are kept.</summary>
    public const int Window = 1 << 16;

    private (byte[]? Buffer, int Length, long Sequence)[] _slots = [];
    private long _bytes;

    public int Count { get; private set; }

    public bool Contains(long sequence) => Count > 0 && Slot(sequence) is { Buffer: not null } slot && slot.Sequence == sequence;

    /// <summary>A frame that is in it; valid until it is removed.</summary>
    public ReadOnlySpan<byte> this[long sequence] => Slot(sequence).Buffer.AsSpan(0, Slot(sequence).Length);

    /// <summary>Keeps a copy of a frame that is not in it, if there is room. The next one always has room.</summary>
    /// <param name="next">The next sequence to be handed on.</param>
    /// <param name="sequence">Sequence of the frame, not before the next one.</param>
    /// <param name="frame">The frame.</param>
    public bool TryAdd(long next, long sequence, ReadOnlySpan<byte> frame)
    {
        long ahead = sequence - next;
        if (ahead >= Window || (ahead > 0 && _bytes + frame.Length > maxBytes)) return false;
        if (ahead >= _slots.Length) Grow((int)ahead + 1);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer);
        Slot(sequence) = (buffer, frame.Length, sequence);
        _bytes += frame.Length;
        Count++;
        return true;
    }

    public void Remove(long sequence)
    {
        ref var slot = ref Slot(sequence);
        ArrayPool<byte>.Shared.Return(slot.Buffer!);
        _bytes -= slot.Length;
        Count--;
        slot = default;
    }

    private ref (byte[]? Buffer, int Length, long Sequence) Slot(long sequence) => ref _slots[sequence & (_slots.Length - 1)];

    private void Grow(int needed)
    {
        var old = _slots;
        _slots = new (byte[]?, int, long)[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, needed))];
        foreach (var slot in old)
        {
            if (slot.Buffer is not null) Slot(slot.Sequence) = slot;
        }
    }
}
