using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Capabilities;

namespace Fleet.Policy;

internal sealed class FunctionSelectable(FunctionView function) : ISelectable
{
    public bool Knows(string field) => Selectables.FunctionFields.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "address" or "function" => [function.Address.ToString()],
        "id" => [function.Id.ToString()],
        "host" or "hostname" => [function.HostName, function.Host.ToString()],
        "state" => [function.HostState],
        "vendor" => FieldValues.Hex(function.VendorId).Concat(FieldValues.Text(function.VendorName)),
        "device" => FieldValues.Hex(function.DeviceId).Concat(FieldValues.Text(function.DeviceName)),
        "class" => ClassValues(function.ClassCode).Concat(FieldValues.Text(function.ClassName)),
        "revision" => FieldValues.Hex(function.Revision),
        "subsystem" => FieldValues.Text(function.Subsystem),
        "driver" => FieldValues.Text(function.Driver),
        "doe" => function.Mailboxes.SelectMany(m => m.Features),
        "owner" => function.Mailboxes.Select(m => m.Owner),
        "capability" => function.Capabilities.SelectMany(CapabilityValues),
        "finding" => function.Findings,
        "contentions" => FieldValues.Number(function.Contentions),
        "claims" => FieldValues.Number(function.Claims),
        "any" => FieldValues.Text(
            function.Address.ToString(), function.HostName, function.VendorId, function.DeviceId, $"{function.VendorId}:{function.DeviceId}",
            function.VendorName, function.DeviceName, function.ClassName, function.Driver),
        _ => FieldValues.None,
    };

    /// <summary>The code whole and its leading parts, so that class:0108 selects every NVM controller.</summary>
    private static IEnumerable<string> ClassValues(string code) =>
        code.Length is 6 ? [code, code[..4], code[..2], "0x" + code, "0x" + code[..4], "0x" + code[..2]] : [code];

    /// <summary>A capability answers to its name, its short name and its number.</summary>
    private static IEnumerable<string> CapabilityValues(CapabilityFacts capability)
    {
        yield return capability.Name;
        if (CapabilityNames.ShortOf((ushort)capability.Id, capability.Extended) is { } shortName)
        {
            yield return shortName;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"0x{capability.Id:x}");
        yield return string.Create(CultureInfo.InvariantCulture, $"0x{capability.Id:x4}");
    }
}
