using System.Globalization;
using Fleet.Simulator.Hardware;

namespace Fleet.Simulator.Spdm;

/// <summary>What a device's certificates call it.</summary>
/// <param name="Dmtf">manufacturer:product:serial, as DSP0274 has it.</param>
/// <param name="Cma">The name by identity registers that PCIe CMA has; null for a leaf without it.</param>
internal sealed record DeviceNames(string Dmtf, string? Cma)
{
    public static DeviceNames Of(FunctionModel model, string serial)
    {
        string subsystem = model.Bridge is null ? $":SSVID={model.SubsystemVendor:x4}:SSID={model.SubsystemDevice:x4}" : "";
        return new(
            $"SIM:{model.Vendor:x4}-{model.Device:x4}:{serial}",
            string.Create(CultureInfo.InvariantCulture, $"Vendor={model.Vendor:x4}:Device={model.Device:x4}:CC={model.ClassCode:x6}:REV={model.Revision:x2}{subsystem}"));
    }
}
