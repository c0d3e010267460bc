using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Contention;

/// <summary>What contention can be grouped by, and the value of each for one sum.</summary>
internal sealed class GroupFields(HostDirectory directory)
{
    private readonly Dictionary<(HostId, string), string> _devices = [];

    public static IReadOnlyList<string> All { get; } = ["caller", "host", "function", "device", "region", "feature", "decision"];

    /// <summary>What must be known of a sum to say the values of such fields.</summary>
    public static SumFields NeededBy(IEnumerable<string> fields) => fields.Aggregate(SumFields.None, (needed, field) => needed | field switch
    {
        "caller" => SumFields.Comm,
        "host" => SumFields.Host,
        "function" => SumFields.Function,
        "device" => SumFields.Host | SumFields.Function,
        "region" => SumFields.Region,
        "feature" => SumFields.Feature,
        _ => SumFields.Decision,
    });

    public string Value(string field, ContentionRow row) => field switch
    {
        "caller" => row.Comm,
        "host" => row.HostName,
        "function" => row.Function,
        "device" => Device(row),
        "region" => row.Region,
        "feature" => row.Feature,
        _ => row.Decision,
    };

    /// <summary>A sum as an event, for filters: the fields that sums do not keep are absent.</summary>
    public static FleetEvent AsEvent(ContentionRow row)
    {
        string[] region = row.Region.Split('+');
        bool placed = region.Length is 2;
        return new FleetEvent
        {
            Time = row.Minute,
            Kind = row.Kind,
            Host = row.Host,
            HostName = row.HostName,
            Function = PciAddress.TryParse(row.Function, out PciAddress address) ? address : null,
            Caller = row.Comm.Length > 0 ? new Caller { Pid = 0, Comm = row.Comm } : null,
            Decision = Decisions.TryGetValue(row.Decision, out Decision decision) ? decision : null,
            Feature = row.Feature.Length > 0 ? row.Feature : null,
            Offset = placed && int.TryParse(region[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int offset) ? offset : null,
            Length = placed && int.TryParse(region[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int length) ? length : null,
            Count = row.Count,
        };
    }

    private static Dictionary<string, Decision> Decisions { get; } = Enum.GetValues<Decision>().ToDictionary(WireNames.Of);

    private string Device(ContentionRow row)
    {
        if (!_devices.TryGetValue((row.Host, row.Function), out string? device))
        {
            FunctionFacts? facts = directory.TryGet(row.Host, out HostRecord? host)
                ? host.Functions.FirstOrDefault(function => function.Address.ToString() == row.Function)
                : null;
            device = facts is null ? "" : facts.DeviceName ?? $"{facts.VendorId}:{facts.DeviceId}";
            _devices.Add((row.Host, row.Function), device);
        }

        return device;
    }
}
