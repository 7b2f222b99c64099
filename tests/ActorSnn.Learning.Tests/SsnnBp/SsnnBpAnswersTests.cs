using ActorSnn.Learning.SsnnBp;

namespace ActorSnn.Learning.Tests.SsnnBp;

public class SsnnBpAnswersTests
{
    [Fact]
    public void Most_wins_answer_then_the_larger_potential_then_the_lower_class()
    {
        int[] wins = [3, 5, 0, /* */ 4, 4, 0, /* */ 4, 4, 0, /* */ 0, 2, 6];
        float[] potentials = [9, 0, 0, /* */ 1, 2, 9, /* */ 2, 2, 0, /* */ 0, 0, 0];
        var answers = SsnnBpAnswers.Of(wins, potentials, [1, 1, 0, 0], 3);
        Assert.Equal([1, 1, 0, 2], answers.Classes.ToArray());
        Assert.Equal(0.75, answers.Accuracy);
    }

    [Fact]
    public void Loss_is_the_cross_entropy_of_the_last_potentials()
    {
        var answers = SsnnBpAnswers.Of([1, 0, 0, 1], [0, (float)Math.Log(3), 1000, 0], [0, 0], 2);
        Assert.Equal(Math.Log(4) / 2, answers.Loss, 6);
    }
}
