using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Fuzzing.Spdm;

/// <summary>
/// Conversations that are trusted as they are, in every version, chunked and not. They were recorded once, from our responder, so that a seed is the same case
/// on every machine: keys and signatures made anew would not be.
/// </summary>
internal static class SpdmCorpus
{
    public const string FileName = "conversations.json";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DeviceNames Names = new("SIM:fuzz:0001", "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100");
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>One conversation: version as its byte, the transfer size where chunks were negotiated, the nonces and contexts of the plan, everything said.</summary>
    internal sealed record Recorded(int Version, int? TransferSize, string Root, string[] Nonces, string[] Contexts, string[] Messages);

    /// <summary>A responder of the kind that was recorded, with keys of its own.</summary>
    public static ResponderOptions Device()
    {
        CredentialFactory vendor = new(0x10, Now);
        return new() { Credentials = [vendor.Make(0, Names), vendor.Make(1, Names)] };
    }

    /// <summary>The recorded conversations, each with the policy that trusts it.</summary>
    public static List<AppraisalRequest> Load(string path) =>
        [.. JsonSerializer.Deserialize<Recorded[]>(File.ReadAllBytes(path), Indented)!.Select(Read)];

    /// <summary>Makes the file anew.</summary>
    public static string Record()
    {
        ResponderOptions options = Device();
        List<Recorded> all = [];
        foreach (SpdmVersion version in Enum.GetValues<SpdmVersion>())
        {
            all.Add(Record(version, null, options));
            if (version >= SpdmVersion.V12)
            {
                all.Add(Record(version, 512, options));
            }
        }

        return JsonSerializer.Serialize(all, Indented);
    }

    private static Recorded Record(SpdmVersion version, int? transferSize, ResponderOptions options)
    {
        NonceSource source = new(RandomNumberGenerator.Create());
        string[] nonces = [Convert.ToHexStringLower(source.Nonce()), Convert.ToHexStringLower(source.Nonce())];
        string[] contexts = [Convert.ToHexStringLower(source.Context()), Convert.ToHexStringLower(source.Context())];
        SpdmResponder responder = new(options);
        Requester requester = new(Plan(version, transferSize, nonces, contexts));
        List<string> messages = [];
        while (requester.Turn is { } turn)
        {
            byte[] response = responder.Answer(turn.Request);
            messages.Add(Convert.ToHexStringLower(turn.Request.Span));
            messages.Add(Convert.ToHexStringLower(response));
            requester.Take(response);
        }

        return new((int)version, transferSize, Convert.ToHexStringLower(options.Credentials[0].Root), nonces, contexts, [.. messages]);
    }

    private static AppraisalRequest Read(Recorded recorded)
    {
        AttestationPlan plan = Plan((SpdmVersion)recorded.Version, recorded.TransferSize, recorded.Nonces, recorded.Contexts);
        RawMessage[] messages = [.. recorded.Messages.Select((hex, i) => new RawMessage(i % 2 == 0, Convert.FromHexString(hex)))];
        AppraisalPolicy policy = new() { Anchors = [Convert.FromHexString(recorded.Root)] };
        AppraisalRequest request = new(messages, plan, policy, new() { CmaName = Names.Cma }, NonceState.Fresh, Now);
        return request with { Policy = policy with { References = Baseline.Of(Appraiser.Appraise(request, new ChainVerifier()).Blocks) } };
    }

    private static AttestationPlan Plan(SpdmVersion version, int? transferSize, string[] nonces, string[] contexts)
    {
        AttestationPlan plan = AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), 0, version);
        int next = 0;
        return plan with
        {
            Negotiations = transferSize is { } size ? [AttestationPlan.Negotiate(version, transferSize: (uint)size, maxMessageSize: 0x1_0000)] : plan.Negotiations,
            Steps = [.. plan.Steps.Select(step => step.Nonce.IsEmpty
                ? step
                : step with { Nonce = Convert.FromHexString(nonces[next]), Context = Convert.FromHexString(contexts[next++]) })],
        };
    }
}
