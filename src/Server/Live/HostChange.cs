using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>A host's record before and after its row was read anew; null for not there.</summary>
internal readonly record struct HostChange(HostId Host, HostRecord? Before, HostRecord? After);
