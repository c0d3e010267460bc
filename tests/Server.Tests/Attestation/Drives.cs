using Fleet.Simulator.Spdm;
using Fleet.Spdm;

namespace Fleet.Server.Tests.Attestation;

/// <summary>Simulated drives of one vendor.</summary>
internal static class Drives
{
    private static readonly CredentialFactory Vendor = new(0x10, TimeProvider.System.GetUtcNow());

    /// <summary>A drive with keys of its own.</summary>
    public static ResponderOptions Make(DeviceNames? names = null) => new() { Credentials = [Vendor.Make(0, names ?? AttestedHost.Names)] };

    public static ResponderOptions With(this ResponderOptions options, params ResponderFault[] faults) => options with { Faults = faults.ToHashSet() };

    public static ResponderOptions Speaking(this ResponderOptions options, params SpdmVersion[] versions) => options with { Versions = [.. versions] };
}
