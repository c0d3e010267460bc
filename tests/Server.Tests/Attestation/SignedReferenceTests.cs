using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;

namespace Fleet.Server.Tests.Attestation;

/// <summary>Reference values with a detached signature: whose counts, over which bytes, and what is refused.</summary>
public sealed class SignedReferenceTests(TestServer server) : IClassFixture<TestServer>
{
    private const string From2026 = """{ "selector": "vendor:ffff", "validity": { "from": "2026-01-01T00:00:00Z" } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Keys => Directory.CreateDirectory(Path.Combine(server.Data, "import-keys")).FullName;

    [Fact]
    public async Task Import_SignatureOfAnImportKey_SavesAndSaysWhoseAndAuditsIt()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "imported", drive);
        await host.TrustAsync(drive);
        using ECDsa key = Trusted("vendor-one");
        string strict = AttestedHost.Document(drive, """, "priority": 5, "validity": { "from": "2026-01-01T00:00:00Z" }, "spdm": { "signatures": ["ECDSA P-384"] }""");
        FleetApi api = new(host.Admin);

        ReferencePlan preview = await api.ImportReferencesAsync("signed", Sign(key, strict), null, dryRun: true, Ct);

        Assert.Equal(("create", "vendor-one"), (preview.Action, preview.After!.SignedBy));
        Assert.Equal(AttestationState.Failed, Assert.Single(preview.Changes, one => one.HostName is "imported").After);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Admin.GetAsync("/api/v1/reference-values/signed", Ct)).StatusCode);
        Assert.Equal(AttestationState.Trusted, (await host.StandingAsync()).State);

        ReferencePlan saved = await api.ImportReferencesAsync("signed", Sign(key, strict), null, ct: Ct);

        Assert.Equal(preview.Changes, saved.Changes);
        Tagged<ReferenceView> stored = await api.GetReferencesAsync("signed", Ct);
        Assert.Equal(("vendor-one", strict), (stored.Value.SignedBy, stored.Value.Document));
        Assert.Equal(AttestationState.Failed, (await host.StandingAsync()).State);
        Page<AuditView> audit = await api.ListAuditAsync(new ListQuery(), Ct);
        string entry = Assert.Single(audit.Items, one => one.Action is "reference-values.import" && one.Subject is "signed").Detail;
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(strict))), entry, StringComparison.Ordinal);
        Assert.Contains($"vendor-one (SHA-256 {Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))})", entry, StringComparison.Ordinal);

        // An operator's own document over it is nobody else's word any more.
        await host.PutReferencesAsync("signed", strict.Replace("\"priority\": 5", "\"priority\": -5", StringComparison.Ordinal));
        Assert.Null((await api.GetReferencesAsync("signed", Ct)).Value.SignedBy);
    }

    [Fact]
    public async Task Import_AnotherByteOfDocumentOrSignature_IsRefused()
    {
        using ECDsa key = Trusted("vendor-two");
        SignedReferences good = Sign(key, From2026, "vendor-two");
        byte[] document = Convert.FromBase64String(good.Document);
        document[^1] ^= 1;
        byte[] signature = Convert.FromBase64String(good.Signature);
        signature[^1] ^= 1;

        await RefusedAsync("flipped", good with { Document = Convert.ToBase64String(document) }, HttpStatusCode.Forbidden, "signature-refused");
        await RefusedAsync("flipped", good with { Signature = Convert.ToBase64String(signature) }, HttpStatusCode.Forbidden, "signature-refused");
        await RefusedAsync("flipped", good with { Signature = "" }, HttpStatusCode.BadRequest, "base64 -w0");
        await RefusedAsync("flipped", good with { Signature = Convert.ToBase64String(new byte[1025]) }, HttpStatusCode.RequestEntityTooLarge, "1024 bytes");
        await RefusedAsync("flipped", good with { Document = Convert.ToBase64String(new byte[ReferenceReader.MaxBytes + 1]) }, HttpStatusCode.RequestEntityTooLarge, "larger than");
        await RefusedAsync("flipped", good with { Key = "nobody" }, HttpStatusCode.Forbidden, "no import key 'nobody'");
    }

    [Fact]
    public async Task Import_KeyTakenAway_IsRefused()
    {
        using ECDsa key = Trusted("vendor-three");
        SignedReferences good = Sign(key, From2026, "vendor-three");
        await SavedAsync("taken", good);
        File.Delete(Path.Combine(Keys, "vendor-three.pem"));

        await RefusedAsync("taken-again", good, HttpStatusCode.Forbidden, "no import key 'vendor-three'");
        await RefusedAsync("taken-again", good with { Key = null }, HttpStatusCode.Forbidden, "signature-refused");
    }

    [Fact]
    public async Task Import_OlderThanWhatWasImported_IsRefusedEvenAfterItWasDeleted()
    {
        using ECDsa key = Trusted("vendor-four");
        SignedReferences older = Sign(key, From2026);
        SignedReferences newer = Sign(key, From2026.Replace("2026-01", "2026-02", StringComparison.Ordinal));
        await SavedAsync("aged", older);
        await RefusedAsync("aged", newer, HttpStatusCode.PreconditionRequired, "If-Match", tagged: false);
        await SavedAsync("aged", newer);

        await RefusedAsync("aged", older, HttpStatusCode.Conflict, "later validity.from");
        await RefusedAsync("aged", Sign(key, From2026.Replace("2026-01", "2026-02", StringComparison.Ordinal) + " "), HttpStatusCode.Conflict, "later validity.from");

        using HttpClient admin = server.Admin();
        FleetApi api = new(admin);
        await api.DeleteReferencesAsync("aged", (await api.GetReferencesAsync("aged", Ct)).ETag, ct: Ct);
        await RefusedAsync("aged", older, HttpStatusCode.Conflict, "later validity.from");
        await SavedAsync("aged", newer);
    }

    [Theory]
    [InlineData("""{ "selector": "vendor:ffff" }""", HttpStatusCode.BadRequest, "needs validity.from")]
    [InlineData("""{ "selector": "vendor:ffff", "validity": { "from": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z" } }""", HttpStatusCode.Conflict, "which is over")]
    [InlineData("""{ "selector": "colour:red", "validity": { "from": "2026-01-01T00:00:00Z" } }""", HttpStatusCode.BadRequest, "colour")]
    public async Task Import_SignedDocumentThatDoesNotHold_IsRefused(string document, HttpStatusCode status, string says)
    {
        using ECDsa key = Trusted("vendor-five");
        await RefusedAsync("does-not-hold", Sign(key, document), status, says);
    }

