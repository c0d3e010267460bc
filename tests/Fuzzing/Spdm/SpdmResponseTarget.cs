using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Fuzzing.Spdm;

/// <summary>A device that says something else: the requester ends by itself, the verifier is not taken in.</summary>
internal sealed class SpdmResponseTarget : SpdmTarget
{
    public override string Name => "spdm-responses";

    protected override int Direction => 1;

    protected override void Meet(AppraisalRequest good, int at, byte[] spoilt)
    {
        Requester requester = new(good.Plan);
        int limit = good.Plan.Budget.Exchanges + good.Messages.Count;
        for (int i = 1; requester.Turn is not null && i / 2 <= limit; i += 2)
        {
            requester.Take(i == at ? spoilt : good.Messages[Math.Min(i, good.Messages.Count - 1)].Bytes);
        }

        Check.That(requester.End is not null);
    }
}
