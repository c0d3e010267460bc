using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Hosting;

namespace Fleet.Server.Features.Overview;

/// <summary>Says when agents find no place at this server.</summary>
internal static class PlacesAttention
{
    public static IEnumerable<AttentionItem> Of(AgentPlaces places, DateTimeOffset now)
    {
        if (places.Full)
        {
            yield return new AttentionItem(
                "bad",
                "This server",
                string.Create(CultureInfo.InvariantCulture, $"turns agents away: all {places.Most:N0} places for their connections are taken"),
                "its limit of open files has no more room; start it with a higher one (LimitNOFILE=65536 in the unit, ulimits of the container)",
                now,
                "Open hosts",
                "/hosts");
        }
    }
}
