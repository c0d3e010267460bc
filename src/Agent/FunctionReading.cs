using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Capabilities;

namespace Fleet.Agent;

/// <summary>Completes a function's facts from its configuration space: the capability walk, the known bytes.</summary>
internal static class FunctionReading
{
    /// <summary>Reads headers and the bodies of known capabilities, never undefined ranges.</summary>
    public static FunctionFacts Complete(FunctionFacts cached, IConfigSpace space, Func<Capability, ConfigImage, MailboxFacts> mailbox)
    {
        CapabilityList list = CapabilityWalk.Walk(space);
        ConfigImage image = ConfigSnapshot.Read(space, list);
        return cached with
        {
            ConfigSize = space.Size,
            Capabilities = [.. list.Items.Select(ToFacts)],
            Findings = [.. cached.Findings, .. list.Findings.Select(finding => finding.Detail)],
            Mailboxes = [.. list.Items.Where(IsMailbox).Select(item => mailbox(item, image))],
            Config = Ranges(image),
        };
    }

    /// <summary>The known bytes as they go over the wire.</summary>
    public static IReadOnlyList<ConfigRange> Ranges(ConfigImage image) =>
        [.. image.Ranges.Select(range => new ConfigRange(range.Offset, Convert.ToHexStringLower(range.Bytes.Span)))];

    private static CapabilityFacts ToFacts(Capability item) =>
        new(item.Offset, item.Id, item.Version, item.Extended, item.Name, item.Length);

    private static bool IsMailbox(Capability item) => item is { Extended: true, Id: CapabilityIds.DataObjectExchange };
}
