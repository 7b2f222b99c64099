namespace ActorSnn.Networks.Tests;

public class NamePatternTests
{
    [Theory]
    [InlineData("x->h", "x->h", true)]
    [InlineData("x->h", "x->H", false)]
    [InlineData("x->h", "x->h2", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("x*", "x", true)]
    [InlineData("*->h", "x->h", true)]
    [InlineData("*->h", "x->h2", false)]
    [InlineData("h?", "h1", true)]
    [InlineData("h?", "h", false)]
    [InlineData("h?", "h12", false)]
    [InlineData("*a*b*", "xxaxbx", true)]
    [InlineData("*a*b", "abab", true)]
    [InlineData("*a*b", "aba", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void A_pattern_stands_for_names(string pattern, string name, bool matches) => Assert.Equal(matches, NamePattern.Matches(pattern, name));

    [Fact]
    public void A_pattern_made_to_be_slow_is_not() =>
        Assert.False(NamePattern.Matches(string.Concat(Enumerable.Repeat("*a", 100)) + "b", new string('a', 200)));
}
