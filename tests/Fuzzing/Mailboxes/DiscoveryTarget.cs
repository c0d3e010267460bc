using System.Globalization;
using Fleet.Pci.Doe;

namespace Fleet.Fuzzing.Mailboxes;

/// <summary>Discovery of a mailbox that says anything: at most 256 exchanges, never an index twice, features only out of answers.</summary>
internal sealed class DiscoveryTarget : FuzzTarget
{
    private const int MostExchanges = 256;

    public override string Name => "discovery";

    public override void Run(int seed) => Run(seed, int.MaxValue, []);

    public override IEnumerable<string> Minimise(int seed)
    {
        int answers = MostExchanges;
        while (answers > 0 && Fails(() => Run(seed, answers - 1, [])))
        {
            answers--;
        }

        List<string> lines = [];
        Fails(() => Run(seed, answers, lines));
        return lines.Prepend(string.Create(CultureInfo.InvariantCulture, $"the first {answers} answers as they were, then errors:"));
    }

    private static void Run(int seed, int answers, List<string> lines)
    {
        Dice dice = Dice.Of(seed, 0);
        int exchanges = 0;
        bool[] asked = new bool[MostExchanges];
        byte version = (byte)dice.Next(4);
        Task<DoeDiscoveryResult> discovery = DoeDiscovery.RunAsync(
            (feature, request, _) =>
            {
                Check.That(feature == DoeFeature.Discovery && request.Length is 4);
                Check.That(!asked[request.Span[0]]);
                asked[request.Span[0]] = true;
                Check.That(request.Span[1] == (version >= 2 ? 2 : 0));
                return Task.FromResult(++exchanges > answers ? new DoeOutcome(DoeFailure.ErrorLatched, [], TimeSpan.Zero, "Error.") : Answer(ref dice, exchanges, lines));
            },
            version, CancellationToken.None);
        Check.That(discovery.IsCompleted);
        DoeDiscoveryResult result = discovery.GetAwaiter().GetResult();
        Check.That(exchanges is >= 1 and <= MostExchanges);
        Check.That(result.Features.Length <= exchanges);
        Check.That(result.Detail.Length > 0);
    }

    private static DoeOutcome Answer(ref Dice dice, int number, List<string> lines)
    {
        byte[] payload = new byte[dice.Next(40) is 0 ? dice.Next(16) : 4 + (dice.Next(2) * 4)];
        dice.Fill(payload);
        if (number is 1 && payload.Length >= 3 && dice.Next(8) is not 0)
        {
            (payload[0], payload[1], payload[2]) = (1, 0, 0); // Index 0 must describe discovery itself; without it there is no second question.
        }

        lines.Add(Convert.ToHexStringLower(payload));
        return new DoeOutcome(null, payload, TimeSpan.Zero, "Answered.");
    }
}
