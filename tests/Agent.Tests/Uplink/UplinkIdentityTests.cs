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
        Enrolment sameToken = new([server.Url], server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance);
        Assert.Null(await sameToken.JoinAgainAsync(_host.Facts, _identity, TestContext.Current.CancellationToken));

        Enrolment enrolment = new([server.Url], server.Token("another"), _directory.Path, TimeProvider.System, NullLogger.Instance);
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

    [Fact]
    public async Task Run_ServerForgotTheRenewal_ComesInWithTheCertificateOfBeforeAndRenewsFromThere()
    {
        AgentIdentity renewed = RenewOffline();
        (HostId host, string forgotten) = (renewed.Host, renewed.Certificate.SerialNumber);
        _server.Seen.Door = certificate => certificate.SerialNumber == forgotten ? Refusals.UnknownKey : null;
        _server.Seen.Renew = request => _authority.Renew(request, host, DateTimeOffset.UtcNow.AddDays(60));
        string before = _identity.Certificate.SerialNumber;
        Publish(5);
        Start(renewed);

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 5 && _link.Connected && _standing.Refusal is null);
        Assert.Equal(before, _standing.Identity.Certificate.SerialNumber);
        Assert.Equal(before, new IdentityFiles(_directory.Path).Load()!.Certificate.SerialNumber);

        await _server.RenewAsync(DateTimeOffset.UtcNow.AddSeconds(-1));

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
        Assert.DoesNotContain(_standing.Identity.Certificate.SerialNumber, new[] { before, forgotten });
    }

    [Fact]
    public async Task Run_ServerKnowsNeither_GoesOnShowingThePresentOneAndSpools()
    {
        AgentIdentity renewed = RenewOffline();
        HashSet<string> shown = [];
        _server.Seen.Door = certificate =>
        {
            lock (shown)
            {
                shown.Add(certificate.SerialNumber);
            }

            return Refusals.UnknownKey;
        };
        Start(renewed);

        await WaitFor.TrueAsync(() => _log.Said.Count(line => line.Contains("Trying again", StringComparison.Ordinal)) >= 3);

        Assert.Equal(2, shown.Count);
        Assert.Equal(renewed.Certificate.SerialNumber, new IdentityFiles(_directory.Path).Load()!.Certificate.SerialNumber);
        Assert.Equal(Refusals.UnknownKey, _standing.Refusal?.Reason);
    }

    [Fact]
    public async Task Run_CertificateOfBeforeHasExpired_JoinsAgainByTheKeyThatTheServerKnows()
    {
        AgentIdentity renewed = RenewOffline();
        (string before, string forgotten) = (_identity.Certificate.SerialNumber, renewed.Certificate.SerialNumber);
        _server.Seen.Door = certificate =>
            certificate.SerialNumber == forgotten ? Refusals.UnknownKey : certificate.SerialNumber == before ? Refusals.Expired : null;
        string? proven = null;
        Enrolment enrolment = new([_server.Url], _server.Token("another"), _directory.Path, TimeProvider.System, NullLogger.Instance);
        Start(renewed, (known, ct) =>
        {
            proven = known.Certificate.SerialNumber;
            return enrolment.JoinAgainAsync(_host.Facts, known, ct);
        });

        await WaitFor.TrueAsync(() => _link.Connected);

        Assert.Equal(before, proven);
    }

    [Fact]
    public async Task Run_HelloSaysSwapped_IsARefusalWithItsReason()
    {
        _server.Seen.Refuse = "its identity is put together from two";
        _server.Seen.RefusalReason = Refusals.Swapped;
        Start();

        await WaitFor.TrueAsync(() => _standing.Refusal?.Reason is Refusals.Swapped);

        Assert.Contains("put together from two", _standing.Describe().Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RootRevokes_TheNewestListThatItSignedIsKept()
    {
        using TestAuthority other = new();
        IdentityFiles files = new(_directory.Path);
        using System.Security.Cryptography.X509Certificates.X509Certificate2 elsewhere = other.IssueServer();
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);

        await _server.RevokedAsync(other.Revoke(9, elsewhere));
        await _server.RevokedAsync(_authority.Revoke(2, elsewhere));
        await WaitFor.TrueAsync(() => files.LoadRevoked(_authority.Certificate)?.Number == 2);
        await _server.RevokedAsync(_authority.Revoke(1));
        await _server.RevokedAsync(_authority.Revoke(3));
        await WaitFor.TrueAsync(() => files.LoadRevoked(_authority.Certificate)?.Number == 3 && _standing.Revoked?.Number == 3);

        Assert.Null(files.LoadRevoked(other.Certificate));
        Assert.Contains(_log.Said, line => line.Contains("its root did not sign", StringComparison.Ordinal));
    }

    private AgentIdentity RenewOffline()
    {
        IdentityFiles files = new(_directory.Path);
        using ECDsa key = files.PrepareNextKey(_identity);
        string request = Convert.ToBase64String(new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequest());
        return files.StoreRenewed(_identity, _authority.Renew(new RenewRequest(request), _identity.Host, DateTimeOffset.UtcNow.AddDays(60)), key);
    }

    private void Start(AgentIdentity shown, Func<AgentIdentity, CancellationToken, Task<AgentIdentity?>>? joinAgain = null)
    {
        _identity.Dispose();
        _identity = shown;
        Start([_server.Url], joinAgain);
    }
}
