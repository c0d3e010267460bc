using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Uplink;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Which server an agent believes, once its root has revoked an intermediate whose key may be stolen.</summary>
public sealed class ServerTrustTests : IDisposable
{
    private readonly X509Certificate2 _root = Authority("CN=root", null);
    private readonly X509Certificate2 _stolen;
    private readonly X509Certificate2 _good;

    public ServerTrustTests()
    {
        _stolen = Authority("CN=intermediate 1", _root);
        _good = Authority("CN=intermediate 2", _root);
    }

    public void Dispose()
    {
        _root.Dispose();
        _stolen.Dispose();
        _good.Dispose();
    }

    [Fact]
    public void Accept_ServerOfARevokedIntermediate_IsRefusedAndAnotherIsNot()
    {
        Assert.True(RevocationList.TryRead(RevokedList.Of(_root, 1, _stolen), _root, out RevocationList? list));
        ServerTrust before = new(_root, TimeProvider.System);
        ServerTrust after = new(_root, TimeProvider.System, list);

        Assert.True(Accepts(before, _stolen));
        Assert.False(Accepts(after, _stolen));
        Assert.Contains("revoked", after.Refusal);
        Assert.True(Accepts(after, _good));
    }

    [Fact]
    public void Accept_RevokedIntermediateAndAClockThatIsOff_IsRefusedToo()
    {
        Assert.True(RevocationList.TryRead(RevokedList.Of(_root, 1, _stolen), _root, out RevocationList? list));
        SetClock years = new() { Off = TimeSpan.FromDays(4000) };
        ServerTrust trust = new(_root, years, list, TimeProvider.System.GetUtcNow());

        Assert.True(Accepts(trust, _good));
        Assert.False(Accepts(trust, _stolen));
    }

    [Fact]
    public void TryRead_ListThatAnotherSigned_IsRefused()
    {
        using X509Certificate2 other = Authority("CN=root", null);

        Assert.False(RevocationList.TryRead(RevokedList.Of(other, 1, _stolen), _root, out _));
        Assert.False(RevocationList.TryRead(RevokedList.Of(_good, 1, _stolen), _root, out _));
    }

    [Fact]
    public void TryRead_AnyByteChangedOrMissing_IsRefusedOrTheSame()
    {
        byte[] der = RevokedList.Of(_root, 7, _stolen);
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= 0x01;

            // The name of the algorithm is outside of what is signed; the root's key has but one.
            Assert.True(!RevocationList.TryRead(changed, _root, out RevocationList? list) || (list.Number == 7 && list.Names(_stolen)), $"byte {i}");
            Assert.False(RevocationList.TryRead(der[..i], _root, out _));
        }

        Assert.False(RevocationList.TryParse("not base64", _root, out _));
        Assert.False(RevocationList.TryParse(new string('A', 1_000_000), _root, out _));
    }

    private static bool Accepts(ServerTrust trust, X509Certificate2 issuer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], true));
        using X509Certificate2 leaf = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        using X509Chain presented = new();
        presented.ChainPolicy.ExtraStore.Add(issuer);
        return trust.Accept(presented, leaf, presented, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, issuer is null ? 1 : 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null)
        {
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(30));
        }

        using X509Certificate2 issued = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }
}
