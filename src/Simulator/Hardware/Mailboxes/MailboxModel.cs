using Fleet.Pci.Doe;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>A DOE capability and what answers behind it.</summary>
internal sealed record MailboxModel(int Offset, params IReadOnlyList<IDoeResponder> Responders)
{
    /// <summary>Version of the capability; from 2 on Status shows At Attention when idle.</summary>
    public byte Version { get; init; } = 2;

    /// <summary>From Go to Data Object Ready.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The SPDM responder behind it; null where there is none.</summary>
    public SpdmMailboxResponder? Spdm => Responders.OfType<SpdmMailboxResponder>().FirstOrDefault();

    /// <summary>What takes its secured messages; null where nothing does.</summary>
    public SessionResponder? Secured => Responders.OfType<SessionResponder>().FirstOrDefault();

    public IReadOnlyList<DoeFeature> Features => [DoeFeature.Discovery, .. Responders.Select(r => r.Feature)];
}
