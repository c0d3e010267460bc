using System.Threading.Channels;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent;

/// <summary>
/// Keeps the inventory current by what the kernel says happened, with a look every so often for what it does not say, and has
/// the broker's mailboxes asked what they speak.
/// </summary>
/// <param name="hardware">What to watch.</param>
/// <param name="inventory">What to keep current.</param>
/// <param name="broker">Where discovery runs.</param>
/// <param name="options">How often to look; whether mailboxes may be driven.</param>
/// <param name="looked">Called after each look and each discovery.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The agent's log.</param>
internal sealed class HardwareWatch(
    IHardware hardware, HostInventory inventory, HostBroker broker, AgentOptions options, Action looked, TimeProvider time, ILogger log)
{
    private readonly Channel<IReadOnlyList<PciAddress>> _discoveries = Channel.CreateBounded<IReadOnlyList<PciAddress>>(
        new BoundedChannelOptions(1_024) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Watches until the token ends it; changes from this call on are seen.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        IAsyncEnumerable<HardwareChange> changes = hardware.Changes(ct);
        return Task.WhenAll(
            Task.Run(() => RefreshAsync(ct), CancellationToken.None),
            Task.Run(() => FollowAsync(changes), CancellationToken.None),
            Task.Run(() => DiscoverAsync(ct), CancellationToken.None));
    }

    private async Task RefreshAsync(CancellationToken ct)
    {
        try
        {
            using PeriodicTimer timer = new(options.RefreshInterval, time);
            while (await timer.WaitForNextTickAsync(ct))
            {
                Look(() => inventory.Refresh(first: false));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task FollowAsync(IAsyncEnumerable<HardwareChange> changes)
    {
        await foreach (HardwareChange change in changes)
        {
            Look(() => inventory.Apply(change));
        }
    }

    private void Look(Func<IReadOnlyList<PciAddress>> look)
    {
        try
        {
            _discoveries.Writer.TryWrite(look());
            looked();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.RefreshFailed(e.Message);
        }
    }

    // Apart from the looks at the hardware: one mailbox that does not answer must not keep them waiting.
    private async Task DiscoverAsync(CancellationToken ct)
    {
        try
        {
            await DiscoverAsync([.. broker.Functions.Select(f => f.Address)], ct);
            await foreach (IReadOnlyList<PciAddress> changed in _discoveries.Reader.ReadAllAsync(ct))
            {
                await DiscoverAsync(changed, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    // Only what is the broker's: on a real host a mailbox belongs to the kernel until ownership says otherwise.
    private async Task DiscoverAsync(IReadOnlyList<PciAddress> addresses, CancellationToken ct)
    {
        if (!options.DriveMailboxes || addresses.Count is 0)
        {
            return;
        }

        Caller self = CallerReader.Read(Environment.ProcessId, 0, out _);
        foreach (PciAddress address in addresses)
        {
            foreach (MailboxFacts mailbox in broker.Mailboxes(address).Where(m => m.Owner is MailboxOwnership.Broker))
            {
                await broker.DiscoverAsync(address, mailbox.Offset, self, ct);
            }
        }

        inventory.Publish();
        looked();
    }
}
