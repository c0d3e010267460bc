namespace Fleet.Server.Live.News;

/// <summary>What changed and which one: never how, which is read from the database.</summary>
internal readonly record struct Notice(NewsKind Kind, string Key);
