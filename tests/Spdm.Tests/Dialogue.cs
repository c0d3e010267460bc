using System.Collections.Immutable;
using System.Security.Cryptography;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests;

/// <summary>Our requester against a responder, padded as DOE pads; keys are made once for each kind.</summary>
internal sealed record Dialogue(Requester Requester, List<RawMessage> Messages)
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DeviceNames Names = new("SIM:drive:0001", "Vendor=144d:Device=a824:CC=010802:REV=00:SSVID=144d:SSID=a801");

    private static readonly Dictionary<uint, (CredentialFactory Factory, ImmutableArray<SlotCredential> Slots)> Kinds = [];

    public RequesterEnd End => Requester.End!;

    public static NonceSource Nonces() => new(RandomNumberGenerator.Create());

    public static CredentialFactory Factory(uint asymBits) => Kind(asymBits).Factory;

    /// <summary>Slots 0 and 1, both with keys of this kind.</summary>
    public static ImmutableArray<SlotCredential> Credentials(uint asymBits) => Kind(asymBits).Slots;

    public static ResponderOptions Options(uint asymBits = 0x10, params ResponderFault[] faults) =>
        new() { Credentials = Credentials(asymBits), Faults = faults.ToHashSet() };

    public static Dialogue Run(AttestationPlan plan, ResponderOptions options) => Run(plan, new SpdmResponder(options));

    public static Dialogue Run(AttestationPlan plan, SpdmResponder responder)
    {
        Requester requester = new(plan);
        List<RawMessage> messages = [];
        while (requester.Turn is { } turn)
        {
            byte[] request = Pad(turn.Request.Span);
            byte[] answer = turn.IsSecured ? responder.AnswerSecured(request)! : responder.Answer(request);
            byte[] response = Pad(answer);
            messages.Add(new(true, request) { IsSecured = turn.IsSecured });
            messages.Add(new(false, response) { IsSecured = turn.IsSecured });
            requester.Take(response);
        }

        return new(requester, messages);
    }

    public static byte[] Pad(ReadOnlySpan<byte> message)
    {
        byte[] padded = new byte[(message.Length + 3) & ~3];
        message.CopyTo(padded);
        return padded;
    }

    private static (CredentialFactory Factory, ImmutableArray<SlotCredential> Slots) Kind(uint asymBits)
    {
        lock (Kinds)
        {
            if (!Kinds.TryGetValue(asymBits, out (CredentialFactory Factory, ImmutableArray<SlotCredential> Slots) kind))
            {
                CredentialFactory factory = new(asymBits, Now);
                kind = (factory, [factory.Make(0, Names), factory.Make(1, Names, alias: true)]);
                Kinds.Add(asymBits, kind);
            }

            return kind;
        }
    }
}
