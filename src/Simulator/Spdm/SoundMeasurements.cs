using System.Collections.Immutable;
using System.Security.Cryptography;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Simulator.Spdm;

/// <summary>What simulated devices measure without a fault, found by asking one and recording what it signs, as an operator would.</summary>
internal static class SoundMeasurements
{
    private const uint EcdsaP256 = 0x10;

    public static ImmutableArray<ReferenceRule> Rules(DateTimeOffset now)
    {
        ResponderOptions options = new() { Credentials = [new CredentialFactory(EcdsaP256, now).Make(0, new DeviceNames("SIM:sound:0", null))] };
        AttestationPlan plan = AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), 0, SpdmVersion.V14);
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

        AppraisalPolicy policy = new() { Anchors = [options.Credentials[0].Root], RequireFunctionName = false };
        return Baseline.Of(Appraiser.Appraise(new(messages, plan, policy, new DeviceHistory(), NonceState.Fresh, now), new ChainVerifier()).Blocks);
    }
}
