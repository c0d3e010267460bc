namespace Fleet.Broker;

/// <summary>What the journal tells callers apart by; never a pid. Empty texts for what is not known.</summary>
internal readonly record struct CallerIdentity(string Exe, string ExeHash, uint Uid, string Unit);
