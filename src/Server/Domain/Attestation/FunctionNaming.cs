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

    /// <summary>The device serial number as certificates write it, 16 hexadecimal digits; null where there is none or it was not read (PCIe Base, section 7.9.3).</summary>
    public static string? SerialNumber(FunctionFacts function)
    {
        const int SerialNumberId = 0x0003;
        if (function.Capabilities.FirstOrDefault(capability => capability is { Extended: true, Id: SerialNumberId }) is not { } found)
        {
            return null;
        }

        // Two dwords after the header, the lower one first, each little-endian.
        return Bytes(function, found.Offset + 4, 8) is { } bytes
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes).ToString("x16", System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }

    private static byte[]? Bytes(FunctionFacts function, int offset, int length)
    {
        ConfigRange? range = function.Config.FirstOrDefault(range => range.Offset <= offset && range.Offset + (range.Hex.Length / 2) >= offset + length);
        return range is null ? null : Convert.FromHexString(range.Hex.AsSpan((offset - range.Offset) * 2, length * 2));
    }

    /// <summary>What must stay the same for old evidence to speak of the present: the function and what drives it.</summary>
    public static string Fingerprint(FunctionFacts function) => $"{Cma(function)}:driver={function.Driver}";
}
