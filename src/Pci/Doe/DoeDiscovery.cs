using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Fleet.Pci.Doe;

/// <summary>
/// Asks a mailbox what it speaks. The device chooses the next index, so the loop is ours to end: at most 256 entries,
/// and never the same index twice.
/// </summary>
public static class DoeDiscovery
{
    private const int MaximumEntries = 256;
    private const ushort InvalidIndexVendor = 0xffff;

    /// <summary>Runs discovery over any exchange, so that the caller's queue, journal and limits apply.</summary>
    /// <param name="exchange">Exchanges one data object with the mailbox.</param>
    /// <param name="capabilityVersion">Version of the DOE capability; from 2 on the request says so.</param>
    /// <param name="ct">Stops between or within exchanges.</param>
    public static async Task<DoeDiscoveryResult> RunAsync(
        Func<DoeFeature, ReadOnlyMemory<byte>, CancellationToken, Task<DoeOutcome>> exchange, byte capabilityVersion, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ImmutableArray<DoeFeature>.Builder features = ImmutableArray.CreateBuilder<DoeFeature>();
        bool[] asked = new bool[MaximumEntries];
        byte index = 0;
        do
        {
            asked[index] = true;
            DoeOutcome outcome = await exchange(DoeFeature.Discovery, Request(index, capabilityVersion), ct);
            if (outcome.Failure is { } failure)
            {
                return Stop(features, failure, $"Discovery of index {index} failed. {outcome.Detail}");
            }

            if (Check(outcome.Payload, index, out DoeFeature feature, out byte next) is { } problem)
            {
                return Stop(features, problem.Failure, problem.Detail);
            }

            features.Add(feature);
            index = next;
        }
        while (index != 0 && !asked[index]);

        return index == 0
            ? new DoeDiscoveryResult(features.ToImmutable(), null, $"The mailbox speaks {features.Count} features.")
            : Stop(features, DoeFailure.DiscoveryLoop, $"The device leads back to index {index} after {features.Count} entries.");
    }

    private static byte[] Request(byte index, byte capabilityVersion)
    {
        byte[] payload = new byte[4];
        payload[0] = index;
        payload[1] = capabilityVersion >= 2 ? (byte)2 : (byte)0;
        return payload;
    }

    /// <summary>A response has one payload dword; revision 2 devices may add a second one with the object's limits.</summary>
    private static (DoeFailure Failure, string Detail)? Check(byte[] payload, byte index, out DoeFeature feature, out byte next)
    {
        feature = default;
        next = 0;
        if (payload.Length is not (4 or 8))
        {
            return (DoeFailure.LengthMismatch,
                $"The discovery response for index {index} has {payload.Length / 4} payload dwords instead of 1 or 2.");
        }

        uint dword = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        feature = DoeHeader.FeatureOf(dword);
        next = (byte)(dword >> 24);
        if (feature.Vendor is InvalidIndexVendor)
        {
            return (DoeFailure.Malformed, $"The device says that index {index} does not exist.");
        }

        return index == 0 && feature != DoeFeature.Discovery
            ? (DoeFailure.Malformed, $"Index 0 describes {feature} instead of discovery itself ({DoeFeature.Discovery}).")
            : null;
    }

    private static DoeDiscoveryResult Stop(ImmutableArray<DoeFeature>.Builder features, DoeFailure failure, string detail) =>
        new(features.ToImmutable(), failure, detail);
}
