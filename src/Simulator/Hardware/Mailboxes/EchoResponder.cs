using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>A vendor's diagnostic feature: answers what it was sent.</summary>
internal sealed class EchoResponder(DoeFeature feature) : IDoeResponder
{
    public DoeFeature Feature => feature;

    public uint[]? Answer(uint[] payload) => payload;
}
