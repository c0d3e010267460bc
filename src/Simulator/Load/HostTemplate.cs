using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Load;

/// <summary>
/// What hosts of a kind have in common: functions as the agent reads them, the claims its broker makes by default. What differs from host to host is
/// their names and the serial numbers in configuration space.
/// </summary>
internal sealed class HostTemplate
{
    private const int SerialNumber = 0x0003; // Device Serial Number (PCIe Base, section 7.9.3)
    private readonly ImmutableArray<FunctionFacts> _functions;

    private HostTemplate(HostFacts facts, IReadOnlyList<FunctionModel> models, ImmutableArray<FunctionFacts> functions, ImmutableArray<ClaimFacts> claims)
    {
        (Facts, Models, _functions, Claims) = (facts, models, functions, claims);
        Mailboxes = [.. functions.SelectMany(function => function.Mailboxes.Select(mailbox => (function.Address, mailbox.Offset)))];
    }

    public HostFacts Facts { get; }

    public IReadOnlyList<FunctionModel> Models { get; }

    public ImmutableArray<ClaimFacts> Claims { get; }

    public ImmutableArray<(PciAddress Function, int Offset)> Mailboxes { get; }

    /// <summary>Functions that the server can attest.</summary>
    public int SpdmFunctions => Models.Count(model => model.Mailboxes.Any(mailbox => mailbox.Spdm is not null));

    /// <summary>Reads simulated machines once; one template of the kind, three of a mixed fleet.</summary>
    /// <param name="kind">Which machines.</param>
    /// <param name="attested">Whether their mailboxes tell that they speak SPDM, so that the server attests them.</param>
    /// <param name="time">The clock.</param>
    public static ImmutableArray<HostTemplate> Read(HostKind kind, bool attested, TimeProvider time)
    {
        PciIds names = PciIds.Load(PciIds.DefaultPath);
        return [.. Enumerable.Range(1, kind is HostKind.Mixed ? 3 : 1).Select(number => ReadOne(HostModel.Functions(kind, number), attested, names, time))];
    }

    /// <summary>The inventory of one host; made when it is asked for, so that nobody keeps it.</summary>
    public InventoryReport Inventory(int host)
    {
        FunctionFacts[] functions = [.. _functions.Select(function => WithSerial(function, host))];
        return new InventoryReport(Convert.ToHexStringLower(SHA256.HashData(FleetJson.Write(functions))), functions);
    }

    public HostFacts FactsOf(string name, string machineId, string bootId) => Facts with { Name = name, MachineId = machineId, BootId = bootId };

    private static HostTemplate ReadOne(IReadOnlyList<FunctionModel> models, bool attested, PciIds names, TimeProvider time)
    {
        DirectoryInfo tree = Directory.CreateTempSubdirectory("fleet-sim-load-");
        try
        {
            SimulatedHardware hardware = new("template", Path.Combine(tree.FullName, "tree"), models, names, time);
            ImmutableArray<FunctionFacts> functions =
            [
                .. hardware.Addresses().Select(address => hardware.ReadFunction(address, null))
                    .Zip(hardware.Addresses(), (facts, address) => Discovered(facts, models.First(model => model.Address == address), attested)),
            ];
            HostFacts host = hardware.ReadFacts() with { Mode = EnforcementMode.Enforce };
            return new HostTemplate(host, models, functions, [.. functions.SelectMany(function => function.Mailboxes.Select(mailbox => DefaultClaim(function, mailbox, time)))]);
        }
        finally
        {
            tree.Delete(recursive: true);
        }
    }

    // What the agent's discovery would have learned through the mailbox.
    private static FunctionFacts Discovered(FunctionFacts facts, FunctionModel model, bool attested) => facts with
    {
        Mailboxes =
        [
            .. facts.Mailboxes.Select(mailbox => mailbox with
            {
                Features =
                [
                    .. model.Mailboxes.First(known => known.Offset == mailbox.Offset).Features
                        .Where(feature => attested || feature != Pci.Doe.DoeFeature.CmaSpdm).Select(feature => feature.ToString()),
                ],
            }),
        ],
    };

    private static ClaimFacts DefaultClaim(FunctionFacts function, MailboxFacts mailbox, TimeProvider time) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"default-{function.Address}-{mailbox.Offset:x3}"),
        Function = function.Address,
        Offset = mailbox.Offset,
        Length = 0x18,
        Holder = "broker",
        Source = ClaimSource.Default,
        Mode = EnforcementMode.Enforce,
        OnRead = ClaimAction.Virtualise,
        OnWrite = ClaimAction.Virtualise,
        Since = time.GetUtcNow(),
    };

    private static FunctionFacts WithSerial(FunctionFacts function, int host)
    {
        if (function.Capabilities.FirstOrDefault(capability => capability.Extended && capability.Id is SerialNumber) is not { } serial)
        {
            return function;
        }

        int at = serial.Offset + 4;
        string text = host.ToString("x8", CultureInfo.InvariantCulture);
        return function with { Config = [.. function.Config.Select(range => WithSerial(range, at, text))] };
    }

    private static ConfigRange WithSerial(ConfigRange range, int at, string text)
    {
        int start = (at - range.Offset) * 2;
        return start < 0 || start + text.Length > range.Hex.Length ? range : range with { Hex = string.Concat(range.Hex.AsSpan(0, start), text, range.Hex.AsSpan(start + text.Length)) };
    }
}
