using System.Security.Cryptography;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Fuzz.Tests.Spdm;

/// <summary>Conversations that are trusted as they are, in every version, chunked and not.</summary>
internal static class GoodEvidence
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeviceNames Names = new("SIM:fuzz:0001", "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100");

    public static ResponderOptions Options()
    {
        CredentialFactory vendor = new(0x10, Now);
        return new() { Credentials = [vendor.Make(0, Names), vendor.Make(1, Names)] };
    }

    public static List<AppraisalRequest> All(ResponderOptions options)
    {
        List<AppraisalRequest> all = [];
        foreach (SpdmVersion version in Enum.GetValues<SpdmVersion>())
        {
            AttestationPlan plan = AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), 0, version);
            all.Add(Make(plan, options));
            if (version >= SpdmVersion.V12)
            {
                all.Add(Make(plan with { Negotiations = [AttestationPlan.Negotiate(version, transferSize: 512, maxMessageSize: 0x1_0000)] }, options));
            }
        }

        return all;
    }

    private static AppraisalRequest Make(AttestationPlan plan, ResponderOptions options)
    {
        SpdmResponder responder = new(options);
        Requester requester = new(plan);
        List<RawMessage> messages = [];
        while (requester.Turn is { } turn)
        {
            byte[] response = responder.Answer(turn.Request);
            messages.Add(new(true, turn.Request));
            messages.Add(new(false, response));
            requester.Take(response);
        }

        AppraisalPolicy policy = new() { Anchors = [options.Credentials[0].Root] };
        AppraisalRequest request = new(messages, plan, policy, new() { CmaName = Names.Cma }, NonceState.Fresh, Now);
        AppraisalRequest good = request with { Policy = policy with { References = Baseline.Of(Appraiser.Appraise(request, new ChainVerifier()).Blocks) } };
        Assert.Equal(AppraisalVerdict.Trusted, Appraiser.Appraise(good, new ChainVerifier()).Verdict);
        return good;
    }
}
