using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// The runtime picks a vector path once a process, so other paths are tested in processes of their own: this assembly started as a
/// program with some instructions switched off (see <see cref="Program"/>).
/// </summary>
public class VectorWidthTests
{
    [Theory]
    [InlineData("nothing switched off", "", int.MaxValue)]
    [InlineData("no AVX-512", "EnableAVX512=0 EnableAVX512F=0", 256)]
    [InlineData("vectors of 256 bits preferred", "PreferredVectorBitWidth=256", 256)]
    [InlineData("no AVX2", "EnableAVX512=0 EnableAVX512F=0 EnableAVX2=0", 128)]
    [InlineData("no vector instructions at all", "EnableHWIntrinsic=0", 0)]
    public async Task Every_vector_width_passes_the_kernel_tests_and_gives_the_same_states(string what, string switches, int mostBits)
    {
        // RuntimeDirectory is (dotnet)/shared/Microsoft.NETCore.App/(version)/.
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(dotnet, [typeof(Program).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var pair in switches.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')))
            start.Environment[$"DOTNET_{pair[0]}"] = pair[1];
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string[] lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.TrimEntries);
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"{what}: {await errors}");
        Assert.True(int.Parse(lines[0]) <= mostBits, $"{what}: still has vectors of {lines[0]} bits");
        Assert.Equal(Program.StateHashes(), lines[1]);
    }
}

/// <summary>Run as a program: the kernel tests, then the widest vectors in use and the states some networks end in.</summary>
internal static class Program
{
    public static int Main()
    {
        var dense = new DenseKernelTests();
        dense.Rows_are_added_as_by_the_scalar_twin();
        foreach (int rows in (int[])[255, 256, 257, 600]) dense.Sums_of_the_largest_weights_do_not_overflow(rows);
        dense.Rows_learn_as_by_the_scalar_twin();
        dense.Learning_stops_at_both_rails(126, 1, 127);
        dense.Learning_stops_at_both_rails(-127, -100, -128);
        dense.Single_columns_learn_as_whole_rows_do();
        dense.Bits_expand_to_the_value_or_zero();
        var threshold = new ThresholdKernelTests();
        threshold.Neurons_fire_as_by_the_scalar_twin();
        threshold.A_weight_is_added_exactly_where_a_bit_is_set();

        var linear = new LinearKernelTests();
        linear.Counts_are_added_as_by_the_scalar_twin_and_as_one_by_one();
        linear.A_channel_is_added_to_one_mode_or_two_and_is_empty_then();
        linear.Neurons_at_or_above_the_limit_are_listed_in_order();
        var random = new RandomKernelTests();
        random.A_group_of_words_is_the_words_one_by_one();
        random.Words_below_a_bound_are_found_as_by_the_scalar_twin();
        random.Numbers_of_spikes_are_added_as_by_the_scalar_twin();
        random.Words_are_scaled_to_indices_as_documented();
        random.Gaps_have_the_bits_of_the_portable_logarithm();
        var conductance = new ConductanceKernelTests();
        conductance.The_exponential_is_right_to_fourteen_digits();
        conductance.Conductance_neurons_advance_lane_by_lane_as_by_plain_arithmetic();
        conductance.Izhikevich_neurons_advance_lane_by_lane_as_by_plain_arithmetic();
        var stochastic = new StochasticKernelTests();
        stochastic.The_logistic_function_has_the_bits_of_the_portable_one();
        stochastic.Spikes_are_drawn_as_word_by_word();
        stochastic.Backward_spikes_are_drawn_as_one_by_one_and_those_beyond_certainty_are_counted();
        stochastic.Rows_of_units_are_added_and_changed_within_bounds_as_weight_by_weight();

        Console.WriteLine(
            Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0);
        Console.WriteLine(StateHashes());
        return 0;
    }

    public static string StateHashes()
    {
        using var writer = new CanonicalWriter();
        for (int seed = 100; seed < 115; seed++) writer.Write(new Lockstep(RandomNetworks.Make(seed)).RunTo(60).Capture().Hash());
        for (int seed = 100; seed < 120; seed++)
        {
            var options = new CoreOptions(Update: (UpdateStrategy)(seed % 3));
            writer.Write(new Lockstep(RandomRealNetworks.Make(seed), options).RunTo(90).Capture().Hash());
        }
        for (int seed = 100; seed < 130; seed++) writer.Write(new Lockstep(RandomSteppedNetworks.Make(seed)).RunTo(90).Capture().Hash());
        return Convert.ToHexStringLower(writer.Finish());
    }
}
