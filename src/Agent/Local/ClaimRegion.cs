using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Agent.Local;

/// <summary>The regions that a claim request names on one function.</summary>
internal static class ClaimRegion
{
    private const int MailboxControl = 0x08;
    private const int MailboxLength = 0x10;

    /// <summary>Finds them; says why when there is none.</summary>
    public static bool TryFind(
        LocalClaimRequest request, FunctionFacts function, out IReadOnlyList<(int Offset, int Length)> regions, out string problem)
    {
        (regions, problem) = request switch
        {
            { Region: null, Mailbox: { } mailbox } => Mailbox(function, mailbox),
            { Region: { } spec, Mailbox: null } => Named(spec, function),
            _ => ([], "Name one region: region or mailbox."),
        };
        return regions.Count > 0;
    }

    /// <summary>Says that there is no mailbox at an offset, and where there is one.</summary>
    public static string NoMailbox(FunctionFacts function, int offset)
    {
        string where = function.Mailboxes.Count is 0
            ? "It has none."
            : $"It has {(function.Mailboxes.Count is 1 ? "one" : "some")} at {string.Join(", ", function.Mailboxes.Select(m => Text($"0x{m.Offset:x3}")))}.";
        return Text($"{function.Address} has no DOE mailbox at 0x{offset:x3}. {where}");
    }

    private static (IReadOnlyList<(int, int)>, string) Named(RegionSpec spec, FunctionFacts function) => ClaimRegions.Problem(spec) is { } problem
        ? ([], Text($"{char.ToUpperInvariant(problem[0])}{problem[1..]}"))
        : (ClaimRegions.Find(spec, function), $"{function.Address} has no such region; 'fleet-agent device {function.Address}' shows what it has.");

    private static (IReadOnlyList<(int, int)>, string) Mailbox(FunctionFacts function, int offset) => (
        [.. function.Mailboxes.Where(m => m.Offset == offset).Select(m => (m.Offset + MailboxControl, MailboxLength))],
        NoMailbox(function, offset));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
