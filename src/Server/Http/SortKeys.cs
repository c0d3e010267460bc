using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Server.Http;

/// <summary>Texts whose ordinal order is the order of lists: by host name, then by address, then by offset.</summary>
internal static class SortKeys
{
    public static string Of(string hostName, HostId host) => $"{hostName}\0{host}";

    /// <summary>A number whose order is that of addresses.</summary>
    public static long Number(PciAddress address) => ((long)address.Domain << 16) | ((long)address.Bus << 8) | ((long)address.Device << 3) | address.Function;

    public static string Of(string hostName, HostId host, PciAddress address, int offset = 0, string rest = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{hostName}\0{host}\0{address.Domain:x8}{address.Bus:x2}{address.Device:x2}{address.Function:x1}\0{offset:x3}\0{rest}");
}
