namespace ActorSnn.Networks;

/// <summary>
/// When the steps of a stochastic population happen: in windows of <see cref="WindowSteps"/> consecutive ticks, one step a tick, a window every
/// <see cref="PeriodTicks"/> ticks. Step s happens at tick <c>FirstTick + (s / WindowSteps) PeriodTicks + s mod WindowSteps</c>.
/// </summary>
/// <param name="FirstTick">Tick of step 0.</param>
/// <param name="PeriodTicks">Ticks from one window to the next, at least <paramref name="WindowSteps"/>.</param>
/// <param name="WindowSteps">Steps in a window.</param>
public readonly record struct StepClock(long FirstTick, int PeriodTicks, int WindowSteps = 1)
{
    /// <summary>The tick of a step.</summary>
    public long TickOf(long step) => FirstTick + step / WindowSteps * PeriodTicks + step % WindowSteps;

    /// <summary>The step of a tick; -1 for none.</summary>
    public long StepAt(long tick)
    {
        if (tick < FirstTick) return -1;
        var (window, place) = Math.DivRem(tick - FirstTick, PeriodTicks);
        return place < WindowSteps ? window * WindowSteps + place : -1;
    }

    /// <summary>The first tick from one on that has a step.</summary>
    public long NextAt(long tick)
    {
        if (tick <= FirstTick) return FirstTick;
        var (window, place) = Math.DivRem(tick - FirstTick, PeriodTicks);
        return place < WindowSteps ? tick : FirstTick + (window + 1) * PeriodTicks;
    }

    /// <summary>The same steps some ticks later.</summary>
    public StepClock Later(int ticks) => this with { FirstTick = FirstTick + ticks };

    internal void Validate(string field)
    {
        if (FirstTick is < 0 or > int.MaxValue) throw new NetworkException($"{field}.firstTick", $"{FirstTick}; give 0 to {int.MaxValue}");
        if (WindowSteps is < 1 or > Delay.MaxTicks) throw new NetworkException($"{field}.windowSteps", $"{WindowSteps}; give 1 to {Delay.MaxTicks}");
        if (PeriodTicks < WindowSteps)
            throw new NetworkException($"{field}.periodTicks", $"{PeriodTicks} ticks for windows of {WindowSteps}; a window must be over before the next begins");
    }
}
