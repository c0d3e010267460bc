using Fleet.Contracts;

namespace Fleet.Server.Data.Telling;

/// <summary>The state of a host that was last told as an event: who tells the next one changes this with it, so that no state is told twice in a row.</summary>
internal sealed class ToldStateRow
{
    public HostId Host { get; init; }

    public required string State { get; set; }
}
