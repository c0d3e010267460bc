using System.Security.Cryptography;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>What becomes of the host's identity on its link: renewed, refused, joined again.</summary>
public sealed partial class UplinkTests
{
    [Fact]
    public async Task Run_RenewalIsDue_ComesInWithTheNextCertificate()
    {
        HashSet<string> shown = [];
        _server.Seen.Door = certificate =>
        {
            lock (shown)
            {
                shown.Add(certificate.Thumbprint);
            }

            return null;
        };
        _server.Seen.RenewAt = DateTimeOffset.UtcNow.AddMinutes(-1);
        _server.Seen.Renew = request =>
        {
            _server.Seen.RenewAt = DateTimeOffset.UtcNow.AddDays(60);
            return _authority.Renew(request, _identity.Host, DateTimeOffset.UtcNow.AddDays(60));
        };
        Publish(5);
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count >= 2 && _link.Connected && _spool.Count is 0 && shown.Count is 2);

        Assert.Equal(2, shown.Count);
        Assert.Single(_server.Seen.Renewals);
        Assert.Equal(_standing.Identity.Certificate.Thumbprint, new IdentityFiles(_directory.Path).Load()!.Certificate.Thumbprint);
    }

    [Fact]
    public async Task Run_RefusedAtTheDoor_SaysWhyAndSpoolsOn()
    {
        _server.Seen.Door = _ => Refusals.Expired;
        Start();
        await WaitFor.TrueAsync(() => _standing.Refusal is not null);
        Publish(5);

        Assert.Equal((Refusals.Expired, "It is expired; ask for a token."), (_standing.Describe().Refusal, _standing.Describe().Explanation));
        Assert.InRange(_standing.ClockOffset!.Value.TotalSeconds, -60, 60);
        _server.Seen.Door = null;
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 5 && _link.Connected);
        Assert.Null(_standing.Refusal);
    }

    [Fact]
    public async Task Run_RefusedAndANewTokenIsThere_JoinsAgainAndShowsTheOldKey()
    {
        EnrollRequest? seen = null;
        await using TestServer server = await TestServer.StartAsync(_authority, request =>
        {
            seen = request;
            return Results.Ok(_authority.Enroll(request, _identity.Host));
        });
        string old = _identity.Certificate.Thumbprint;
        byte[] oldKey = _identity.Certificate.PublicKey.ExportSubjectPublicKeyInfo();
        server.Seen.Door = certificate => certificate.Thumbprint == old ? Refusals.Expired : null;
        Enrolment sameToken = new(server.Url, server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance);
        Assert.Null(await sameToken.JoinAgainAsync(_host.Facts, _identity, TestContext.Current.CancellationToken));

        Enrolment enrolment = new(server.Url, server.Token("another"), _directory.Path, TimeProvider.System, NullLogger.Instance);
        Publish(5);
        Start(server.Url, (before, ct) => enrolment.JoinAgainAsync(_host.Facts, before, ct));

        await WaitFor.TrueAsync(() => server.Seen.Stored.Count is 5 && _link.Connected);
        Assert.Equal(_standing.Identity.Host, seen!.Previous!.Host);
        using ECDsa verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(oldKey, out _);
        Assert.True(verifier.VerifyData(
            EnrolledBefore.SignedBytes(seen.Previous.Host, Convert.FromBase64String(seen.CertificateRequest)), Convert.FromBase64String(seen.Previous.Signature),
            HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }
}
