using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>A DOE capability and what answers behind it.</summary>
internal sealed record MailboxModel(int Offset, params IReadOnlyList<IDoeResponder> Responders)
{
    /// <summary>Version of the capability; from 2 on Status shows At Attention when idle.</summary>
    public byte Version { get; init; } = 2;

    /// <summary>From Go to Data Object Ready.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(2);

    public IReadOnlyList<DoeFeature> Features => [DoeFeature.Discovery, .. Responders.Select(r => r.Feature)];
}
