using Fleet.Contracts;
using Fleet.Server.Data;

namespace Fleet.Server.Identity;

/// <summary>
/// The join token that a server writes at its start into its data directory. The one that is there stays as long as it admits hosts and half of its time
/// is left: a server that is started again and again makes no heap of permissions.
/// </summary>
internal sealed class StartToken(JoinTokenIssuer issuer, DataDirectory data, TimeProvider time)
{
    public const string File = "join.token";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public async Task WriteAsync(FleetDb db, int uses, CancellationToken ct)
    {
        if (await IsGoodAsync(db, uses, ct))
        {
            return;
        }

        (string token, _) = await issuer.CreateAsync(db, new CreateJoinToken(uses, (int)Lifetime.TotalSeconds, "written at start"), "fleet-server run", ct);
        data.WriteSecret(File, token + "\n");
    }

    private async Task<bool> IsGoodAsync(FleetDb db, int uses, CancellationToken ct)
    {
        string? written = await ReadAsync(ct);
        return written is not null && issuer.SecretOf(written) is { } secret
            && await issuer.LookAsync(db, secret, ct) is { Token: { } row, Refusal: null }
            && row.Uses == uses && row.Expires - time.GetUtcNow() > Lifetime / 2;
    }

    private async Task<string?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return (await System.IO.File.ReadAllTextAsync(data.PathOf(File), ct)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
