using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fleet.Agent;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Simulator.Hardware;

/// <summary>A host that exists only here: its functions in memory, its attribute tree on disk.</summary>
internal sealed class SimulatedHardware : IHardware
{
    private readonly string _name;
    private readonly string _machineId;
    private readonly string _bootId;
    private readonly PciIds _names;
    private readonly ChangeFeed _changes = new();
    private readonly SortedDictionary<PciAddress, (FunctionModel Model, SimulatedFunction Function)> _functions = [];

    public SimulatedHardware(string name, string root, IReadOnlyList<FunctionModel> functions, PciIds names, TimeProvider time)
    {
        _name = name;
        _names = names;
        PciRoot = Path.GetFullPath(root);
        _machineId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"fleet-sim {PciRoot}")))[..32];
        _bootId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        AttributeTree.Write(PciRoot, functions);
        foreach (FunctionModel model in functions)
        {
            _functions[model.Address] = (model, FunctionFactory.Make(model, time));
        }
    }

    public string PciRoot { get; }

    public IEnumerable<SimulatedFunction> Functions => _functions.Values.Select(f => f.Function);

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

    public IReadOnlyList<PciAddress> Addresses() => [.. _functions.Keys];

    public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known)
    {
        (FunctionModel model, SimulatedFunction function) = Find(address);
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
            NumaNode = 0,
            KernelDoeFeatures = model.Doe is null ? null : [.. model.Features.Select(f => f.ToString() is "0001:00" ? "doe_discovery" : f.ToString())],
        };
        return FunctionReading.Complete(cached, function, (capability, _) => new MailboxFacts
        {
            Offset = capability.Offset,
            Owner = "broker",
            OwnerReason = "The function is simulated: no kernel drives its mailbox.",
            State = "free",
        });
    }

    public IConfigSpace Open(PciAddress address) => Find(address).Function;

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => _changes.ReadAsync(ct);

    private static string Hex(uint value, int digits) => value.ToString("x" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private (FunctionModel Model, SimulatedFunction Function) Find(PciAddress address) =>
        _functions.TryGetValue(address, out (FunctionModel, SimulatedFunction) found)
            ? found
            : throw new DirectoryNotFoundException($"The simulated host {_name} has no function {address}.");
}
