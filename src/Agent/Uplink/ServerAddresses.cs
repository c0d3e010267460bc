namespace Fleet.Agent.Uplink;

/// <summary>The servers of an agent, tried one after the other.</summary>
internal sealed class ServerAddresses(IReadOnlyList<Uri> servers)
{
    private readonly Uri[] _order = [.. servers];
    private int _current;
    private int _failed;

    /// <summary>
    /// The servers in an order of this agent's own, which no other agent shares: a fleet that joins goes to all of them, and the agents of one that dies
    /// spread over all that are left.
    /// </summary>
    public static IReadOnlyList<Uri> Shuffled(IReadOnlyList<Uri> servers, Random random)
    {
        Uri[] order = [.. servers];
#pragma warning disable CA5394 // Spreads load; guards nothing.
        random.Shuffle(order);
#pragma warning restore CA5394
        return order;
    }

    public Uri Current => _order[_current];

    /// <summary>The current one answered.</summary>
    public void Answered() => _failed = 0;

    /// <summary>Goes on to the next; true when one is left that has not failed since one answered.</summary>
    public bool GoOn()
    {
        _current = (_current + 1) % _order.Length;
        _failed++;
        return _failed % _order.Length is not 0;
    }
}
