using System.Numerics;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// Frames that were sent and are not acknowledged, by sequence. They come and go in order, so they lie one after the other in chunks that are used again: nothing is
/// allocated for a frame, and what is acknowledged soon stays in the processor's cache.
/// </summary>
internal sealed class FrameQueue
{
    private const int FirstChunkSize = 4096;
    private const int ChunkSize = 4 * Framing.MaxFrame;
    private const int MostSpareChunks = 8;

    private readonly Stack<byte[]> _spare = [];
    private Slot[] _slots = new Slot[16];
    private byte[] _chunk = [];
    private int _used;

    /// <summary>The last sequence that was freed.</summary>
    public long Freed { get; private set; }

    /// <summary>The last sequence that was added.</summary>
    public long Last { get; private set; }

    /// <summary>Bytes of all frames in it.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => Freed == Last;

    /// <summary>The frame of a sequence after <see cref="Freed"/>, up to <see cref="Last"/>.</summary>
    public ref Slot this[long sequence] => ref _slots[sequence & (_slots.Length - 1)];

    /// <summary>Adds a frame of the next sequence, its bytes to be written by the caller.</summary>
    public ref Slot Add(int length)
    {
        if (Last - Freed == _slots.Length) Grow();
        if (_used + length > _chunk.Length)
        {
            // Most links carry little for long.
            int size = Math.Min(ChunkSize, Math.Max(FirstChunkSize, Math.Max(length, 2 * _chunk.Length)));
            if (size < ChunkSize || !_spare.TryPop(out byte[]? chunk)) chunk = GC.AllocateUninitializedArray<byte>(size);
            _chunk = chunk;
            _used = 0;
        }
        ref var slot = ref this[++Last];
        slot = new Slot(_chunk, _used, length);
        _used += length;
        Bytes += length;
        return ref slot;
    }

    /// <summary>Frees all frames up to a sequence.</summary>
    public void FreeThrough(long sequence)
    {
        while (Freed < sequence)
        {
            ref var slot = ref this[++Freed];
            Bytes -= slot.Length;
            byte[] chunk = slot.Chunk;
            slot = default;
            if (chunk.Length == ChunkSize && chunk != _chunk && (IsEmpty || this[Freed + 1].Chunk != chunk) && _spare.Count < MostSpareChunks) _spare.Push(chunk);
        }
        if (IsEmpty) _used = 0;
    }

    /// <summary>Frees all frames and their memory.</summary>
    public void Clear()
    {
        FreeThrough(Last);
        _spare.Clear();
        (_slots, _chunk) = (new Slot[1], []);
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)old.Length + 1)];
        for (long s = Freed + 1; s <= Last; s++) this[s] = old[s & (old.Length - 1)];
    }

    /// <summary>A frame and how often it was sent.</summary>
    internal struct Slot(byte[] chunk, int start, int length)
    {
        /// <summary>Times it was sent again over the present connection.</summary>
        public int SentAgain;

        /// <summary>When it was last sent.</summary>
        public long SentAt;

        public readonly byte[] Chunk => chunk;

        public readonly int Length => length;

        public readonly Span<byte> Frame => chunk.AsSpan(start, length);
    }
}
