using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Attestation;

/// <summary>Which functions an identity is pinned to, as the database says: what is in memory may be behind another server, and then a clone would be trusted too.</summary>
internal static class PinnedIdentities
{
    /// <summary>A function of another device that an identity is pinned to; null for none. Functions of one device may share one.</summary>
    /// <param name="db">Within the transaction that may pin it. Whoever asks for the same identity meanwhile stands in line until this one ends.</param>
    /// <param name="identity">The identity.</param>
    /// <param name="here">The function that shows it.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<FunctionId?> ElsewhereAsync(FleetDb db, string identity, FunctionId here, CancellationToken ct)
    {
        await RowLocks.TakeAsync(db, $"identity {identity}", ct);
        var pinned = await db.Set<DeviceRow>().Where(row => row.Pin == identity).Select(row => new { row.Host, row.Address }).ToListAsync(ct);
        return pinned.Select(row => new FunctionId(row.Host, PciAddress.Parse(row.Address))).Where(other => !SameDevice(other, here)).Select(other => (FunctionId?)other).FirstOrDefault();
    }

    private static bool SameDevice(FunctionId left, FunctionId right)
    {
        (PciAddress a, PciAddress b) = (left.Address, right.Address);
        return left.Host == right.Host && (a.Domain, a.Bus, a.Device) == (b.Domain, b.Bus, b.Device);
    }
}
