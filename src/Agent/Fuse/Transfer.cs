using Fleet.Broker;

namespace Fleet.Agent.Fuse;

/// <summary>How a read or write of an open file ended.</summary>
/// <param name="Count">Bytes, or the negative error number.</param>
/// <param name="Parked">Where the answer comes from when there is none yet.</param>
internal readonly record struct Transfer(int Count, ParkedAccess? Parked = null)
{
    public static Transfer Failed(int error) => new(-error);
}