    [Fact]
    public void Verifies_AnyOneByteOfASignatureFlipped_IsFalse()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] document = Encoding.UTF8.GetBytes(From2026);
        byte[] signature = key.SignData(document, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        ImportKey import = ImportKey.Read("key", key.ExportSubjectPublicKeyInfoPem(), out _)!;
        Assert.True(import.Verifies(document, signature));
        for (int i = 0; i < signature.Length; i++)
        {
            byte[] flipped = [.. signature];
            flipped[i] ^= 0x10;
            Assert.False(import.Verifies(document, flipped));
            Assert.False(import.Verifies(document, signature.AsSpan()[..i]));
        }
    }

    [Fact]
    public void Verifies_AnotherHashOrPaddingThanTheKeys_IsFalse()
    {
        byte[] document = Encoding.UTF8.GetBytes(From2026);
        using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(3072);
        ImportKey small = ImportKey.Read("small", p256.ExportSubjectPublicKeyInfoPem(), out _)!;
        ImportKey large = ImportKey.Read("large", p384.ExportSubjectPublicKeyInfoPem(), out _)!;
        ImportKey modulus = ImportKey.Read("modulus", rsa.ExportSubjectPublicKeyInfoPem(), out _)!;

        Assert.False(small.Verifies(document, p256.SignData(document, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.False(small.Verifies(document, p256.SignData(document, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
        Assert.False(large.Verifies(document, p384.SignData(document, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.True(large.Verifies(document, p384.SignData(document, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.True(modulus.Verifies(document, rsa.SignData(document, HashAlgorithmName.SHA384, RSASignaturePadding.Pss)));
        Assert.False(modulus.Verifies(document, rsa.SignData(document, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)));
        Assert.False(modulus.Verifies(document, rsa.SignData(document, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void Read_KeyThatDoesNotCount_IsRefusedWithTheReason()
    {
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using RSA weak = RSA.Create(2048);
        Assert.Null(ImportKey.Read("key", p521.ExportSubjectPublicKeyInfoPem(), out string curve));
        Assert.Null(ImportKey.Read("key", weak.ExportSubjectPublicKeyInfoPem(), out string bits));
        Assert.Null(ImportKey.Read("key", p521.ExportPkcs8PrivateKeyPem(), out string secret));
        Assert.Null(ImportKey.Read("key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", out string noise));
        Assert.Contains("neither ECDSA", curve, StringComparison.Ordinal);
        Assert.Contains("3072", bits, StringComparison.Ordinal);
        Assert.Contains("PUBLIC KEY", secret, StringComparison.Ordinal);
        Assert.Contains("no public key", noise, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem", "openssl dgst -sha256 -sign key.pem -out doc.sig doc.json")]
    [InlineData("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem", "openssl dgst -sha384 -sign key.pem -out doc.sig doc.json")]
    [InlineData(
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out key.pem",
        "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign key.pem -out doc.sig doc.json")]
    public async Task Verifies_WhatTheDocumentedCommandsSign(string make, string sign)
    {
        string documented = await File.ReadAllTextAsync(HowTo(), Ct);
        Assert.Contains(sign.Replace("doc.", "drives.", StringComparison.Ordinal), documented, StringComparison.Ordinal);
        DirectoryInfo room = Directory.CreateTempSubdirectory("fleet-signed-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(room.FullName, "doc.json"), From2026, Ct);
            foreach (string command in (string[])[make, "openssl pkey -in key.pem -pubout -out key.pub", sign])
            {
                string[] words = command.Split(' ');
                using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = room.FullName, RedirectStandardError = true })!;
                string errors = await process.StandardError.ReadToEndAsync(Ct);
                await process.WaitForExitAsync(Ct);
                Assert.True(process.ExitCode is 0, errors);
            }

            ImportKey key = ImportKey.Read("key", await File.ReadAllTextAsync(Path.Combine(room.FullName, "key.pub"), Ct), out string problem) ?? throw new InvalidOperationException(problem);
            byte[] signature = await File.ReadAllBytesAsync(Path.Combine(room.FullName, "doc.sig"), Ct);
            Assert.True(key.Verifies(Encoding.UTF8.GetBytes(From2026), signature));
        }
        finally
        {
            room.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("""{ "document": "e30=" }""")]
    [InlineData("""{ "document": "e30=", "signature": null }""")]
    [InlineData("""{ "document": null, "signature": "e30=" }""")]
    [InlineData("null")]
    public async Task Import_WithoutASignatureOrDocument_IsRefused(string body)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage response = await admin.PostAsync("/api/v1/reference-values/unsigned:import", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"code\":\"invalid\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ByNobody_IsRefused()
    {
        using HttpClient anonymous = server.Anonymous();
        HttpResponseMessage response = await anonymous.PostAsJsonAsync("/api/v1/reference-values/nobody:import", new SignedReferences("e30=", "e30="), FleetJson.Options, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static string HowTo([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "how-to", "attestation.md");

    private static SignedReferences Sign(ECDsa key, string document, string? name = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(document);
        return new SignedReferences(Convert.ToBase64String(bytes), Convert.ToBase64String(key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), name);
    }

    private ECDsa Trusted(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(Keys, $"{name}.pem"), key.ExportSubjectPublicKeyInfoPem());
        return key;
    }

    private async Task SavedAsync(string name, SignedReferences signed)
    {
        HttpResponseMessage response = await ImportAsync(name, signed, tagged: true);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task RefusedAsync(string name, SignedReferences signed, HttpStatusCode status, string says, bool tagged = true)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage before = await admin.GetAsync($"/api/v1/reference-values/{name}", Ct);
        HttpResponseMessage response = await ImportAsync(name, signed, tagged);
        string body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == status, body);
        Assert.Contains(says, body, StringComparison.Ordinal);
        HttpResponseMessage after = await admin.GetAsync($"/api/v1/reference-values/{name}", Ct);
        Assert.Equal((before.StatusCode, before.Headers.ETag), (after.StatusCode, after.Headers.ETag));
    }

    private async Task<HttpResponseMessage> ImportAsync(string name, SignedReferences signed, bool tagged)
    {
        using HttpClient admin = server.Admin();
        EntityTagHeaderValue? tag = (await admin.GetAsync($"/api/v1/reference-values/{name}", Ct)).Headers.ETag;
        using HttpRequestMessage request = new(HttpMethod.Post, $"/api/v1/reference-values/{name}:import") { Content = JsonContent.Create(signed, options: FleetJson.Options) };
        if (tagged && tag is not null)
        {
            request.Headers.IfMatch.Add(tag);
        }

        return await admin.SendAsync(request, Ct);
    }
}
