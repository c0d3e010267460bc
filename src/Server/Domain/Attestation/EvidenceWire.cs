using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Spdm.Evidence;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Evidence as it came, made into the messages that are appraised. Nothing but direction, order and bytes is taken from it.</summary>
internal static class EvidenceWire
{
    /// <summary>The messages; none where they cannot be read, with what is wrong.</summary>
    public static IReadOnlyList<RawMessage> Read(EvidenceReport report, out string? refusal)
    {
        refusal = null;
        if (report.Messages.Count > LinkProtocol.MaxEvidenceMessages)
        {
            refusal = $"It has {report.Messages.Count} messages; {LinkProtocol.MaxEvidenceMessages} are taken.";
            return [];
        }

        List<RawMessage> messages = new(report.Messages.Count);
        long total = 0;
        foreach (EvidenceMessage message in report.Messages)
        {
            byte[] bytes = new byte[message is null ? 0 : (message.Bytes.Length / 4 * 3) + 3];
            if (message is null || message.Direction is EvidenceDirection.Unknown || !Convert.TryFromBase64String(message.Bytes, bytes, out int length))
            {
                refusal = $"Message {messages.Count} has no direction that this server knows, or no base64.";
                return [];
            }

            total += length;
            if (total > LinkProtocol.MaxEvidenceBytes)
            {
                refusal = $"It has more than {LinkProtocol.MaxEvidenceBytes} bytes.";
                return [];
            }

            messages.Add(new RawMessage(message.Direction is EvidenceDirection.Request, bytes.AsMemory(0, length)) { IsSecured = message.Secured });
        }

        return messages;
    }

    /// <summary>SHA-256 of the stored bytes, lower-case hexadecimal: what makes two reports the same.</summary>
    public static string Hash(ReadOnlySpan<byte> stored) => Convert.ToHexStringLower(SHA256.HashData(stored));
}
