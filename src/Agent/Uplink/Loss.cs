namespace Fleet.Agent.Uplink;

/// <summary>Events that are gone for one reason.</summary>
/// <param name="Count">How many; zero when nobody knows.</param>
/// <param name="First">When the first of them may have been.</param>
/// <param name="Last">When the last of them may have been; only where the count is not known.</param>
internal readonly record struct Loss(long Count, DateTimeOffset First, DateTimeOffset? Last = null)
{
    /// <summary>True when only the time is known within which events were lost.</summary>
    public bool IsInterval => Last is not null;
}
