using System.Runtime.Versioning;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Tests.Rollouts;

namespace Fleet.Server.Tests.Policies;

[SupportedOSPlatform("linux")]
public sealed class PolicySignerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-signer-").FullName;

    private string KeyFile => Path.Combine(_directory, "pki", "policy.key");

    [Fact]
    public void Sign_Payload_VerifiesWithThePublicKeyAlone()
    {
        using DataDirectory data = DataDirectory.Open(_directory);
        using PolicySigner signer = PolicySigner.Open(data);
        byte[] payload = [1, 2, 3];
        SignedAssignment signed = new("", Convert.ToBase64String(payload), Convert.ToBase64String(signer.Sign(payload).Signature));

        Assert.True(Signatures.Verify(signed, signer.PublicKey));
        Assert.False(Signatures.Verify(signed with { Payload = Convert.ToBase64String([1, 2, 4]) }, signer.PublicKey));
    }

    [Fact]
    public void Open_Again_IsTheSameKey()
    {
        using DataDirectory data = DataDirectory.Open(_directory);
        using PolicySigner first = PolicySigner.Open(data);
        using PolicySigner second = PolicySigner.Open(data);

        Assert.Equal(first.PublicKey, second.PublicKey);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    public void Open_SpoiltKey_IsRefusedAndNotReplaced(string content)
    {
        using DataDirectory data = DataDirectory.Open(_directory);
        data.Private("pki");
        File.WriteAllText(KeyFile, content);

        StartException error = Assert.Throws<StartException>(() => PolicySigner.Open(data));

        Assert.Contains(KeyFile, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(KeyFile));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
