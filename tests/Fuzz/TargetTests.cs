using System.Globalization;
using Fleet.Fuzzing;
using Fleet.Fuzzing.ConfigSpaces;
using Fleet.Fuzzing.Mailboxes;
using Fleet.Fuzzing.Spdm;

namespace Fleet.Fuzz.Tests;

/// <summary>A slice of what './bench fuzz' runs by the million.</summary>
public sealed class TargetTests
{
    private const int Slice = 5_000;

    [Theory]
    [InlineData("config")]
    [InlineData("mailbox")]
    [InlineData("discovery")]
    [InlineData("spdm-responses")]
    [InlineData("spdm-requests")]
    public void Run_ASliceOfSeeds_FindsNothing(string name)
    {
        StringWriter output = new(CultureInfo.InvariantCulture);
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given) ? given : 1;

        Assert.True(new FuzzRun(Target(name), seed, Slice, threads: 1, output).Run(), output.ToString());
    }

    [Fact]
    public void Run_ATargetThatFails_NamesTheSeedAndTheSmallestCase()
    {
        StringWriter output = new(CultureInfo.InvariantCulture);

        Assert.False(new FuzzRun(new FailingTarget(), 10, Slice, threads: 2, output).Run());

        Assert.Contains("failing, seed 17: This must hold: seed is not 17", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("the case of 17", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("./bench fuzz failing --seed 17 --count 1", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A generator that never gets past the door finds nothing for the wrong reason.</summary>
    [Fact]
    public void Cases_ASliceOfSeeds_ReachEveryEndOfAnExchange()
    {
        HashSet<string> ends = [];
        for (int seed = 1; seed <= Slice; seed++)
        {
            ends.Add(MailboxTarget.Exchange(MailboxCase.Make(seed)).Failure?.ToString() ?? "answered");
        }

        Assert.Equal(
            [
                "AbortFailed", "AccessFailed", "answered", "BusyAtEntry", "Denied", "ErrorLatched", "ForeignResponse", "Gone", "LengthMismatch", "NotAMailbox",
                "ReadOnly", "Timeout", "TooLong", "Underflow", "UnreadResponse",
            ],
            ends.Order(StringComparer.OrdinalIgnoreCase));
    }

    private static FuzzTarget Target(string name) => name switch
    {
        "config" => new ConfigSpaceTarget(),
        "mailbox" => new MailboxTarget(),
        "spdm-responses" => new SpdmResponseTarget(),
        "spdm-requests" => new SpdmRequestTarget(),
        _ => new DiscoveryTarget(),
    };

    private sealed class FailingTarget : FuzzTarget
    {
        public override string Name => "failing";

        public override void Run(int seed) => Check.That(seed is not 17);

        public override IEnumerable<string> Minimise(int seed) => [$"the case of {seed}"];
    }
}
