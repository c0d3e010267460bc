using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>Claims in a table.</summary>
internal static class ClaimText
{
    public static string Table(IReadOnlyList<ClaimFacts> claims, bool withFunction = true)
    {
        string[] headings = ["ID", "FUNCTION", "REGION", "HOLDER", "SOURCE", "MODE", "READS", "WRITES", "EXPIRES", "REASON"];
        return TextTable.Write(
            [.. headings.Where(h => withFunction || h is not "FUNCTION")],
            claims.Select(c => Row(c).Where((_, column) => withFunction || column is not 1).ToArray()));
    }

    private static string[] Row(ClaimFacts c) =>
    [
        c.Id, c.Function.ToString(), Notation.Region(c.Offset, c.Length), c.Shared ? c.Holder + " (shared)" : c.Holder, Notation.Word(c.Source), Notation.Word(c.Mode),
        Notation.Word(c.OnRead), Notation.Word(c.OnWrite), c.Expires is { } end ? Notation.Time(end) : "-", c.Reason ?? c.Policy ?? "-",
    ];
}
