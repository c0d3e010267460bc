using Fleet.Pci.Doe;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>Secured messages (DSP0277) of the session that the SPDM responder of the same mailbox has open. One that opens in none sets Error.</summary>
internal sealed class SessionResponder : IDoeResponder
{
    private SpdmMailboxResponder? _spdm;

    public DoeFeature Feature => DoeFeature.SecuredCmaSpdm;

    /// <summary>Says whose sessions they are.</summary>
    public void BelongTo(SpdmMailboxResponder spdm) => _spdm = spdm;

    public uint[]? Answer(uint[] payload) => _spdm?.AnswerSecured(payload);
}
