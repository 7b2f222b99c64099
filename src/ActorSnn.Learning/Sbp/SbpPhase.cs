namespace ActorSnn.Learning.Sbp;

/// <summary>
/// The twelve phases of a training sample: tick mod 12. Each is opened by the gate neuron that spiked one tick before.
/// </summary>
public enum SbpPhase
{
    /// <summary>The input generator emits the sample.</summary>
    Present = 0,

    /// <summary>x takes the input.</summary>
    Input = 1,

    /// <summary>h, h&lt;, h&gt;: the hidden activation and the two edges of its box; the target generator emits.</summary>
    Hidden = 2,

    /// <summary>o, o&lt;, o&gt;, and t; mh remembers h.</summary>
    Output = 3,

    /// <summary>d+, d-: the output error.</summary>
    Error = 4,

    /// <summary>h is replayed against d+: coincidences strengthen the output weights.</summary>
    StrengthenOutput = 5,

    /// <summary>hT: where the back-propagated error is positive; mx replays x; ch: the box of the hidden layer.</summary>
    BackpropagatePositive = 6,

    /// <summary>x is replayed against the positive hidden error: coincidences strengthen the hidden weights.</summary>
    StrengthenHidden = 7,

    /// <summary>Nothing but the gate: what x and h of the phase before would drive is shut off.</summary>
    Rest = 8,

    /// <summary>h is replayed against d-: coincidences weaken the output weights.</summary>
    WeakenOutput = 9,

    /// <summary>hT: where the back-propagated error is negative.</summary>
    BackpropagateNegative = 10,

    /// <summary>x is replayed against the negative hidden error: coincidences weaken the hidden weights.</summary>
    WeakenHidden = 11,
}

/// <summary>The four phases of an inference sample: tick mod 4.</summary>
public enum SbpInferencePhase
{
    /// <summary>The input generator emits the sample.</summary>
    Present = 0,

    /// <summary>x takes the input.</summary>
    Input = 1,

    /// <summary>h.</summary>
    Hidden = 2,

    /// <summary>o.</summary>
    Output = 3,
}
