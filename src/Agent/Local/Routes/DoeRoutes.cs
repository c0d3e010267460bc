using System.Globalization;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Cxl;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Local.Routes;

/// <summary>Mailboxes through the broker's queue: discovery, exchanges, CDAT.</summary>
internal static class DoeRoutes
{
    // The largest object is 1 MiB, two digits a byte, and a little around it.
    private const int LargestExchange = (2 * 1024 * 1024) + LocalRoute.SmallBody;

    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapPost("/v1/doe/discover", (LocalMailbox request, HttpContext context, CancellationToken ct) =>
            DiscoverAsync(host, request, context.Peer().Caller, ct)).For(LocalRule.Root);
        routes.MapPost("/v1/doe/exchange", (LocalExchangeRequest request, HttpContext context, CancellationToken ct) =>
            ExchangeAsync(host, request, context.Peer().Caller, ct)).For(LocalRule.Root, LargestExchange);
        routes.MapPost("/v1/doe/cdat", (LocalMailbox request, HttpContext context, CancellationToken ct) =>
            CdatAsync(host, request, context.Peer().Caller, ct)).For(LocalRule.Root);
        routes.MapPost("/v1/doe/release", (LocalMailboxRelease request, HttpContext context, CancellationToken ct) =>
            ReleaseAsync(host, request, context.Peer().ForBroker, ct)).For(LocalRule.Root);
    }

    /// <summary>Finds the mailbox meant: the one at the offset, the one that speaks the feature, or the only one.</summary>
    public static bool TryFind(AgentHost host, PciAddress address, int? offset, DoeFeature? feature, out int found, out IResult? problem)
    {
        found = offset ?? 0;
        if (!FunctionRoutes.TryFind(host, address.ToString(), out _, out problem) || !host.Broker.TryGet(address, out BrokeredFunction? function))
        {
            problem ??= LocalAnswers.Problem(ErrorCodes.NotFound, $"The function {address} has just gone.");
            return false;
        }

        FunctionFacts facts = function.Facts;
        MailboxFacts[] candidates = [.. facts.Mailboxes.Where(m => offset is null || m.Offset == offset)];
        MailboxFacts[] speakers = [.. candidates.Where(m => feature is { } wanted && m.Features.Contains(wanted.ToString()))];
        if (candidates.Length is 0)
        {
            problem = LocalAnswers.Problem(ErrorCodes.NotFound, offset is { } at ? ClaimRegion.NoMailbox(facts, at) : $"{address} has no DOE mailbox.");
        }
        else if (speakers.Length > 0 || candidates.Length is 1)
        {
            found = (speakers.FirstOrDefault() ?? candidates[0]).Offset;
        }
        else
        {
            problem = LocalAnswers.Problem(ErrorCodes.Invalid, string.Create(
                CultureInfo.InvariantCulture,
                $"{address} has {candidates.Length} mailboxes; say which: {string.Join(", ", candidates.Select(m => m.Offset.ToString("x3", CultureInfo.InvariantCulture)).Select(x => "0x" + x))}."));
        }

        return problem is null;
    }

    private static async Task<IResult> DiscoverAsync(AgentHost host, LocalMailbox request, Caller caller, CancellationToken ct)
    {
        if (!TryFind(host, request.Function, request.Offset, null, out int offset, out IResult? problem))
        {
            return problem!;
        }

        DoeDiscoveryResult result = await host.Broker.DiscoverAsync(request.Function, offset, caller, ct);
        return LocalAnswers.Value(new LocalDiscovery([.. result.Features.Select(f => f.ToString())], result.Failure?.ToString(), result.Detail));
    }

    private static async Task<IResult> ExchangeAsync(AgentHost host, LocalExchangeRequest request, Caller caller, CancellationToken ct)
    {
        if (!DoeFeature.TryParse(request.Feature, out DoeFeature feature))
        {
            return LocalAnswers.Problem(ErrorCodes.Invalid, $"'{request.Feature}' is not a feature; one looks like 0001:01.");
        }

        byte[] payload;
        try
        {
            payload = Convert.FromHexString(request.Payload ?? "");
        }
        catch (FormatException)
        {
            return LocalAnswers.Problem(ErrorCodes.Invalid, "The payload is not an even number of hexadecimal digits.");
        }

        if (!TryFind(host, request.Function, request.Offset, feature, out int offset, out IResult? problem))
        {
            return problem!;
        }

        return Answer(await host.Broker.ExchangeAsync(request.Function, offset, feature, payload, caller, ct));
    }

    private static async Task<IResult> ReleaseAsync(AgentHost host, LocalMailboxRelease request, Caller caller, CancellationToken ct) =>
        TryFind(host, request.Function, request.Offset, null, out int offset, out IResult? problem)
            ? Answer(await host.Broker.ReleaseQuarantineAsync(request.Function, offset, caller, request.Reason ?? "", ct))
            : problem!;

    private static IResult Answer(DoeOutcome outcome) => LocalAnswers.Value(new LocalExchangeAnswer(
        outcome.Succeeded, outcome.Failure?.ToString(), Convert.ToHexStringLower(outcome.Payload), outcome.Elapsed.TotalMilliseconds, outcome.Detail));

    private static async Task<IResult> CdatAsync(AgentHost host, LocalMailbox request, Caller caller, CancellationToken ct)
    {
        if (!TryFind(host, request.Function, request.Offset, DoeFeature.CxlTableAccess, out int offset, out IResult? problem))
        {
            return problem!;
        }

        string[] features = [.. host.Broker.Mailboxes(request.Function).Where(m => m.Offset == offset).SelectMany(m => m.Features)];
        if (features.Length > 0 && !features.Contains(DoeFeature.CxlTableAccess.ToString()))
        {
            return LocalAnswers.Problem(ErrorCodes.NotFound, string.Create(
                CultureInfo.InvariantCulture,
                $"The mailbox at 0x{offset:x3} of {request.Function} has no CDAT: it does not speak {DoeFeature.CxlTableAccess}, only {string.Join(", ", features)}."));
        }

        CdatReadResult read = await CdatReader.RunAsync(
            (feature, payload, token) => host.Broker.ExchangeAsync(request.Function, offset, feature, payload, caller, token), ct);
        bool parsed = CdatTable.TryParse(read.Bytes, out CdatTable table);
        return LocalAnswers.Value(new LocalCdat(
            request.Function, offset, parsed ? table.Header : null, table.Structures, table.Findings, Convert.ToHexStringLower(read.Bytes),
            read.Failure?.ToString(), read.Detail));
    }
}
