using System.Security.Cryptography;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A kill between any two steps of joining or renewing leaves an identity that the server lets in.</summary>
public sealed class IdentityFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly HostId _host = new(Guid.CreateVersion7());
    private readonly IdentityFiles _files;

    public IdentityFilesTests() => _files = new IdentityFiles(_directory.Path);

    public void Dispose()
    {
        _directory.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void SpireRotationCrash_KilledAfterTheKeyWasMade_TheOldIdentityHoldsAndTheSameKeyIsAskedFor()
    {
        using AgentIdentity joined = Join();
        using ECDsa first = _files.PrepareNextKey(joined);

        using AgentIdentity after = _files.Load()!;
        using ECDsa second = new IdentityFiles(_directory.Path).PrepareNextKey(after);

        Assert.Equal(joined.Certificate.Thumbprint, after.Certificate.Thumbprint);
        Assert.Equal(first.ExportSubjectPublicKeyInfo(), second.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void StoreRenewed_ThenKilled_TheNewIdentityIsThereWholeAndTheKeyIsSpent()
    {
        using AgentIdentity joined = Join();
        using ECDsa key = _files.PrepareNextKey(joined);
        using AgentIdentity renewed = _files.StoreRenewed(joined, _authority.Renew(Ask(key), _host, DateTimeOffset.UtcNow.AddDays(60)), key);

        using AgentIdentity after = _files.Load()!;

        Assert.Equal(renewed.Certificate.Thumbprint, after.Certificate.Thumbprint);
        Assert.True(after.Uses(key));
        Assert.True(after.Certificate.HasPrivateKey);
        Assert.Equal(joined.Token, after.Token);
        using ECDsa next = _files.PrepareNextKey(after);
        Assert.False(after.Uses(next));
    }

    [Fact]
    public void SpireRotationCrash_KilledBeforeTheSpentKeyWasClearedAway_AnotherIsMade()
    {
        using AgentIdentity joined = Join();
        using ECDsa key = _files.PrepareNextKey(joined);
        string file = Directory.GetFiles(_directory.Path, "next-key.pem", SearchOption.AllDirectories).Single();
        byte[] kept = File.ReadAllBytes(file);
        using AgentIdentity renewed = _files.StoreRenewed(joined, _authority.Renew(Ask(key), _host, DateTimeOffset.UtcNow), key);
        File.WriteAllBytes(file, kept);

        using ECDsa next = _files.PrepareNextKey(renewed);

        Assert.False(renewed.Uses(next));
    }

    [Fact]
    public void StoreRenewed_CertificateOfAnotherKey_IsRefusedAndTheOldIdentityStays()
    {
        using AgentIdentity joined = Join();
        using ECDsa key = _files.PrepareNextKey(joined);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Throws<EnrolmentException>(() => _files.StoreRenewed(joined, _authority.Renew(Ask(other), _host, DateTimeOffset.UtcNow), key));

        using AgentIdentity after = _files.Load()!;
        Assert.Equal(joined.Certificate.Thumbprint, after.Certificate.Thumbprint);
    }

    [Fact]
    public void Load_IdentityOfBeforeRenewal_IsReadAndCanBeRenewed()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(_directory.File("identity"));
        File.WriteAllBytes(_directory.File("identity/reply.json"), FleetJson.Write(Reply(key)));
        File.WriteAllText(_directory.File("identity/key.pem"), key.ExportPkcs8PrivateKeyPem());
        using AgentIdentity old = _files.Load()!;
        using ECDsa next = _files.PrepareNextKey(old);

        _files.StoreRenewed(old, _authority.Renew(Ask(next), _host, DateTimeOffset.UtcNow), next).Dispose();

        using AgentIdentity after = _files.Load()!;
        Assert.True(old.Uses(key));
        Assert.True(after.Uses(next));
    }

    [Fact]
    public void Load_OnlyAKeyWasMadeBeforeTheKill_HasNotJoined()
    {
        Directory.CreateDirectory(_directory.File("identity"));
        File.WriteAllText(_directory.File("identity/next-key.pem"), "half");

        Assert.Null(_files.Load());
    }

    private AgentIdentity Join()
    {
        using ECDsa key = _files.PrepareKey();
        return _files.StoreJoined(Reply(key), key, "token-hash");
    }

    private EnrollReply Reply(ECDsa key) => _authority.Enroll(new EnrollRequest("s", Ask(key).CertificateRequest, "host-a", "m1", false), _host);

    private static RenewRequest Ask(ECDsa key) => new(Convert.ToBase64String(
        new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequest()));
}
