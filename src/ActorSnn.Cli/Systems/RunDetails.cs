using ActorSnn.Datasets;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems;

/// <summary>What a run can show of itself beyond its result. Gathering it changes no result.</summary>
/// <param name="LossMeaning">What the loss is, exactly.</param>
/// <param name="Confusions">Which class was taken for which, by the ways to read an answer.</param>
/// <param name="Showing">The network at work on a few samples; null for a network that is on no mesh.</param>
/// <param name="Weights">Weights as images.</param>
/// <param name="Mesh">The cores of the run and what went between them in this process; null for a network that is on no mesh.</param>
internal sealed record RunDetails(
    string LossMeaning, IReadOnlyList<Confusion> Confusions, Showing? Showing, WeightImages Weights, MeshOverview? Mesh)
{
    /// <summary>What the system has to say beside; null for nothing.</summary>
    public Remark? Remark { get; init; }
}

/// <summary>A paragraph of a report.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Text">What it says.</param>
internal sealed record Remark(string Heading, string Text);

/// <summary>Scores on the test set after an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Accuracy">Its accuracies.</param>
/// <param name="Loss">Its loss.</param>
internal sealed record EpochScores(int Epoch, IReadOnlyList<Measure> Accuracy, double Loss);

/// <summary>Which class was taken for which.</summary>
/// <param name="Title">How the answer was read.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Answers">Names of the answers: the classes, then what else can be answered.</param>
/// <param name="Counts">[class, answer].</param>
internal sealed record Confusion(string Title, IReadOnlyList<string> Classes, IReadOnlyList<string> Answers, long[,] Counts)
{
    /// <summary>Counts answers.</summary>
    /// <param name="title">How the answer was read.</param>
    /// <param name="answers">A class for each of the first samples; -1 for no answer.</param>
    /// <param name="test">The samples.</param>
    public static Confusion Of(string title, IReadOnlyList<int> answers, LayeredSamples test)
    {
        var classes = DataLocator.ClassNamesOf(test.Dataset);
        IReadOnlyList<string> columns = answers.Contains(-1) ? [.. classes, "none"] : classes;
        var counts = new long[classes.Count, columns.Count];
        for (int i = 0; i < answers.Count; i++) counts[test.Labels[i], answers[i] < 0 ? classes.Count : answers[i]]++;
        return new Confusion(title, classes, columns, counts);
    }
}

/// <summary>A network that was shown a few samples.</summary>
/// <param name="What">What was shown to what, a sentence.</param>
/// <param name="Recording">Its spikes, potentials and weights.</param>
/// <param name="ActivityOf">Over what the activity was counted, a sentence.</param>
/// <param name="Activity">How often its populations spike.</param>
/// <param name="Mesh">Its cores and what went between them.</param>
internal sealed record Showing(string What, Recording Recording, string ActivityOf, Activity Activity, MeshOverview Mesh);

/// <summary>Weights as images.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Unit">Unit of the weights.</param>
/// <param name="Rows">Rows of an image.</param>
/// <param name="Columns">Columns of an image.</param>
/// <param name="Images">The images.</param>
internal sealed record WeightImages(string Title, string Unit, int Rows, int Columns, IReadOnlyList<WeightImage> Images);
