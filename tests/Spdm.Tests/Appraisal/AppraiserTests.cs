using System.Collections.Immutable;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests.Appraisal;

/// <summary>Good evidence is trusted; each thing that a device, a host or the wire can do to it is refused under its own name.</summary>
public sealed class AppraiserTests
{
    [Theory]
    [InlineData(SpdmVersion.V10)]
    [InlineData(SpdmVersion.V11)]
    [InlineData(SpdmVersion.V12)]
    [InlineData(SpdmVersion.V13)]
    [InlineData(SpdmVersion.V14)]
    public void Appraise_GoodEvidence_IsTrustedAndEveryCheckIsNamed(SpdmVersion version)
    {
        AppraisalResult result = Evidence.Appraise(Evidence.Of(version));

        Assert.True(result.Verdict == AppraisalVerdict.Trusted, string.Join('\n', result.Checks));
        Assert.Equal(Enum.GetValues<AppraisalCheck>(), result.Checks.Select(check => check.Check));
        Assert.All(result.Checks, check => Assert.NotEmpty(check.Seen));
        Assert.Equal(Dialogue.Names.Cma, result.CmaName);
    }

    [Theory]
    [InlineData(nameof(ResponderFault.Tampered), AppraisalCheck.Measurements, "0x02")]
    [InlineData(nameof(ResponderFault.SvnRollback), AppraisalCheck.Measurements, "0x10")]
    [InlineData(nameof(ResponderFault.Debug), AppraisalCheck.DeviceMode, "0x2")]
    [InlineData(nameof(ResponderFault.ContentChanged), AppraisalCheck.Freshness, "changed")]
    [InlineData(nameof(ResponderFault.WrongSummary), AppraisalCheck.Freshness, "summary")]
    [InlineData(nameof(ResponderFault.StaleNonce), AppraisalCheck.Transcript, "did not sign")]
    [InlineData(nameof(ResponderFault.BadSignature), AppraisalCheck.Transcript, "did not sign")]
    [InlineData(nameof(ResponderFault.ForeignKey), AppraisalCheck.Transcript, "did not sign")]
    [InlineData(nameof(ResponderFault.TruncatedChain), AppraisalCheck.Chain, "chain")]
    [InlineData(nameof(ResponderFault.Unsigned), AppraisalCheck.Capabilities, "signed measurements before")]
    [InlineData(nameof(ResponderFault.SwappedSlot), AppraisalCheck.Lengths, "Challenge")]
    [InlineData(nameof(ResponderFault.ForeignAlgorithm), AppraisalCheck.Algorithms, "not one of those offered")]
    [InlineData(nameof(ResponderFault.EndlessPortions), AppraisalCheck.Lengths, "GetCertificate")]
    public void Appraise_DeviceThatMisbehaves_FailsByName(string fault, AppraisalCheck check, string seen)
    {
        AttestationPlan plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13) with { PortionSize = 512 };

        CheckResult refused = Evidence.Refused(Evidence.Of(plan, Dialogue.Options(0x10, Enum.Parse<ResponderFault>(fault))), check);

