using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Agent.Local.Routes;

/// <summary>The functions of the host.</summary>
internal static class FunctionRoutes
{
    private const int PublicSize = 64;

    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/functions", (string? q, HttpContext context) => List(host, q, context.Peer())).For(LocalRule.Everybody);
        routes.MapGet("/v1/functions/{address}", (string address, HttpContext context) => Show(host, address, context.Peer())).For(LocalRule.Everybody);
    }

    /// <summary>Finds a function by what somebody typed.</summary>
    public static bool TryFind(AgentHost host, string text, out PciAddress address, out IResult? problem)
    {
        problem = null;
        if (!AddressText.TryParse(text, out address))
        {
            problem = LocalAnswers.Problem(ErrorCodes.Invalid, $"'{text}' is not a PCI address; write DDDD:BB:DD.F, as in 0000:01:00.0.");
        }
        else if (!host.Broker.TryGet(address, out _))
        {
            problem = LocalAnswers.Problem(ErrorCodes.NotFound, AddressText.NotHere(text, [.. host.Broker.Functions.Select(f => f.Address)]));
        }

        return problem is null;
    }

    private static IResult List(AgentHost host, string? q, LocalPeer peer)
    {
        if (!Selector.TryParse(q, Selectables.LocalFunctionFields, out Selector? selector, out SelectorError? error))
        {
            return LocalAnswers.Problem(ErrorCodes.InvalidFilter, $"The filter is wrong at position {error.Value.Position}: {error.Value.Message}");
        }

        Dictionary<PciAddress, FunctionFacts> read = host.Inventory.Functions.ToDictionary(f => f.Address);
        return LocalAnswers.List(host.Broker.Functions
            .Select(f => f.Facts with { Config = read.GetValueOrDefault(f.Address)?.Config ?? [] })
            .Where(f => selector.Matches(Selectables.Of(f)))
            .Select(f => Visible(f, peer)));
    }

    private static IResult Show(AgentHost host, string text, LocalPeer peer)
    {
        if (!TryFind(host, text, out PciAddress address, out IResult? problem))
        {
            return problem!;
        }

        FunctionFacts? read = host.Inventory.Functions.FirstOrDefault(f => f.Address == address);
        if (!host.Broker.TryGet(address, out BrokeredFunction? function))
        {
            return LocalAnswers.Problem(ErrorCodes.NotFound, $"The function {address} has just gone.");
        }

        FunctionFacts facts = Visible(
            function.Facts with { Config = read?.Config ?? [], PowerState = read?.PowerState ?? function.Facts.PowerState }, peer);
        return LocalAnswers.Value(new LocalFunction(
            facts, FunctionDecoding.Decode(facts), [.. host.Claims().Where(c => c.Function == address)],
            peer.IsRoot ? Touches(host, address) : null, peer.IsRoot ? Bypasses(host, address) : null));
    }

    /// <summary>What sysfs would show this user: the first 64 bytes, unless it is root.</summary>
    private static FunctionFacts Visible(FunctionFacts facts, LocalPeer peer) => peer.IsRoot ? facts : facts with
    {
        Config = [.. facts.Config.Where(r => r.Offset < PublicSize).Select(r => r with { Hex = r.Hex[..Math.Min(r.Hex.Length, (PublicSize - r.Offset) * 2)] })],
    };

    private static List<LocalTouch> Touches(AgentHost host, PciAddress address) =>
    [
        .. host.Broker.ReadJournal().Entries.Where(e => e.Function == address)
            .GroupBy(e => (e.Exe, e.Uid, e.Unit))
            .Select(g => new LocalTouch(
                g.Key.Exe, g.Key.Uid, g.Key.Unit, g.Max(e => e.Minute),
                g.Where(e => e.Operation is AccessOperation.Read && !WasRefused(e)).Sum(e => e.Count),
                g.Where(e => e.Operation is AccessOperation.Write && !WasRefused(e)).Sum(e => e.Count),
                g.Where(e => e.Decision is not Decision.Allow).Sum(e => e.Count)))
            .OrderByDescending(t => t.Last).ThenBy(t => t.Exe, StringComparer.Ordinal),
    ];

    private static bool WasRefused(JournalEntry entry) => entry.Decision is Decision.Refuse or Decision.ReadOnly;

    private static List<LocalBypass> Bypasses(AgentHost host, PciAddress address) =>
        [.. host.Broker.Bypasses.Recent(address).Select(b => new LocalBypass(b.Time, b.Sensor, b.Operation, b.Offset, b.Length, b.Caller))];
}
