using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>
/// The numbers that stand for hosts in the rows of one day. A renamed host gets another, so that events are found by the name they were stored with; the last
/// that it may have stands for whatever else it calls itself, and whoever looks for a name looks at those rows too.
/// </summary>
internal sealed class HostKeys
{
    private readonly Dictionary<(HostId Id, string Name), int> _keys = [];
    private readonly Dictionary<HostId, (int Names, int Newest)> _names = [];

    /// <summary>The highest.</summary>
    public int Last { get; private set; }

    /// <summary>Takes in a number that was given out before.</summary>
    public void Learn(int key, HostId id, string name)
    {
        _keys[(id, name)] = key;
        (int names, int newest) = _names.GetValueOrDefault(id);
        _names[id] = (names + 1, Math.Max(newest, key));
        Last = Math.Max(Last, key);
    }

    /// <summary>The number of a host by a name.</summary>
    /// <param name="id">The host.</param>
    /// <param name="name">The name, as it is stored.</param>
    /// <param name="isNew">Whether it is given out now, so that it is to be stored.</param>
    public int Of(HostId id, string name, out bool isNew)
    {
        isNew = false;
        if (_keys.TryGetValue((id, name), out int key))
        {
            return key;
        }

        (int names, int newest) = _names.GetValueOrDefault(id);
        if (names >= NameBounds.OfAHost)
        {
            return newest;
        }

        Learn(Last + 1, id, name);
        isNew = true;
        return Last;
    }
}
