namespace ActorSnn.Networks;

/// <summary>
/// Neuron of a layer between input and readout; see <see cref="FirstSpikeModel"/>. It learns from errors of spike times that come back as graded spikes.
/// <para>
/// <b>Backward.</b> A dense projection from the <see cref="ErrorPorts"/> of the population above brings its errors <c>d_k</c>, once a sample; a dense projection from that population itself brings its spikes, and
/// so their times t_k. The neurons that spiked emit, over their own error ports in the same tick, the sum over k, in order, of <c>d_k w_kj</c> where <c>t_j &lt; t_k</c>: w as <see cref="BackwardForm"/> says, before this sample's update.
/// </para>
/// <para>
/// <b>Own error.</b> What then arrives over a graded one-to-one projection, usually that sum divided by its norm over the layer, is what the weights onto the neuron learn from.
/// </para>
/// <para>
/// <b>Reference.</b> Derived from the abstract of Cai et al., IEEE JETCAS 13(4), 2023, and its lineage: Kheradpisheh and Masquelier, International Journal of Neural Systems 30, 2050027 (2020); Kheradpisheh et al.,
/// Neural Processing Letters 54, 1255 (2022).
/// </para>
/// </summary>
/// <param name="Steps">Steps of time in a sample: T.</param>
/// <param name="Layer">1 for neurons that see the input.</param>
/// <param name="Form">What of the weights acts on the membrane.</param>
/// <param name="BackwardForm">What of the weights errors come back through.</param>
public sealed record FirstSpikeNeuron(int Steps, int Layer = 1, SynapseForm Form = SynapseForm.Sign, SynapseForm BackwardForm = SynapseForm.Sign) : FirstSpikeModel(Steps, Layer, Form)
{
    /// <inheritdoc/>
    public override string Name => "first-spike";

    /// <inheritdoc/>
    public override bool TakesGrades => true;

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write((int)BackwardForm);
    }
}
