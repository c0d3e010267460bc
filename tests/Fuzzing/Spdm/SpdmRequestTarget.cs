using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;

namespace Fleet.Fuzzing.Spdm;

/// <summary>An agent or a tool that says something else: the responder answers and can be begun with anew, the verifier notices.</summary>
internal sealed class SpdmRequestTarget : SpdmTarget
{
    private const int MaxAnswer = 1 << 20;
    private const int Negotiation = 6; // Version, capabilities, algorithms: their requests and responses.

    private readonly ResponderOptions _options = SpdmCorpus.Device();

    public override string Name => "spdm-requests";

    protected override int Direction => 0;

    protected override void Meet(AppraisalRequest good, int at, byte[] spoilt)
    {
        SpdmResponder responder = new(_options);
        for (int i = 0; i < Math.Min(at, Negotiation); i += 2)
        {
            responder.Answer(good.Messages[i].Bytes);
        }

        Check.That(responder.Answer(spoilt).Length is >= 4 and <= MaxAnswer);
        Check.That(responder.Answer(good.Messages[0].Bytes)[1] == (byte)SpdmCode.Version);
    }
}
