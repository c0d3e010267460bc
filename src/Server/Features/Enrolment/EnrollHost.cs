using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Enrolment;

/// <summary>Admits a host: uses its token, binds the host to its key, issues its certificate; all of it or nothing.</summary>
internal static class EnrollHost
{
    private const int LongestName = 253;

    public static void Map(RouteGroupBuilder enrolment) => enrolment.MapPost("/", HandleAsync);

    private static async Task<Results<Ok<EnrollReply>, ProblemHttpResult>> HandleAsync(
        EnrollRequest request, HttpContext http, FleetDb db, Services services, CancellationToken ct)
    {
        if (Check(request) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!SigningRequest.TryReadKey(request.CertificateRequest, out PublicKey? key))
        {
            return Problems.Invalid(SigningRequest.Expected);
        }

        string caller = $"{request.HostName} at {http.Connection.RemoteIpAddress}";
        using IDisposable turn = await services.TurnAsync(ct);
        try
        {
            return await AdmitAsync(request, key, caller, db, services, ct);
        }
        catch (DbUpdateException)
        {
            // Another request with this very key was first; now its host is there.
            db.ChangeTracker.Clear();
            return await AdmitAsync(request, key, caller, db, services, ct);
        }
    }

    private static async Task<Results<Ok<EnrollReply>, ProblemHttpResult>> AdmitAsync(
        EnrollRequest request, PublicKey key, string caller, FleetDb db, Services services, CancellationToken ct)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        string thumbprint = CertificateAuthority.Thumbprint(key);
        HostRow? host = await db.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.KeyThumbprint == thumbprint, ct);
        if (host is { Access: AccessState.Member })
        {
            // The same key with the same token: the answer to the first request was lost. It costs no second use.
            string hash = Secrets.Hash(request.Token);
            return await db.JoinTokens.AnyAsync(token => token.Id == host.JoinTokenId && token.SecretHash == hash, ct)
                ? TypedResults.Ok(await services.ReplyAsync(db, transaction, host.Id, key, ct))
                : Problems.Conflict("A host has joined with this key already. Make a new key to join as another host.");
        }

        // A new key: the host may show that it had joined by its old one.
        host ??= await JoinAgain.FindAsync(db, request, ct);
        TokenUse use = await services.Tokens.UseAsync(db, request.Token, ct);
        if (use.Refusal is not null)
        {
            await transaction.RollbackAsync(ct);
            services.Log.EnrolmentRefused(request.HostName, use.Refusal);
            await services.Refusals.RecordAsync("token.refuse", use.Token?.Id ?? "unknown", use.Reason, caller, ct);
            return Problems.Forbidden(ErrorCodes.TokenRefused, use.Refusal);
        }

        // Only who has a token that admits is told of bans; the use is given back.
        if (await BannedAsync(db, host, request.MachineId, ct) is { } banned)
        {
            await transaction.RollbackAsync(ct);
            string refusal = $"This machine is banned as host {banned.Name} ({banned.AccessReason}), and no token admits it. An operator can readmit {banned.Name}.";
            services.Log.EnrolmentRefused(request.HostName, refusal);
            await services.Refusals.RecordAsync("host.refuse", banned.Id.ToString(), "banned", caller, ct);
            return Problems.Forbidden(ErrorCodes.HostBanned, refusal);
        }

        JoinToken token = use.Token!;
        bool returned = host is not null;
        host = host is null ? await AddAsync(db, request, thumbprint, token, services, ct) : await ReturnAsync(db, host, request, thumbprint, token, services, ct);
        if (host is null)
        {
            return Problems.Conflict("An operator changed this host meanwhile; try again.");
        }

        EnrollReply reply = await services.ReplyAsync(db, transaction, host.Id, key, ct);
        services.Admit(host, returned);
        return TypedResults.Ok(reply);
    }

    private static async Task<HostRow> AddAsync(
        FleetDb db, EnrollRequest request, string thumbprint, JoinToken token, Services services, CancellationToken ct)
    {
        HostRow host = Make(request, thumbprint, token, services.Time.GetUtcNow());
        db.Hosts.Add(host);
        await services.Tokens.RecordUseAsync(db, token, host, again: false, ct);
        return host;
    }

    /// <summary>A host that was evicted, or lost its certificate, comes back with a new token: it stays the host it was, with its history.</summary>
    private static async Task<HostRow?> ReturnAsync(
        FleetDb db, HostRow host, EnrollRequest request, string thumbprint, JoinToken token, Services services, CancellationToken ct)
    {
        if (!await HostAccessRecords.SetAsync(
            db, host, AccessState.Member, "return", $"joined again with token {token.Id}", token.Creator, services.Time.GetUtcNow(), ct))
        {
            return null;
        }

        HostRow returned = await db.Hosts.SingleAsync(row => row.Id == host.Id, ct);
        await JoinAgain.RebindAsync(db, returned, thumbprint, ct);
        returned.Name = request.HostName;
        returned.MachineId = request.MachineId;
        returned.JoinTokenId = token.Id;
        returned.AdmittedBy = token.Creator;
        await services.Tokens.RecordUseAsync(db, token, returned, again: true, ct);
        return returned;
    }

    /// <summary>The banned host that this machine is, by key or by machine id.</summary>
    private static async Task<HostRow?> BannedAsync(FleetDb db, HostRow? host, string machineId, CancellationToken ct) => host is { Access: AccessState.Banned }
        ? host
        : await db.Hosts.AsNoTracking().Where(row => row.MachineId == machineId && row.Access == AccessState.Banned).OrderBy(row => row.Id).FirstOrDefaultAsync(ct);

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

    private static HostRow Make(EnrollRequest request, string thumbprint, JoinToken token, DateTimeOffset now) => new()
    {
        Id = new HostId(Guid.CreateVersion7(now)),
        Name = request.HostName,
        MachineId = request.MachineId,
        KeyThumbprint = thumbprint,
        Simulated = request.Simulated,
        JoinTokenId = token.Id,
        AdmittedBy = token.Creator,
        Labels = token.Labels,
        Joined = now,
        LastSeen = now,
    };

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }

    /// <summary>What the handler needs of the server, bound as one parameter.</summary>
    internal sealed class Services(
        JoinTokenIssuer tokens,
        RefusalTrail refusals,
        CertificateAuthority authority,
        IAssignments assignments,
        IAgentConnections connections,
        HostDirectory directory,
        HostPresence presence,
        LiveFeed feed,
        TimeProvider time,
        ILogger<Services> log) : IDisposable
    {
        private readonly SemaphoreSlim _turns = new(1, 1);

        public JoinTokenIssuer Tokens => tokens;

        public RefusalTrail Refusals => refusals;

        public TimeProvider Time => time;

        public ILogger Log => log;

        /// <summary>
        /// One at a time, in the order they came. They all use one token's row: left to the database, a thousand at once would wait for its lock by trying
        /// again and again, some for ever.
        /// </summary>
        public async Task<IDisposable> TurnAsync(CancellationToken ct)
        {
            await _turns.WaitAsync(ct);
            return new Turn(_turns);
        }

        public void Dispose() => _turns.Dispose();

        public void Admit(HostRow host, bool returned)
        {
            foreach (HostRecord other in directory.Hosts.Where(other => other.MachineId == host.MachineId && other.Id != host.Id).Take(1))
            {
                log.SameMachineId(host.Name, other.Name, host.MachineId);
            }

            presence.Remember(host.Id, host.Joined);
            if (returned)
            {
                // A host that is new has no other connection, and a cut that another server hears late would end its first.
                connections.Cut(host.Id, "the host joined again, with the certificate that it got now");
            }

            directory.Add(host);
            feed.Publish(LiveTopics.Hosts);
            log.HostEnrolled(host.Id, host.Name, host.JoinTokenId);
        }

        /// <summary>Issues the certificate and commits: it is known before anybody has it.</summary>
        public async Task<EnrollReply> ReplyAsync(FleetDb db, IDbContextTransaction transaction, HostId host, PublicKey key, CancellationToken ct)
        {
            (X509Certificate2 certificate, CertificateRow row) = authority.IssueAgent(host, key, null);
            using (certificate)
            {
                db.Add(row);
                await db.SaveChangesAsync(ct);
                await transaction.CommitAsync(ct);
                return new EnrollReply(
                    host,
                    Convert.ToBase64String(certificate.RawDataMemory.Span),
                    Convert.ToBase64String(authority.Root.RawDataMemory.Span),
                    assignments.PublicKey,
                    CertificateAuthority.RenewAt(row.Issued, row.NotAfter));
            }
        }
    }
}
