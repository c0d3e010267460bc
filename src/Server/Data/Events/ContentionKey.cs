namespace Fleet.Server.Data.Events;

/// <summary>What contention is added up by. Absent values are empty texts, because NULLs do not conflict in a primary key.</summary>
internal readonly record struct ContentionKey(
    long Minute, long Host, string Kind, string Function, string Comm, string Decision, string Feature, string Region);
