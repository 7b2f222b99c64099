namespace ActorSnn.Mesh.Embedded;

/// <summary>The shell of a core in free timing; only its worker touches it.</summary>
/// <param name="machine">The core's protocol.</param>
internal sealed class FreeCore(FreeMachine machine) : LinkEnd(machine.Core.Tick), IOutbox
{
    private FreeLink[] _inputs = [];
    private FreeLink[] _outputs = [];

    public FreeMachine Machine { get; } = machine;

    /// <summary>Connects the links, in the machine's order.</summary>
    public void Connect(FreeLink[] inputs, FreeLink[] outputs) => (_inputs, _outputs) = (inputs, outputs);

    /// <summary>Runs the next tick if its time has come, with what has arrived by now.</summary>
    /// <param name="clock">The tick the clock shows.</param>
    /// <param name="limit">Last tick to run.</param>
    /// <returns>Whether the tick was run.</returns>
    public bool Advance(long clock, long limit)
    {
        if (Machine.Core.Tick >= Math.Min(clock, limit)) return false;
        for (int i = 0; i < _inputs.Length; i++)
        {
            while (_inputs[i].Peek() is { } packet && Machine.Takes(packet.FirstTick))
            {
                Machine.Receive(i, packet);
                _inputs[i].Return();
            }
        }
        for (int i = 0; i < _outputs.Length; i++) Machine.Consumed(i, _outputs[i].Consumer.Consumed);
        return Machine.Run(clock, limit, this);
    }

    /// <summary>Starts anew at the machine's tick, while everything stands still.</summary>
    public void Reset()
    {
        Machine.Reset();
        Consumed = Machine.Core.Tick;
        foreach (var link in _inputs) link.Reset();
    }

    SpikePacket IOutbox.Rent(int output) => _outputs[output].Rent();

    void IOutbox.Send(int output, SpikePacket packet, long lastTick)
    {
        packet.End(lastTick);
        _outputs[output].Send(packet);
    }

    void IOutbox.GrantCredit(long tick) => Consumed = tick;
}
