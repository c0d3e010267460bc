using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Identity.Agents;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>Knocks at the agents' port with a certificate, by real TLS, and reads what the server answers to the hub's upgrade.</summary>
internal static class AgentDoor
{
    /// <summary>The reason of the refusal; null when the upgrade was answered with 101.</summary>
    public static async Task<string?> KnockAsync(TestServer server, X509Certificate2 certificate)
    {
        using HttpClient client = new(TestAgent.Handler(certificate)) { BaseAddress = server.Agents };
        using HttpRequestMessage upgrade = new(HttpMethod.Get, LinkProtocol.HubPath);
        foreach ((string name, string value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") })
        {
            upgrade.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await client.SendAsync(upgrade, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (answer.StatusCode is HttpStatusCode.SwitchingProtocols)
        {
            return null;
        }

        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.AgentRefused), (answer.StatusCode, problem.RootElement.GetProperty("code").GetString()));
        string reason = problem.RootElement.GetProperty("reason").GetString()!;
        Assert.Equal(reason, Assert.Single(answer.Headers.GetValues(LinkProtocol.RefusalHeader)));
        Assert.Equal(
            problem.RootElement.GetProperty("detail").GetString(), Uri.UnescapeDataString(Assert.Single(answer.Headers.GetValues(LinkProtocol.RefusalDetailHeader))));
        return reason;
    }

    /// <summary>Waits until the refusal of a subject stands in the audit log.</summary>
    public static async Task<AuditView> AuditedAsync(TestServer server, string reason, string subject)
    {
        AuditView? found = null;
        await WaitFor.TrueAsync(async () =>
        {
            await server.Services.GetRequiredService<AgentRefusals>().WriteAsync(TestContext.Current.CancellationToken);
            using HttpClient admin = server.Admin();
            string filter = Uri.EscapeDataString($"action:\"agent.refused.{reason}\" and subject:\"{subject}\"");
            string json = await admin.GetStringAsync($"/api/v1/audit?limit=1&q={filter}", TestContext.Current.CancellationToken);
            found = JsonSerializer.Deserialize<Page<AuditView>>(json, FleetJson.Options)!.Items is [AuditView row, ..] ? row : null;
            return found is not null;
        });
        return found!;
    }

    /// <summary>A certificate for agents, signed by whoever is given.</summary>
    public static X509Certificate2 Make(string name, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset until, ECDsa? key = null, Action<CertificateRequest>? more = null)
    {
        using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key ?? made, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        more?.Invoke(request);
        using ECDsa signer = issuer.GetECDsaPrivateKey()!;
        using X509Certificate2 issued = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), from, until, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key ?? made);
    }
}
