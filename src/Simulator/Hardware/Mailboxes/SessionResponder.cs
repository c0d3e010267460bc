using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>Secured messages (DSP0277) of a device that has no session open: none can be answered, which sets Error.</summary>
internal sealed class SessionResponder : IDoeResponder
{
    public DoeFeature Feature => DoeFeature.SecuredCmaSpdm;

    public uint[]? Answer(uint[] payload) => null;
}
