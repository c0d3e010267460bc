using Fleet.Contracts;

namespace Fleet.Server.Domain.Hosts;

/// <summary>A host among those that have one machine id.</summary>
/// <param name="Host">The host.</param>
/// <param name="Joined">When it joined.</param>
/// <param name="Seen">Its last sign of life; now, where it is connected.</param>
/// <param name="Admitted">Whether it may come in.</param>
internal readonly record struct MachineMember(HostId Host, DateTimeOffset Joined, DateTimeOffset Seen, bool Admitted);
