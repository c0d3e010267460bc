using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Fleet.Server.Hosting;

/// <summary>Reads ADDRESS:PORT; "*" stands for every address and "localhost" for 127.0.0.1.</summary>
internal static class EndPointText
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        string host = text[..colon];
        IPAddress? address = host switch
        {
            "*" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? parsed) ? parsed : null,
        };
        endPoint = address is null ? null : new IPEndPoint(address, port);
        return endPoint is not null;
    }
}
