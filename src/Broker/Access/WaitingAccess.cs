using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>An access that waits for a foreign claim to end, with all that carrying it out later needs.</summary>
/// <param name="Parked">Where its answer goes.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Data">What it writes; a buffer for what it reads.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="Claim">The claim that it met.</param>
/// <param name="Began">Since when it waits, a timestamp of the time provider.</param>
internal sealed record WaitingAccess(ParkedAccess Parked, int Offset, byte[] Data, Caller Caller, Claim Claim, long Began);