        Assert.Contains(seen, refused.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ResponderFault.BusyForever), AppraisalCheck.Waiting)]
    [InlineData(nameof(ResponderFault.ResponseTooLarge), AppraisalCheck.Errors)]
    public void Appraise_DeviceThatDoesNotAnswer_IsUnknown(string fault, AppraisalCheck check) =>
        Evidence.Unproven(Evidence.Of(SpdmVersion.V13, Enum.Parse<ResponderFault>(fault)), check);

    [Theory]
    [InlineData(nameof(ResponderFault.Busy))]
    [InlineData(nameof(ResponderFault.NotReady))]
    [InlineData(nameof(ResponderFault.Resynch))]
    public void Appraise_DeviceThatOnlyDelays_IsTrusted(string fault) =>
        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(Evidence.Of(SpdmVersion.V13, Enum.Parse<ResponderFault>(fault))).Verdict);

    [Fact]
    public void Appraise_YesterdaysTranscript_IsAReplay()
    {
        AppraisalRequest yesterday = Evidence.Of();

        CheckResult refused = Evidence.Refused(yesterday with { Plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13) }, AppraisalCheck.Nonce);

        Assert.Contains("replay", refused.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Appraise_NoncesUsedBefore_IsAReplay() => Evidence.Refused(Evidence.Of() with { Nonces = NonceState.Used }, AppraisalCheck.Nonce);

    [Fact]
    public void Appraise_NoncesExpired_IsUnknown() => Evidence.Unproven(Evidence.Of() with { Nonces = NonceState.Expired }, AppraisalCheck.Nonce);

    [Fact]
    public void Appraise_VersionsLeftOut_IsADowngrade()
    {
        // The host speaks 1.1 though the plan has 1.3 and the device too.
        AppraisalRequest low = Evidence.Of(SpdmVersion.V11);
        AttestationPlan both = low.Plan with { Negotiations = [.. low.Plan.Negotiations, AttestationPlan.Negotiate(SpdmVersion.V13)] };

        Evidence.Refused(low with { Plan = both }, AppraisalCheck.Version);
        Evidence.Refused(low with { Plan = both }, AppraisalCheck.Plan);
    }

    [Fact]
    public void Appraise_VersionBelowWhatItHasSpoken_IsADowngrade()
    {
        AppraisalRequest request = Evidence.Of(SpdmVersion.V12);

        Evidence.Refused(request with { History = request.History with { Version = SpdmVersion.V13 } }, AppraisalCheck.Version);
        Evidence.Refused(request with { Policy = request.Policy with { MinimumVersion = SpdmVersion.V13 } }, AppraisalCheck.Version);
    }

    [Fact]
    public void Appraise_OfferThatIsNotThePlans_IsADowngrade()
    {
        // The host offers P-256 alone; the plan offers more.
        AttestationPlan weak = AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13) with { Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V13, asym: 0x10)] };
        AppraisalRequest request = Evidence.Of(weak, Dialogue.Options());

        AppraisalRequest forged = request with { Plan = weak with { Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V13)] } };
        Evidence.Refused(forged, AppraisalCheck.Algorithms);
        Evidence.Refused(forged, AppraisalCheck.Plan);
    }

    [Fact]
    public void Appraise_WeakAlgorithms_AreRefusedByPolicy()
    {
        AppraisalRequest rsa = Evidence.Of(AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13), Dialogue.Options(3));
        AppraisalRequest request = Evidence.Of();

        Evidence.Refused(rsa, AppraisalCheck.Algorithms);
        Evidence.Refused(request with { Policy = request.Policy with { Hashes = 2 } }, AppraisalCheck.Algorithms);
    }

    [Theory]
    [InlineData(SpdmVersion.V10)]
    [InlineData(SpdmVersion.V11)]
    public void Appraise_OldVersionWithoutTheSummary_IsUnknown(SpdmVersion version)
    {
        AttestationPlan plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, version);
        AttestationPlan none = plan with { Steps = [.. plan.Steps.Select(step => step with { Summary = 0 })] };
        AttestationPlan unchallenged = plan with { Steps = plan.Steps.RemoveAt(2) };

        Evidence.Unproven(Evidence.Of(none, Dialogue.Options()), AppraisalCheck.Version);
        Evidence.Unproven(Evidence.Of(unchallenged, Dialogue.Options()), AppraisalCheck.Version);
    }

    [Fact]
    public void Appraise_RequirementsOfThePolicy_AreEnforced()
    {
        AttestationPlan plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13);
        AppraisalRequest unchallenged = Evidence.Of(plan with { Steps = plan.Steps.RemoveAt(2) }, Dialogue.Options());
        AppraisalRequest boot = Evidence.Of(plan, Dialogue.Options() with { Flags = ResponderOptions.DefaultFlags & ~(1u << 5) });
        AppraisalRequest unmeasured = Evidence.Of(plan with { Steps = plan.Steps.RemoveAt(3) }, Dialogue.Options());

        Evidence.Unproven(unchallenged with { Policy = unchallenged.Policy with { RequireChallenge = true } }, AppraisalCheck.Capabilities);
        Evidence.Refused(boot with { Policy = boot.Policy with { RequireFresh = true } }, AppraisalCheck.Capabilities);
        Evidence.Unproven(unmeasured, AppraisalCheck.Capabilities);
    }

    [Fact]
    public void Appraise_SecureVersionBelowItsFloor_IsARollback()
    {
        AppraisalRequest request = Evidence.Of();
        DeviceHistory history = request.History with { SecureVersions = ImmutableDictionary<byte, ulong>.Empty.Add(0x10, 8) };

        Evidence.Refused(request with { History = history }, AppraisalCheck.Rollback);
        Evidence.Refused(request with { History = history with { SecureVersions = ImmutableDictionary<byte, ulong>.Empty.Add(0x20, 1) } }, AppraisalCheck.Rollback);
    }

    [Fact]
    public void Appraise_SlotsThatVanished_AreNoticed()
    {
        AppraisalRequest request = Evidence.Of();

        Evidence.Refused(request with { History = request.History with { Slots = 7 } }, AppraisalCheck.Slots);
    }

    [Fact]
    public void Appraise_ReferenceValues_AreComparedByTheirRule()
    {
        AppraisalRequest request = Evidence.Of();
        AppraisalPolicy With(params ReferenceRule[] rules) => request.Policy with { References = [.. rules], UnknownIndex = UnknownIndex.Allow };
        byte[] firmware = SpdmAlgorithms.Hash(1, Enumerable.Repeat((byte)2, 72).ToArray());
        byte[] manifest = [.. Enumerable.Repeat((byte)0xFD, 64)];
        byte[] mask = [.. Enumerable.Repeat((byte)0xF0, 64)];
        byte[] similar = [.. Enumerable.Repeat((byte)0xF1, 64)];

        ReferenceRule[] good =
        [
            new(2, ReferenceKind.AnyOf) { Values = [new byte[32], firmware] },
            new(0xFD, ReferenceKind.AnyOf) { Values = [SpdmAlgorithms.Hash(1, manifest)] },
            new(0xFD, ReferenceKind.Raw) { Values = [manifest], Type = 4 },
            new(0xFD, ReferenceKind.Mask) { Values = [similar], Mask = mask },
            new(0x10, ReferenceKind.SvnMin) { Minimum = 7 },
            new(0x77, ReferenceKind.Ignore) { Required = false },
        ];
        ReferenceRule[] bad =
        [
            new(2, ReferenceKind.AnyOf) { Values = [new byte[32]] },
            new(2, ReferenceKind.Raw) { Values = [firmware] },
            new(0xFD, ReferenceKind.Raw) { Values = [manifest], Type = 10 },
            new(0xFD, ReferenceKind.Mask) { Values = [similar], Mask = manifest },
            new(0xFD, ReferenceKind.Mask) { Values = [similar.AsMemory(0, 8)], Mask = mask.AsMemory(0, 8) },
            new(0x10, ReferenceKind.SvnMin) { Minimum = 8 },
            new(2, ReferenceKind.SvnMin),
            new(0x77, ReferenceKind.Ignore),
        ];

        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(request with { Policy = With(good) }).Verdict);
        Assert.All(bad, rule => Evidence.Refused(request with { Policy = With(rule) }, AppraisalCheck.Measurements));
    }

    [Fact]
    public void Appraise_MeasurementsNobodyKnows_AreAsThePolicySays()
    {
        AppraisalRequest request = Evidence.Of();
        AppraisalPolicy fewer = request.Policy with { References = request.Policy.References.RemoveAt(0) };

        Evidence.Refused(request with { Policy = fewer }, AppraisalCheck.Measurements);
        Evidence.Unproven(request with { Policy = fewer with { UnknownIndex = UnknownIndex.Warn } }, AppraisalCheck.Measurements);
        Evidence.Unproven(request with { Policy = request.Policy with { References = [] } }, AppraisalCheck.Measurements);
        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(request with { Policy = fewer with { UnknownIndex = UnknownIndex.Allow } }).Verdict);
    }

    [Fact]
    public void Appraise_EvidenceCutShort_IsNeverTrusted()
    {
        AppraisalRequest request = Evidence.Of();

        for (int count = 0; count < request.Messages.Count; count++)
        {
            AppraisalResult result = Evidence.Appraise(request with { Messages = [.. request.Messages.Take(count)] });
            Assert.NotEqual(AppraisalVerdict.Trusted, result.Verdict);
            Assert.NotEqual(CheckOutcome.Pass, result[AppraisalCheck.Plan].Outcome);
        }
    }

    [Fact]
    public void Appraise_AnExchangeMoreOrLess_IsRefused()
    {
        AppraisalRequest request = Evidence.Of();
        RawMessage[] extra = [new(true, DigestsResponse.Request(SpdmVersion.V13)), request.Messages[7]];

        for (int at = 0; at <= request.Messages.Count; at += 2)
        {
            Evidence.Refused(request with { Messages = [.. request.Messages.Take(at), .. extra, .. request.Messages.Skip(at)] }, AppraisalCheck.Plan);
            if (at < request.Messages.Count - 2)
            {
                Evidence.Refused(request with { Messages = [.. request.Messages.Take(at), .. request.Messages.Skip(at + 2)] }, AppraisalCheck.Plan);
            }
        }
    }

    [Fact]
    public void Appraise_TooMuch_IsNotRead()
    {
        AppraisalRequest request = Evidence.Of();
        RawMessage large = new(false, new byte[1 << 20]);

        Evidence.Refused(request with { Messages = [.. request.Messages, large] }, AppraisalCheck.Bounds);
    }

    [Theory]
    [InlineData(SpdmVersion.V11)]
    [InlineData(SpdmVersion.V13)]
    public void Appraise_AnyBitOfAnyMessageForged_IsNeverTrusted(SpdmVersion version)
    {
        AppraisalRequest request = Evidence.Of(version);
        ChainVerifier chains = new();
        for (int at = 0; at < request.Messages.Count; at++)
        {
            byte[] bytes = request.Messages[at].Bytes.ToArray();
            RawMessage[] forged = [.. request.Messages];
            forged[at] = forged[at] with { Bytes = bytes };
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 0x10;
                Assert.True(
                    Appraiser.Appraise(request with { Messages = forged }, chains).Verdict != AppraisalVerdict.Trusted, $"Byte {i} of message {at} is forged, and it is trusted.");
                bytes[i] ^= 0x10;
            }
        }
    }
}
