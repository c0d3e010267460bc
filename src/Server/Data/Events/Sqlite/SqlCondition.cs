namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>A condition with its values as parameters $p0, $p1, and so on.</summary>
internal sealed record SqlCondition(string Text, IReadOnlyList<object> Values)
{
    public static readonly SqlCondition True = new("1", []);
}
