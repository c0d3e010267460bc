using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>The name that a device's certificate must give a function (PCIe CMA, 6.31.3), from what the kernel says the function is.</summary>
internal static class FunctionName
{
    public static string Of(FunctionFacts facts)
    {
        string[] subsystem = facts.Subsystem?.Split(':') ?? [];
        string ends = subsystem.Length == 2 ? $":SSVID={subsystem[0]}:SSID={subsystem[1]}" : "";
        return $"Vendor={facts.VendorId}:Device={facts.DeviceId}:CC={facts.ClassCode}:REV={facts.Revision}{ends}";
    }
}
