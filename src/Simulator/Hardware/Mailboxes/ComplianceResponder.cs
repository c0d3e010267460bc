using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>CXL compliance mode (CXL, section 14.16.4): says that no test is available, and answers every other request with "unsupported".</summary>
internal sealed class ComplianceResponder : IDoeResponder
{
    private const uint RequestCapabilities = 0;
    private const uint Unsupported = 3;
    private const uint HeaderLength = 12;
    private const uint CapabilitiesLength = 28;

    public DoeFeature Feature => DoeFeature.CxlCompliance;

    public uint[]? Answer(uint[] payload)
    {
        if (payload.Length is 0)
        {
            return null;
        }

        // Code, version, length with the header of the object, status; then what could be tested and what is switched on.
        uint code = payload[0] & 0xff;
        return code is RequestCapabilities
            ? [code | (1 << 8) | (CapabilitiesLength << 16), 0, 0, 0, 0]
            : [code | (1 << 8) | (HeaderLength << 16) | (Unsupported << 24)];
    }
}
