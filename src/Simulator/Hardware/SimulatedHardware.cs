using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fleet.Agent;
using Fleet.Agent.Linux;
using Fleet.Agent.Sensors;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware;

/// <summary>A host that exists only here: its functions in memory, its attribute tree on disk.</summary>
internal sealed class SimulatedHardware : IHardware
{
    private readonly string _name;
    private readonly string _machineId;
    private readonly string _bootId;
    private readonly PciIds _names;
    private readonly ChangeFeed _changes = new();
    private readonly TimeProvider _time;
    private readonly AttributeTree _tree;
    private readonly VendorStore? _vendors;
    private readonly SortedDictionary<PciAddress, FunctionModel> _models = [];
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<PciAddress, SimulatedFunction> _present = ImmutableSortedDictionary<PciAddress, SimulatedFunction>.Empty;

    public SimulatedHardware(string name, string root, IReadOnlyList<FunctionModel> functions, PciIds names, TimeProvider time, VendorStore? vendors = null)
    {
        _name = name;
        _names = names;
        _time = time;
        _vendors = vendors;
        PciRoot = Path.GetFullPath(root);
        _machineId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"fleet-sim {PciRoot}")))[..32];
        _bootId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        _tree = new AttributeTree(PciRoot);
        foreach (FunctionModel model in functions)
        {
            _models[model.Address] = model;
            Add(model);
        }
    }

    public string PciRoot { get; }

    /// <summary>The functions that are plugged in, in address order.</summary>
    public IEnumerable<SimulatedFunction> Functions => _present.Values;

    /// <summary>Pulls a function out, and with a bridge everything behind it. Returns how many functions went.</summary>
    public int Unplug(PciAddress address)
    {
        lock (_gate)
        {
            // What is behind a bridge goes before it, as the kernel removes it.
            List<PciAddress> gone = [.. _present.Keys.Where(a => a == address || IsBehind(a, address)).Reverse()];
            foreach (PciAddress each in gone)
            {
                _present[each].Unplug();
                _present = _present.Remove(each);
                _tree.Remove(_models[each]);
                _changes.Publish(new HardwareChange(HardwareChangeKind.Removed, each));
            }

            return gone.Count;
        }
    }

    /// <summary>Plugs a function in again, new and without faults, and with a bridge everything behind it. Returns how many functions came.</summary>
    public int Plug(PciAddress address)
    {
        lock (_gate)
        {
            List<PciAddress> come = [.. _models.Keys.Where(a => (a == address || IsBehind(a, address)) && !_present.ContainsKey(a))];
            foreach (PciAddress each in come)
            {
                Add(_models[each]);
                _changes.Publish(new HardwareChange(HardwareChangeKind.Added, each));
            }

            return come.Count;
        }
    }

    /// <summary>Tells that a function is no longer what it was.</summary>
    public void Announce(PciAddress address) => _changes.Publish(new HardwareChange(HardwareChangeKind.Changed, address));

    /// <summary>Finds a function that is plugged in.</summary>
    public SimulatedFunction? Find(PciAddress address) => _present.GetValueOrDefault(address);

    public IReadOnlyList<string> ConfigPaths(PciAddress address) => [$"{PciRoot}/devices/{address}/config"];

    public HostFacts ReadFacts() => new()
    {
        Name = _name,
        MachineId = _machineId,
        BootId = _bootId,
        Kernel = "simulated",
        Architecture = RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "aarch64" : "x86_64",
        Lockdown = "none",
        Tainted = 0,
        KernelDoe = true,
        AgentVersion = typeof(AgentHost).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        Intercept = "none",
        Mode = EnforcementMode.Observe,
        Simulated = true,
    };

    public IReadOnlyList<PciAddress> Addresses() => [.. _present.Keys];

    public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known)
    {
        SimulatedFunction function = Present(address);
        FunctionModel model = _models[address];
        FunctionFacts cached = new()
        {
            Address = address,
            VendorId = Hex(model.Vendor, 4),
            DeviceId = Hex(model.Device, 4),
            ClassCode = Hex(model.ClassCode, 6),
            Revision = Hex(model.Revision, 2),
            Subsystem = model.SubsystemVendor is 0 ? null : $"{Hex(model.SubsystemVendor, 4)}:{Hex(model.SubsystemDevice, 4)}",
            Driver = model.Driver,
            VendorName = _names.Vendor(model.Vendor),
            DeviceName = _names.Device(model.Vendor, model.Device),
            ClassName = _names.Class((byte)(model.ClassCode >> 16), (byte)(model.ClassCode >> 8)),
            PowerState = "D0",
            NumaNode = model.NumaNode,
            KernelDoeFeatures = model.Mailboxes.Count is 0 ? null : [.. model.Features.Select(f => f.ToString() is "0001:00" ? "doe_discovery" : f.ToString())],
        };
        return FunctionReading.Complete(cached, function, (capability, _) => new MailboxFacts
        {
            Offset = capability.Offset,
            Owner = "broker",
            OwnerReason = "The function is simulated: no kernel drives its mailbox.",
            State = "free",
        });
    }

    public IConfigSpace Open(PciAddress address) => Present(address);

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => _changes.ReadAsync(ct);

    public IReadOnlyList<ISensor> CreateSensors(SensorContext context) => [];

    private static string Hex(uint value, int digits) => value.ToString("x" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private void Add(FunctionModel model)
    {
        SimulatedFunction function = FunctionFactory.Make(model, _time, _vendors, _name);
        function.PulledOut = pulled => Unplug(pulled.Address);
        _tree.Add(model);
        _present = _present.Add(model.Address, function);
    }

    private bool IsBehind(PciAddress address, PciAddress bridge) =>
        _models.TryGetValue(bridge, out FunctionModel? model) && model.Bridge is { } behind
        && address.Domain == bridge.Domain && address.Bus >= behind.Secondary && address.Bus <= behind.Subordinate;

    private SimulatedFunction Present(PciAddress address) =>
        Find(address) ?? throw new DirectoryNotFoundException($"The simulated host {_name} has no function {address}.");
}
