using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Enrolment;

/// <summary>
/// A host asks with the key that it has joined with: the answer may have been lost, and costs no second use. That is so only as long as none of its certificates
/// was used: afterwards the key alone, of a backup or a copied disk, would be a permission to join for ever.
/// </summary>
internal static class AnswerAgain
{
    private const int MostWithinAnHour = 20;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Why it gets no answer again; null when it does. Within the transaction that issues: makes room for the next certificate.</summary>
    public static async Task<JoinOutcome?> RefuseAsync(FleetDb db, HostRow host, string secret, DateTimeOffset now, CancellationToken ct)
    {
        string hash = Secrets.Hash(secret);
        JoinToken? token = await db.JoinTokens.AsNoTracking().SingleOrDefaultAsync(one => one.Id == host.JoinTokenId && one.SecretHash == hash, ct);
        if (token is { Revoked: { } revoked })
        {
            return JoinOutcome.TokenRefused(new TokenUse(token, $"The join token was revoked at {revoked:yyyy-MM-dd HH:mm:ss} UTC. Make another with 'fleet-server token create'.", TokenStates.Revoked));
        }

        List<CertificateRow> issued = await db.Set<CertificateRow>().AsNoTracking().Where(row => row.Host == host.Id).ToListAsync(ct);
        if (token is null || !issued.Exists(row => row.NotAfter > now) || issued.Exists(row => row.State is not CertificateState.Issued))
        {
            return JoinOutcome.Conflict("A host has joined with this key already. Make a new key to join as another host.");
        }

        DateTimeOffset hourAgo = now - Hour;
        if (issued.Count(row => row.Issued > hourAgo) >= MostWithinAnHour)
        {
            return new JoinOutcome(
                null, Problems.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.TooMany, $"This host was issued {MostWithinAnHour} certificates within an hour and used none; try again later."), null);
        }

        // Those of the last hour stay, since an answer may be on its way yet.
        await db.Set<CertificateRow>().Where(row => row.Host == host.Id && row.Issued <= hourAgo).ExecuteDeleteAsync(ct);
        return null;
    }
}
