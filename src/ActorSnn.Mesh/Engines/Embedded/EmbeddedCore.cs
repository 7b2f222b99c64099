namespace ActorSnn.Mesh.Embedded;

/// <summary>The shell of a core in the embedded engine: its mailbox is one ring a link, and only its worker touches it.</summary>
/// <param name="machine">The core's protocol.</param>
/// <param name="captures">Takes the core's state at the ticks of checkpoints; null when there are none.</param>
internal sealed class EmbeddedCore(CoreMachine machine, CaptureBoard? captures = null) : LinkEnd(machine.Core.Tick), IOutbox
{
    private EmbeddedLink[] _inputs = [];
    private EmbeddedLink[] _outputs = [];
    private EmbeddedWorker[] _neighbours = [];
    private EmbeddedWorker? _worker;
    private double _extraMicrosecondsPerTick;
    private long _nextCapture = captures?.Schedule.NextAfter(machine.Core.Tick) ?? long.MaxValue;

    public CoreMachine Machine { get; } = machine;

    /// <summary>How much longer a tick takes than it has to, in microseconds: a fault. For any thread.</summary>
    public double ExtraMicrosecondsPerTick
    {
        get => Volatile.Read(ref _extraMicrosecondsPerTick);
        set => Volatile.Write(ref _extraMicrosecondsPerTick, value);
    }

    /// <summary>Whether it was killed or has thrown: nobody runs it any more, and what it holds is of no use.</summary>
    public bool IsGone { get; set; }

    /// <summary>Connects the links, in the machine's order.</summary>
    /// <param name="worker">The worker that runs this core.</param>
    /// <param name="inputs">Incoming links.</param>
    /// <param name="outputs">Outgoing links.</param>
    /// <param name="workerOf">The worker that looks after each other end.</param>
    public void Connect(EmbeddedWorker worker, EmbeddedLink[] inputs, EmbeddedLink[] outputs, Func<LinkEnd, EmbeddedWorker> workerOf)
    {
        _worker = worker;
        _inputs = inputs;
        _outputs = outputs;
        // Consumers wait for packets, producers for credit.
        var others = outputs.Select(o => o.Consumer).Concat(inputs.Select(i => i.Producer));
        _neighbours = [.. others.Select(workerOf).Where(w => w != worker).Distinct()];
    }

    /// <summary>Takes what has arrived and runs as far as possible.</summary>
    /// <returns>Whether any tick was run.</returns>
    public bool Advance(long limit)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            while (_inputs[i].TryTake(Machine.ClosedBy(i) + 1) is { } packet) Machine.Receive(i, packet);
        }
        // A consumer's tick is read only when the credit known is used up: the line it lies on belongs to another processor.
        if (Machine.CreditLimit <= Machine.Core.Tick)
        {
            for (int i = 0; i < _outputs.Length; i++) Machine.Credit(i, _outputs[i].Consumer.Consumed);
        }
        // The schedule of a run that goes on beyond its last tick has a next one after all.
        if (_nextCapture == long.MaxValue && captures is not null) _nextCapture = captures.Schedule.NextAfter(Machine.Core.Tick);
        // No window straddles a checkpoint.
        long before = Machine.Core.Tick;
        if (!Machine.Run(Math.Min(limit, _nextCapture), this)) return false;
        if (ExtraMicrosecondsPerTick > 0) _worker!.Dawdle(this, Machine.Core.Tick - before);
        if (Machine.Core.Tick == _nextCapture)
        {
            captures!.Add(Machine.Core);
            _nextCapture = captures.Schedule.NextAfter(_nextCapture);
        }
        foreach (var worker in _neighbours) worker.WakeIfParked();
        return true;
    }

    /// <summary>Notes that it threw; called by who ran it.</summary>
    /// <param name="cause">What it threw.</param>
    public CoreFailedException Failed(Exception cause)
    {
        IsGone = true;
        return new CoreFailedException(Machine.Core.Index, Machine.Core.Tick + 1, cause);
    }

    /// <summary>Starts anew at the machine's tick, while everything stands still.</summary>
    public void Reset()
    {
        Machine.Reset();
        Consumed = Machine.Core.Tick;
        _nextCapture = captures?.Schedule.NextAfter(Machine.Core.Tick) ?? long.MaxValue;
        foreach (var link in _inputs) link.Reset();
    }

    SpikePacket IOutbox.Rent(int output) => _outputs[output].Next();

    void IOutbox.Send(int output, SpikePacket packet, long lastTick) => packet.End(lastTick);

    void IOutbox.GrantCredit(long tick) => Consumed = tick;
}
