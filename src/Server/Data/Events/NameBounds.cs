namespace Fleet.Server.Data.Events;

/// <summary>How many texts of a day get a number that stands for them in its rows, whatever agents say: every server has them in memory, and every question looks at each.</summary>
internal static class NameBounds
{
    /// <summary>Names of a host; what it calls itself after that is known by the last of them.</summary>
    public const int OfAHost = 8;

    /// <summary>Other texts, of all hosts.</summary>
    public const int Words = 65_536;

    /// <summary>Characters in those.</summary>
    public const int WordCharacters = 8 * 1024 * 1024;
}
