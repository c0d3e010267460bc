using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests.Appraisal;

/// <summary>Chains and what they say of the device.</summary>
public sealed class IdentityTests
{
    private const string HardwareIdentity = "300e300c060a2b06010401831c821202";

    [Fact]
    public void Appraise_RootOfNobodyTrusted_IsRefused()
    {
        AppraisalRequest request = Evidence.Of();

        Evidence.Refused(request with { Policy = request.Policy with { Anchors = [Dialogue.Factory(0x80).Root] } }, AppraisalCheck.Chain);
        Evidence.Unproven(request with { Policy = request.Policy with { Anchors = [] } }, AppraisalCheck.Chain);
    }

    [Fact]
    public void Appraise_RootNotSent_IsFoundAmongTheAnchors()
    {
        SlotCredential credential = Dialogue.Credentials(0x10)[0];
        SlotCredential headless = credential with { Headless = true };

        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(Evidence.Of(Plan(), Dialogue.Options() with { Credentials = [headless, Dialogue.Credentials(0x10)[1]] })).Verdict);
    }

    [Fact]
    public void Appraise_OtherTimesThanTheCertificates_IsRefused()
    {
        AppraisalRequest request = Evidence.Of();
        ChainVerifier chains = new();

        Assert.Equal(AppraisalVerdict.Trusted, Appraiser.Appraise(request, chains).Verdict);
        AppraisalResult late = Appraiser.Appraise(request with { Now = Dialogue.Now.AddYears(9) }, chains);
        AppraisalResult early = Appraiser.Appraise(request with { Now = Dialogue.Now.AddYears(-9) }, chains);
        Assert.Equal(CheckOutcome.Fail, late[AppraisalCheck.Chain].Outcome);
        Assert.Equal(CheckOutcome.Fail, early[AppraisalCheck.Chain].Outcome);
    }

    [Theory]
    [InlineData("no basic constraints")]
    [InlineData("a CA")]
    [InlineData("no key usage")]
    [InlineData("requester only")]
    public void Appraise_LeafAgainstTheRules_IsRefused(string what)
    {
        AppraisalRequest request = Evidence.Of(Plan(), WithLeaf(leaf =>
        {
            X509Extension Find<T>() => leaf.CertificateExtensions.First(extension => extension is T);
            switch (what)
            {
                case "no basic constraints":
                    leaf.CertificateExtensions.Remove(Find<X509BasicConstraintsExtension>());
                    break;
                case "a CA":
                    leaf.CertificateExtensions.Remove(Find<X509BasicConstraintsExtension>());
                    leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
                    break;
                case "no key usage":
                    leaf.CertificateExtensions.Remove(Find<X509KeyUsageExtension>());
                    break;
                default:
                    leaf.CertificateExtensions.Remove(Find<X509EnhancedKeyUsageExtension>());
                    leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.412.274.4")], false));
                    break;
            }
        }));

        Evidence.Refused(request, AppraisalCheck.Chain);
    }

    [Fact]
    public void Appraise_AliasLeafWithTheHardwareIdentity_IsRefused()
    {
        SlotCredential alias = Dialogue.Factory(0x10).Make(0, Dialogue.Names, alias: true, leaf =>
            leaf.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.412.274.6", Convert.FromHexString(HardwareIdentity), false)));

        Evidence.Refused(Evidence.Of(Plan(), Alias(alias)), AppraisalCheck.Chain);
    }

    [Fact]
    public void Appraise_AliasLeafMadeAnew_KeepsItsIdentity()
    {
        SlotCredential alias = Dialogue.Factory(0x10).Make(0, Dialogue.Names, alias: true);
        AppraisalRequest request = Evidence.Of(Plan(), Alias(alias));

        AppraisalResult result = Evidence.Appraise(request with { Policy = request.Policy with { Model = CertificateModel.Alias } });
        Assert.Equal(AppraisalVerdict.Trusted, result.Verdict);
        Assert.Equal(SHA256.HashData(alias.Certificates[1]), result.DeviceKey.ToArray());
        Evidence.Refused(request with { Policy = request.Policy with { Model = CertificateModel.Device } }, AppraisalCheck.Chain);
    }

    [Fact]
    public void Appraise_AnotherDeviceThanPinned_IsASwap()
    {
        AppraisalRequest request = Evidence.Of();

        CheckResult refused = Evidence.Refused(request with { History = request.History with { Pin = new byte[32] } }, AppraisalCheck.Identity);
        Assert.Contains("swapped", refused.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Appraise_IdentityKnownElsewhere_IsACloneOrARelay()
    {
        AppraisalRequest request = Evidence.Of();

        CheckResult refused = Evidence.Refused(request with { History = request.History with { KnownElsewhere = _ => "host b, 0000:01:00.0" } }, AppraisalCheck.Identity);
        Assert.Contains("host b", refused.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Appraise_CertificateOfAnotherFunction_IsRefused()
    {
        AppraisalRequest request = Evidence.Of();
        DeviceHistory other = request.History with { CmaName = "Vendor=144d:Device=a80a:CC=010802:REV=00:SSVID=144d:SSID=a801" };
        DeviceHistory upper = request.History with { CmaName = request.History.CmaName!.ToUpperInvariant() };

        Evidence.Refused(request with { History = other }, AppraisalCheck.Identity);
        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(request with { History = upper }).Verdict);
    }

    [Fact]
    public void Appraise_CertificateWithoutTheFunctionsName_IsNotBoundToIt()
    {
        CredentialFactory factory = Dialogue.Factory(0x10);
        AppraisalRequest request = Evidence.Of(Plan(), Dialogue.Options() with { Credentials = [factory.Make(0, Dialogue.Names with { Cma = null }), factory.Make(1, Dialogue.Names)] });

        CheckResult unproven = Evidence.Unproven(request, AppraisalCheck.Identity);
        Assert.StartsWith("Identity not bound to function", unproven.Seen, StringComparison.Ordinal);
        Assert.Equal(AppraisalVerdict.Trusted, Evidence.Appraise(request with { Policy = request.Policy with { RequireFunctionName = false } }).Verdict);
    }

    [Fact]
    public void Appraise_KeyOfAnotherKindThanNegotiated_IsRefused()
    {
        SlotCredential p384 = Dialogue.Credentials(0x80)[0];
        ResponderOptions lying = Dialogue.Options() with { Credentials = [p384 with { AsymBits = 0x10, Key = Dialogue.Credentials(0x10)[0].Key }] };
        AppraisalRequest request = Evidence.Of();

        Evidence.Refused(
            request with { Messages = Dialogue.Run(request.Plan, lying).Messages, Policy = request.Policy with { Anchors = [p384.Root] } }, AppraisalCheck.Chain);
    }

    [Fact]
    public void Appraise_CertificatesOutOfOrderOrOfAnotherPath_AreRefused()
    {
        SlotCredential good = Dialogue.Credentials(0x10)[0];
        SlotCredential other = Dialogue.Credentials(0x10)[1];
        SlotCredential[] bad =
        [
            good with { Certificates = [good.Certificates[0], other.Certificates[1], good.Certificates[2]] },
            good with { Certificates = [good.Certificates[0], good.Certificates[1], good.Certificates[1], good.Certificates[2]] },
            good with { Certificates = [good.Certificates[0], good.Certificates[2]] },
            good with { Certificates = [good.Certificates[0]] },
        ];
        AppraisalRequest request = Evidence.Of();

        Assert.All(bad, credential => Evidence.Refused(
            request with { Messages = Dialogue.Run(request.Plan, Dialogue.Options() with { Credentials = [credential, other] }).Messages }, AppraisalCheck.Chain));
    }

    private static AttestationPlan Plan() => AttestationPlan.Standard(Dialogue.Nonces(), 0, SpdmVersion.V13);

    private static ResponderOptions WithLeaf(Action<CertificateRequest> change) =>
        Dialogue.Options() with { Credentials = [Dialogue.Factory(0x10).Make(0, Dialogue.Names, changeLeaf: change), Dialogue.Credentials(0x10)[1]] };

    private static ResponderOptions Alias(SlotCredential alias) =>
        Dialogue.Options() with { Credentials = [alias, Dialogue.Credentials(0x10)[1]], Flags = ResponderOptions.DefaultFlags | (1u << 18) };
}
