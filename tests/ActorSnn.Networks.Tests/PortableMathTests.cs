namespace ActorSnn.Networks.Tests;

public class PortableMathTests
{
    private const int Seed = 20240607;

    [Fact]
    public void Log_is_within_four_units_in_the_last_place_over_the_whole_range()
    {
        var random = new Random(Seed);
        for (int exponent = -1074; exponent <= 1023; exponent++)
        {
            for (int i = 0; i < 20; i++)
            {
                double x = Math.ScaleB(1 + random.NextDouble(), exponent);
                if (x > 0) AssertClose(Math.Log(x), PortableMath.Log(x), x, "log");
            }
        }
        AssertClose(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon), double.Epsilon, "log");
        AssertClose(Math.Log(double.MaxValue), PortableMath.Log(double.MaxValue), double.MaxValue, "log");
    }

    [Fact]
    public void Log_is_within_four_units_in_the_last_place_around_one()
    {
        var random = new Random(Seed);
        for (int k = 1; k <= 52; k++)
        {
            for (int i = 0; i < 200; i++)
            {
                double distance = Math.ScaleB(random.NextDouble(), -k);
                AssertClose(Math.Log(1 + distance), PortableMath.Log(1 + distance), 1 + distance, "log");
                AssertClose(Math.Log(1 - distance), PortableMath.Log(1 - distance), 1 - distance, "log");
            }
        }
        AssertClose(Math.Log(Math.BitIncrement(1.0)), PortableMath.Log(Math.BitIncrement(1.0)), Math.BitIncrement(1.0), "log");
        AssertClose(Math.Log(Math.BitDecrement(1.0)), PortableMath.Log(Math.BitDecrement(1.0)), Math.BitDecrement(1.0), "log");
    }

    [Fact]
    public void Exp_is_within_four_units_in_the_last_place_over_the_whole_range()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 200_000; i++)
        {
            double x = -746 + random.NextDouble() * (746 + 709.78);
            AssertClose(Math.Exp(x), PortableMath.Exp(x), x, "exp");
        }
        for (int k = 0; k <= 60; k++)
        {
            for (int i = 0; i < 100; i++)
            {
                double x = Math.ScaleB(2 * random.NextDouble() - 1, -k);
                AssertClose(Math.Exp(x), PortableMath.Exp(x), x, "exp");
            }
        }
    }

    [Fact]
    public void Exp_is_finite_exactly_where_the_result_can_be_represented()
    {
        const double Last = 709.782712893384; // ln(double.MaxValue), rounded down
        Assert.True(double.IsFinite(PortableMath.Exp(Last)), $"exp({Last:R}) is {PortableMath.Exp(Last)}, not {Math.Exp(Last):R}");
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(709.7827128933841));
        Assert.Equal(double.Epsilon, PortableMath.Exp(-745.13));
        Assert.Equal(0, PortableMath.Exp(-745.14));
    }

    [Fact]
    public void Special_values_are_answered_as_by_Math()
    {
        double[] special =
        [
            0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue,
            -double.Epsilon, 1e308, -1e308,
        ];
        foreach (double x in special)
        {
            AssertClose(Math.Log(x), PortableMath.Log(x), x, "log");
            AssertClose(Math.Exp(x), PortableMath.Exp(x), x, "exp");
        }
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(1, PortableMath.Exp(0));
    }

    /// <summary>Not accuracy but sameness: these bits are what every machine has to get.</summary>
    [Theory]
    [InlineData(2.0, "3fe62e42fefa39ef", "3fc152aaa3bf81cc")]
    [InlineData(10.0, "40026bb1bbb55516", "3f07cd79b5647c9a")]
    [InlineData(0.1, "c0026bb1bbb55515", "3fecf46d99d52b3a")]
    [InlineData(1e-300, "c085963447f87fb5", "3ff0000000000000")]
    [InlineData(0.9999999, "be7ad7f2b1049b9f", "3fd78b565dad20c6")]
    [InlineData(123.456, "401343774f3e2362", "34cda9fb9e4ee720")]
    [InlineData(5e-324, "c0874385446d71c3", "3ff0000000000000")]
    [InlineData(700.5, "401a3509950c84a6", "00c4ff475c68ca02")]
    public void Bits_are_pinned(double x, string log, string expOfMinus) => Assert.Equal(
        $"{log} {expOfMinus}",
        $"{BitConverter.DoubleToInt64Bits(PortableMath.Log(x)):x16} {BitConverter.DoubleToInt64Bits(PortableMath.Exp(-x)):x16}");

    [Fact]
    public void The_logistic_function_is_close_to_the_platforms_and_symmetric()
    {
        for (int i = -40_000; i <= 40_000; i++)
        {
            double x = i * 0.001;
            AssertClose(1 / (1 + Math.Exp(-x)), PortableMath.Logistic(x), x, "logistic");
            Assert.True(Math.Abs(PortableMath.Logistic(x) + PortableMath.Logistic(-x) - 1) < 1e-15, $"logistic({x}) + logistic({-x})");
        }
        Assert.Equal(0.5, PortableMath.Logistic(0));
        Assert.Equal(1, PortableMath.Logistic(1e9));
        Assert.InRange(PortableMath.Logistic(-1e9), 0, 1e-300);
    }

    private static void AssertClose(double expected, double actual, double x, string function)
    {
        if (double.IsNaN(expected) || !double.IsFinite(expected) || expected == 0)
        {
            Assert.True(expected.Equals(actual), $"{function}({x:R}) is {actual:R}, not {expected:R}");
            return;
        }
        long ulps = Math.Abs(BitConverter.DoubleToInt64Bits(expected) - BitConverter.DoubleToInt64Bits(actual));
        Assert.True(
            ulps <= 4 && Math.Sign(expected) == Math.Sign(actual),
            $"{function}({x:R}) is {actual:R}, {ulps} units in the last place from {expected:R} (seed {Seed})");
    }
}
