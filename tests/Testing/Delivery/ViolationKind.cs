namespace Fleet.Testing.Delivery;

/// <summary>The promises of delivery.</summary>
public enum ViolationKind
{
    /// <summary>An occurrence is stored under two numbers, or a number twice.</summary>
    StoredTwice,

    /// <summary>More occurrences are stored than were made.</summary>
    CountedTwice,

    /// <summary>Something is stored that nobody made.</summary>
    NeverMade,

    /// <summary>A host's events are not stored in the order in which they were made.</summary>
    OutOfOrder,

    /// <summary>Something is missing that no announced loss covers.</summary>
    LostSilently,
}
