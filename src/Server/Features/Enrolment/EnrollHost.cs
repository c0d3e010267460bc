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
    private const int MostOfOneId = 64;

    public static void Map(RouteGroupBuilder enrolment) => enrolment.MapPost("/", HandleAsync);

    private static async Task<Results<Ok<EnrollReply>, ProblemHttpResult>> HandleAsync(
        EnrollRequest request, HttpContext http, FleetDb db, Services services, CancellationToken ct)
    {
        if (JoinCheck.Check(request) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        // 1. Strangers are told no before they cost more than a look: no turn, no transaction.
        JoinOutcome? outcome = await LookAsync(request.Token, null, db, services, ct);
        if (outcome is null)
        {
            if (!SigningRequest.TryReadKey(request.CertificateRequest, out PublicKey? key))
            {
                return Problems.Invalid(SigningRequest.Expected);
            }

            // 2. The one line of all who may join.
            outcome = await LookAsync(request.Token, CertificateAuthority.Thumbprint(key), db, services, ct) ?? await InTurnAsync(request, key, db, services, ct);
        }

        // 3. Written down when the line has moved on.
        return outcome.Reply is { } reply
            ? TypedResults.Ok(reply)
            : await services.RefuseAsync(outcome, request, $"{request.HostName} at {http.Connection.RemoteIpAddress}", http.Response, ct);
    }

    /// <summary>A plain look at the token; null when it is worth a turn: it admits, or it admitted the host that has this key and may have missed the answer.</summary>
    private static async Task<JoinOutcome?> LookAsync(string secret, string? thumbprint, FleetDb db, Services services, CancellationToken ct)
    {
        TokenUse seen = await services.Tokens.LookAsync(db, secret, ct);
        bool mayRepeat = seen.Token is { Revoked: null } token
            && (thumbprint is null || await db.Hosts.AnyAsync(host => host.KeyThumbprint == thumbprint && host.JoinTokenId == token.Id, ct));
        return seen.Refusal is null || mayRepeat ? null : JoinOutcome.TokenRefused(seen);
    }

    private static async Task<JoinOutcome> InTurnAsync(EnrollRequest request, PublicKey key, FleetDb db, Services services, CancellationToken ct)
    {
        using IDisposable turn = await services.TurnAsync(ct);
        try
        {
            return await AdmitAsync(request, key, db, services, ct);
        }
        catch (DbUpdateException)
        {
            // Another request with this very key was first; now its host is there.
            db.ChangeTracker.Clear();
            return await AdmitAsync(request, key, db, services, ct);
        }
    }

    private static async Task<JoinOutcome> AdmitAsync(EnrollRequest request, PublicKey key, FleetDb db, Services services, CancellationToken ct)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        string thumbprint = CertificateAuthority.Thumbprint(key);
        HostRow? host = await db.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.KeyThumbprint == thumbprint, ct);
        if (host is { Access: AccessState.Member })
        {
            return await AnswerAgain.RefuseAsync(db, host, request.Token, services.Time.GetUtcNow(), ct)
                ?? JoinOutcome.Joined(await services.ReplyAsync(db, transaction, host.Id, key, ct));
        }

        // A new key: the host may show that it had joined by its old one.
        host ??= await JoinAgain.FindAsync(db, request, ct);
        TokenUse use = await services.Tokens.UseAsync(db, request.Token, ct);
        if (use.Refusal is not null)
        {
            return JoinOutcome.TokenRefused(use);
        }

        // Only who has a token that admits is told of bans; the use is given back.
        if (await BannedAsync(db, host, request.MachineId, services.Presence, ct) is { } banned)
        {
            return JoinOutcome.Banned(banned);
        }

        JoinToken token = use.Token!;
        bool returned = host is not null;
        host = host is null ? await AddAsync(db, request, thumbprint, token, services, ct) : await ReturnAsync(db, host, request, thumbprint, token, services, ct);
        if (host is null)
        {
            return JoinOutcome.Conflict("An operator changed this host meanwhile; try again.");
        }

        EnrollReply reply = await services.ReplyAsync(db, transaction, host.Id, key, ct);
        services.Admit(host, returned);
        return JoinOutcome.Joined(reply);
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

    /// <summary>
    /// The banned host that this machine is, by key or by machine id. An id is what an agent says it is: it bars nobody where another host that may come in was
    /// heard with it since the ban, or a host that lies could take another along; and what machines without an id say bars none of them.
    /// </summary>
    private static async Task<HostRow?> BannedAsync(FleetDb db, HostRow? host, string machineId, HostPresence presence, CancellationToken ct)
    {
        if (host is { Access: AccessState.Banned })
        {
            return host;
        }

        HostRow? banned = machineId is HostFacts.NoMachineId
            ? null
            : await db.Hosts.AsNoTracking().Where(row => row.MachineId == machineId && row.Access == AccessState.Banned).OrderBy(row => row.Id).FirstOrDefaultAsync(ct);
        if (banned is null)
        {
            return null;
        }

        List<HostId> members = await db.Hosts.Where(row => row.MachineId == machineId && row.Access == AccessState.Member).Select(row => row.Id).Take(MostOfOneId).ToListAsync(ct);
        return members.Exists(member => presence.LastSeen(member) > banned.AccessAt) ? null : banned;
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
        RefusedJoins refused,
        TimeProvider time,
        ILogger<Services> log) : IDisposable
    {
        private readonly SemaphoreSlim _turns = new(1, 1);

        public JoinTokenIssuer Tokens => tokens;

        public HostPresence Presence => presence;

        public TimeProvider Time => time;

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

        /// <summary>Answers who may not join, and writes it down: so often as one address may ask, whoever asks, so that many strangers cost no more than one.</summary>
        public async Task<ProblemHttpResult> RefuseAsync(JoinOutcome outcome, EnrollRequest request, string caller, HttpResponse response, CancellationToken ct)
        {
            if (outcome.Audit is not { } audit)
            {
                return outcome.Problem!;
            }

            if (!refused.MayTell())
            {
                response.Headers.RetryAfter = RefusedJoins.SecondsToRetry;
                return Problems.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.TooMany, "Too many are refused just now; try again after Retry-After seconds.");
            }

            log.EnrolmentRefused(request.HostName, outcome.Problem!.ProblemDetails.Detail ?? audit.Reason);
            await refusals.RecordAsync(audit.Action, audit.Subject, audit.Reason, caller, ct);
            return outcome.Problem;
        }

        public void Admit(HostRow host, bool returned)
        {
            foreach (HostRecord other in directory.OfMachine(host.MachineId).Where(other => other.Id != host.Id).Take(1))
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
                    CertificateAuthority.RenewAt(row.Issued, row.NotAfter),
                    assignments.Keys);
            }
        }
    }
}
