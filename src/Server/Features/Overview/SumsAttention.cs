using Fleet.Contracts;

namespace Fleet.Server.Features.Overview;

/// <summary>Says when there are more sums of contention than can be told one by one.</summary>
internal static class SumsAttention
{
    /// <param name="told">Whether what is contended for is told here.</param>
    /// <param name="functions">Whether it is counted by function.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<AttentionItem> Of(bool told, bool functions, DateTimeOffset now)
    {
        if (!told || !functions)
        {
            yield return new AttentionItem(
                "unknown",
                "Contention of the last hour",
                functions ? "is too manifold to be listed here; functions and hosts are counted" : "is too manifold to be listed here and counted by function; hosts are counted",
                "many tools contend for many functions, or agents make them up: the hosts with most of it are the ones to look at",
                now,
                "Open hosts",
                "/hosts");
        }
    }
}
