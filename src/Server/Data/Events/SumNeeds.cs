using Fleet.Policy;

namespace Fleet.Server.Data.Events;

/// <summary>What must be known of sums to answer questions of them.</summary>
internal static class SumNeeds
{
    /// <summary>What must be known of a sum to say whether a selector selects it.</summary>
    public static SumFields NeededBy(SelectorNode node) => node switch
    {
        AllNode => SumFields.None,
        NotNode not => NeededBy(not.Operand),
        AndNode both => NeededBy(both.Left) | NeededBy(both.Right),
        OrNode either => NeededBy(either.Left) | NeededBy(either.Right),
        TermNode term => term.Field switch
        {
            "host" or "hostname" => SumFields.Host,
            "kind" => SumFields.Kind,
            "function" or "address" => SumFields.Function,
            "comm" => SumFields.Comm,
            "decision" => SumFields.Decision,
            "feature" => SumFields.Feature,
            "offset" or "length" => SumFields.Region,
            _ => SumFields.All,
        },
        _ => SumFields.All,
    };
}
