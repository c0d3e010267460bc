using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Enrolment;

/// <summary>Admits a host: uses its token, binds the host to its key, issues its certificate; all of it or nothing.</summary>
internal static class EnrollHost
{
    private const int LongestName = 253;
    private const int LargestRequest = 8192;

    public static void Map(RouteGroupBuilder enrolment) => enrolment.MapPost("/", HandleAsync);

    private static async Task<Results<Ok<EnrollReply>, ProblemHttpResult>> HandleAsync(
        EnrollRequest request, FleetDb db, Services services, CancellationToken ct)
    {
        if (Check(request) is { } wrong || !TryReadKey(request.CertificateRequest, out PublicKey? key, out wrong))
        {
            return Problems.Invalid(wrong);
        }

        string secret = request.Token;
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(ct);
        string thumbprint = CertificateAuthority.Thumbprint(key);
        HostRow? host = await db.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.KeyThumbprint == thumbprint, ct);
        if (host is not null)
        {
            // The same key with the same token: the answer to the first request was lost. It costs no second use.
            string hash = JoinTokenIssuer.Hash(secret);
            if (!await db.JoinTokens.AnyAsync(token => token.Id == host.JoinTokenId && token.SecretHash == hash, ct))
            {
                return Problems.Conflict("A host has joined with this key already. Make a new key to join as another host.");
            }

            return TypedResults.Ok(services.Reply(host.Id, key));
        }

        (string? tokenId, string? refusal) = await services.Tokens.UseAsync(db, secret, ct);
        if (tokenId is null)
        {
            services.Log.EnrolmentRefused(request.HostName, refusal!);
            return Problems.Forbidden(ErrorCodes.TokenRefused, refusal!);
        }

        host = Make(request, thumbprint, tokenId, services.Time.GetUtcNow());
        await FlagDuplicatesAsync(db, host, ct);
        db.Hosts.Add(host);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        services.Admit(host);
        return TypedResults.Ok(services.Reply(host.Id, key));
    }

    private static string? Check(EnrollRequest request)
    {
        if (string.IsNullOrEmpty(request.Token) || request.Token.Length > 256)
        {
            return "token is missing; give the part of the join token between 'fleetjoin_' and the dot.";
        }

        if (string.IsNullOrEmpty(request.HostName) || request.HostName.Length > LongestName || request.HostName.Any(char.IsControl))
        {
            return $"hostName must have 1 to {LongestName} characters, none of them a control character.";
        }

        return string.IsNullOrEmpty(request.MachineId) || request.MachineId.Length > LongestName
            ? $"machineId must have 1 to {LongestName} characters."
            : null;
    }

    private static bool TryReadKey(string? base64, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PublicKey? key, out string wrong)
    {
        key = null;
        wrong = "certificateRequest must be the base64 of a PKCS#10 request, signed by its own ECDSA P-256 or P-384 key.";
        if (base64 is null || base64.Length > LargestRequest)
        {
            return false;
        }

        try
        {
            // Loading checks the request's signature: whoever sent it has the private key.
            CertificateRequest request = CertificateRequest.LoadSigningRequest(Convert.FromBase64String(base64), HashAlgorithmName.SHA256);
            using ECDsa? curve = request.PublicKey.GetECDsaPublicKey();
            key = curve?.KeySize is 256 or 384 ? request.PublicKey : null;
            return key is not null;
        }
        // A key of a kind that the platform does not know (Ed25519) is not supported rather than malformed.
        catch (Exception error) when (error is FormatException or CryptographicException or NotSupportedException)
        {
            return false;
        }
    }

    private static HostRow Make(EnrollRequest request, string thumbprint, string tokenId, DateTimeOffset now) => new()
    {
        Id = new HostId(Guid.CreateVersion7(now)),
        Name = request.HostName,
        MachineId = request.MachineId,
        KeyThumbprint = thumbprint,
        Simulated = request.Simulated,
        JoinTokenId = tokenId,
        Joined = now,
        LastSeen = now,
    };

    // A cloned machine is two hosts with one machine id. They stay two; an operator sees the flag on both.
    private static async Task FlagDuplicatesAsync(FleetDb db, HostRow joining, CancellationToken ct)
    {
        int others = await db.Hosts.Where(row => row.MachineId == joining.MachineId)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.DuplicateMachineId, true), ct);
        joining.DuplicateMachineId = others > 0;
    }

    /// <summary>What the handler needs of the server, bound as one parameter.</summary>
    internal sealed class Services(
        JoinTokenIssuer tokens,
        CertificateAuthority authority,
        IAssignments assignments,
        HostDirectory directory,
        HostPresence presence,
        LiveFeed feed,
        TimeProvider time,
        ILogger<Services> log)
    {
        public JoinTokenIssuer Tokens => tokens;

        public TimeProvider Time => time;

        public ILogger Log => log;

        public void Admit(HostRow host)
        {
            foreach (HostRecord other in directory.Hosts.Where(other => host.DuplicateMachineId && other.MachineId == host.MachineId))
            {
                directory.Update(other.Id, record => record with { DuplicateMachineId = true });
                log.DuplicateMachineId(host.Name, other.Name, host.MachineId);
            }

            presence.Remember(host.Id, host.Joined);
            directory.Add(host);
            feed.Publish(LiveTopics.Hosts);
            log.HostEnrolled(host.Id, host.Name, host.JoinTokenId);
        }

        public EnrollReply Reply(HostId host, PublicKey key)
        {
            using X509Certificate2 certificate = authority.IssueAgent(host, key);
            return new EnrollReply(
                host,
                Convert.ToBase64String(certificate.RawData),
                Convert.ToBase64String(authority.Certificate.RawData),
                assignments.PublicKey);
        }
    }
}
