using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent;

/// <summary>Keeps the broker's functions the ones that are there, and what is reported of them up to date.</summary>
internal sealed class HostInventory(IHardware hardware, HostBroker broker, IEventSink events, TimeProvider time, ILogger log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PciAddress, Known> _known = [];
    private volatile InventoryReport _report = new("", []);

    /// <summary>The inventory as the server gets it.</summary>
    public InventoryReport Report => _report;

    /// <summary>Called for a function as soon as the broker stands in front of it: until its files are bound, accesses go around.</summary>
    public Action<PciAddress>? Appeared { get; set; }

    /// <summary>Looks at every function again; returns those whose mailboxes discovery should ask (again).</summary>
    public IReadOnlyList<PciAddress> Refresh(bool first)
    {
        lock (_gate)
        {
            IReadOnlyList<PciAddress> present = hardware.Addresses();
            List<string> news = [];
            foreach (PciAddress address in _known.Keys.Except(present).ToList())
            {
                Remove(address);
                news.Add($"{address} is gone");
            }

            List<PciAddress> changed = [];
            foreach (PciAddress address in present)
            {
                Look(address, again: false, changed, news);
            }

            return Conclude(changed, first ? [] : news);
        }
    }

    /// <summary>Looks at what a change concerns; returns the functions whose mailboxes discovery should ask (again).</summary>
    public IReadOnlyList<PciAddress> Apply(HardwareChange change)
    {
        if (change.Address is not { } address || change.Kind is HardwareChangeKind.Overrun)
        {
            return Refresh(first: false);
        }

        lock (_gate)
        {
            List<string> news = [];
            List<PciAddress> changed = [];
            if (change.Kind is not HardwareChangeKind.Removed)
            {
                Look(address, again: change.Kind is not HardwareChangeKind.Changed, changed, news);
            }
            else if (_known.ContainsKey(address))
            {
                // Even when it is back by now: it is another than the one that was there, and files opened before lead nowhere.
                Remove(address);
                news.Add($"{address} is gone");
            }

            return Conclude(changed, news);
        }
    }

    /// <summary>Takes over what the broker has learned of its mailboxes.</summary>
    public void Publish()
    {
        lock (_gate)
        {
            FunctionFacts[] functions =
            [
                .. broker.Functions.Select(f => f.Facts).Where(f => _known.ContainsKey(f.Address))
                    .Select(f => f with { Config = _known[f.Address].Facts.Config, PowerState = _known[f.Address].Facts.PowerState }),
            ];
            string hash = Convert.ToHexStringLower(SHA256.HashData(FleetJson.Write(functions)));
            if (hash != _report.Hash)
            {
                _report = new InventoryReport(hash, Fit(functions));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (PciAddress address in _known.Keys.ToList())
            {
                Remove(address);
            }
        }
    }

    // A machine with very many functions must still fit one message: bytes can be asked for later, functions cannot be left out.
    private static List<FunctionFacts> Fit(FunctionFacts[] functions)
    {
        long left = LinkProtocol.MaxMessageBytes - (256 * 1024);
        List<FunctionFacts> fitted = new(functions.Length);
        foreach (FunctionFacts function in functions)
        {
            int size = FleetJson.Write(function).Length;
            bool fits = size <= left - ((functions.Length - fitted.Count) * 2048L);
            FunctionFacts sent = fits ? function : function with { Config = [], Findings = [.. function.Findings, "Its bytes are not reported: the inventory would be too large."] };
            left -= fits ? size : 2048;
            fitted.Add(sent);
        }

        return fitted;
    }

    // Bytes and power come and go, and who drives a mailbox is told by the mailbox's own event: no change of what the function is.
    private static string Identity(FunctionFacts facts) =>
        JsonSerializer.Serialize(facts with { Config = [], PowerState = null, Mailboxes = [] }, FleetJson.Type<FunctionFacts>());

    private static bool SameMailboxes(FunctionFacts one, FunctionFacts other) =>
        one.Mailboxes.Select(m => (m.Offset, m.Owner, m.OwnerReason)).SequenceEqual(other.Mailboxes.Select(m => (m.Offset, m.Owner, m.OwnerReason)));

    private List<PciAddress> Conclude(List<PciAddress> changed, List<string> news)
    {
        if (news.Count > 0)
        {
            events.Publish(new FleetEvent
            {
                Time = time.GetUtcNow(),
                Kind = EventKinds.InventoryChanged,
                Count = news.Count,
                Detail = $"The host's functions changed: {string.Join("; ", news.Take(10))}{(news.Count > 10 ? "; …" : "")}.",
            });
        }

        Publish();
        return changed;
    }

    private void Look(PciAddress address, bool again, List<PciAddress> changed, List<string> news)
    {
        try
        {
            if (!_known.TryGetValue(address, out Known? known))
            {
                Appear(address);
                changed.Add(address);
                news.Add($"{address} appeared");
                return;
            }

            FunctionFacts facts = hardware.ReadFunction(address, again ? null : known.Facts);
            bool same = Identity(known.Facts) == Identity(facts);
            if (same && SameMailboxes(known.Facts, facts))
            {
                _known[address] = known with { Facts = facts };
                return;
            }

            changed.Add(address);
            string change = Replace(address, known, facts);
            if (!same)
            {
                news.Add($"{address} {change}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went away between the listing and now; the next look will not list it.
            log.FunctionUnreadable(address, e.Message);
        }
    }

    private void Appear(PciAddress address)
    {
        FunctionFacts facts = hardware.ReadFunction(address, null);
        IConfigSpace space = hardware.Open(address);
        broker.Attach(space, facts);
        _known[address] = new Known(space, facts);
        Appeared?.Invoke(address);
    }

    // Another device at the same address is a new function; a new driver or owner is not, and whoever has it open keeps it.
    private string Replace(PciAddress address, Known known, FunctionFacts facts)
    {
        if ((known.Facts.VendorId, known.Facts.DeviceId) != (facts.VendorId, facts.DeviceId))
        {
            Remove(address);
            Appear(address);
            return "is another device now";
        }

        if (!broker.Update(facts))
        {
            broker.Attach(known.Space, facts);
        }

        _known[address] = known with { Facts = facts };
        return known.Facts.Driver == facts.Driver ? "changed" : $"is bound to {facts.Driver ?? "no driver"} now";
    }

    private void Remove(PciAddress address)
    {
        broker.Detach(address);
        if (_known.Remove(address, out Known? known))
        {
            (known.Space as IDisposable)?.Dispose();
        }
    }

    private sealed record Known(IConfigSpace Space, FunctionFacts Facts);
}
