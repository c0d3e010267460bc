namespace Fleet.Policy;

/// <summary>Something a selector can be asked about: a host, a function, an event.</summary>
public interface ISelectable
{
    /// <summary>The values of a field; none when the thing has no such value. The field "any" gives what a search box looks through.</summary>
    IEnumerable<string> Values(string field);

    /// <summary>Whether things of this sort have the field at all.</summary>
    bool Knows(string field);
}
