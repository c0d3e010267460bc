using Fleet.Contracts;

namespace Fleet.Server.Domain.Attestation;

/// <summary>What the inventory says of a function, as far as attestation rests on it.</summary>
internal static class FunctionNaming
{
    private const string Spdm = "0001:01";

    /// <summary>The mailboxes that speak SPDM.</summary>
    public static IEnumerable<MailboxFacts> SpdmMailboxes(FunctionFacts function) => function.Mailboxes.Where(mailbox => mailbox.Features.Contains(Spdm));

    /// <summary>The name by identity registers, as PCIe CMA writes it into certificates (PCIe Base 6.1, section 6.31.3).</summary>
    public static string Cma(FunctionFacts function)
    {
        string subsystem = function.Subsystem?.Split(':') is [string vendor, string device] ? $":SSVID={vendor}:SSID={device}" : "";
        return $"Vendor={function.VendorId}:Device={function.DeviceId}:CC={function.ClassCode}:REV={function.Revision}{subsystem}";
    }

    /// <summary>What must stay the same for old evidence to speak of the present: the function and what drives it.</summary>
    public static string Fingerprint(FunctionFacts function) => $"{Cma(function)}:driver={function.Driver}";
}
