namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The columns whose values are looked up by place. The numbers are in files.</summary>
internal enum PlaceField
{
    Host = 1,
    Kind = 2,
    Function = 3,
}
