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

    /// <summary>Looks at every function again; returns those that appeared or changed and so lost what discovery had found.</summary>
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
                if (Read(address) is { } change)
                {
                    changed.Add(address);
                    news.Add($"{address} {change}");
                }
            }

            if (!first && news.Count > 0)
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
            string hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(functions, FleetJson.Options)));
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
            int size = JsonSerializer.SerializeToUtf8Bytes(function, FleetJson.Options).Length;
            bool fits = size <= left - ((functions.Length - fitted.Count) * 2048L);
            FunctionFacts sent = fits ? function : function with { Config = [], Findings = [.. function.Findings, "Its bytes are not reported: the inventory would be too large."] };
            left -= fits ? size : 2048;
            fitted.Add(sent);
        }

        return fitted;
    }

    private static bool Same(FunctionFacts one, FunctionFacts other) => Identity(one) == Identity(other);

    // Bytes and power come and go; they are reported, but they are no change of what the function is.
    private static string Identity(FunctionFacts facts) =>
        JsonSerializer.Serialize(facts with { Config = [], PowerState = null }, FleetJson.Options);

    private string? Read(PciAddress address)
    {
        FunctionFacts facts;
        try
        {
            facts = hardware.ReadFunction(address);
            if (_known.TryGetValue(address, out Known? known))
            {
                if (Same(known.Facts, facts))
                {
                    _known[address] = known with { Facts = facts };
                    return null;
                }

                // Another device at the same address is a new function; a new driver or owner is not, and whoever has it open keeps it.
                bool replaced = (known.Facts.VendorId, known.Facts.DeviceId) != (facts.VendorId, facts.DeviceId);
                bool rebound = known.Facts.Driver != facts.Driver;
                if (replaced || !broker.Update(facts))
                {
                    broker.Attach(known.Space, facts);
                }

                _known[address] = known with { Facts = facts };
                return replaced ? "is another device now" : rebound ? $"is bound to {facts.Driver ?? "no driver"} now" : "changed";
            }

            IConfigSpace space = hardware.Open(address);
            broker.Attach(space, facts);
            _known[address] = new Known(space, facts);
            return "appeared";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went away between the listing and now; the next look will not list it.
            log.FunctionUnreadable(address, e.Message);
            return null;
        }
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
