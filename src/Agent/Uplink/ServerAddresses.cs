namespace Fleet.Agent.Uplink;

/// <summary>
/// The servers of an agent in an order of its own, which no other agent shares: the agents of a server that dies spread over all that are left.
/// </summary>
internal sealed class ServerAddresses
{
    private readonly Uri[] _order;
    private int _current;
    private int _failed;

    public ServerAddresses(IReadOnlyList<Uri> servers, Random random)
    {
        _order = [.. servers];
#pragma warning disable CA5394 // Spreads load; guards nothing.
        random.Shuffle(_order);
#pragma warning restore CA5394
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
