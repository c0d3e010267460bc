using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Joins a host to its fleet with a token, at whichever of the fleet's servers admits it. Called until it succeeds or fails for good.</summary>
/// <param name="servers">The servers in the order in which they are asked.</param>
internal sealed class Enrolment(IReadOnlyList<Uri> servers, string? token, string dataDirectory, TimeProvider time, ILogger log)
{
    private readonly IdentityFiles _files = new(dataDirectory);
    private string? _refusedToken;

    /// <summary>The stored identity, or a new one. Retries while no server can be reached; everything else is thrown.</summary>
    public async Task<AgentIdentity> EnsureAsync(HostFacts host, CancellationToken ct)
    {
        if (_files.Load() is { } known)
        {
            return known;
        }

        Backoff backoff = new();
        while (true)
        {
            try
            {
                return await JoinAsync(host, ct);
            }
            catch (EnrolmentException e) when (MayPass(e.Failure))
            {
                TimeSpan pause = backoff.Next();
                log.JoinDelayed(host.Name, e.Message.TrimEnd('.'), pause.TotalSeconds);
                await Task.Delay(pause, time, ct);
            }
        }
    }

    /// <summary>
    /// Joins again with a token that this host was not admitted by before, showing by the old key that it is the same host. Null when there is no such token, or
    /// no server could be reached, or they refused: then the log says why.
    /// </summary>
    public async Task<AgentIdentity?> JoinAgainAsync(HostFacts host, AgentIdentity before, CancellationToken ct)
    {
        // An operator who took the host out did not mean it to come back by the token of old, which may have uses left.
        if (!JoinToken.TryParse(token, out JoinToken? parsed) || HashOf(parsed) == before.Token || HashOf(parsed) == _refusedToken)
        {
            return null;
        }

        try
        {
            return await JoinAsync(host, ct, before);
        }
        catch (EnrolmentException e)
        {
            _refusedToken = e.Failure is EnrolmentFailure.TokenRefused or EnrolmentFailure.WrongServer ? HashOf(parsed) : _refusedToken;
            log.NotJoinedAgain(host.Name, e.Message);
            return null;
        }
    }

    /// <summary>One attempt: each server is asked once, until one admits the host.</summary>
    public async Task<AgentIdentity> JoinAsync(HostFacts host, CancellationToken ct, AgentIdentity? before = null)
    {
        if (!JoinToken.TryParse(token, out JoinToken? parsed))
        {
            throw new EnrolmentException(EnrolmentFailure.NoToken, token is null
                ? $"This host has not joined {string.Join(", ", servers)} yet and has no join token; make one with 'fleet-server token create' and pass it with --token."
                : "That is not a join token: one looks like fleetjoin_SECRET.SHA256. Copy it whole.");
        }

        using ECDsa key = _files.PrepareKey(before);
        CertificateRequest request = new($"CN={Quoted(host.Name)}", key, HashAlgorithmName.SHA256);
        byte[] signed = request.CreateSigningRequest();
        EnrollRequest body = new(parsed.Secret, Convert.ToBase64String(signed), host.Name, host.MachineId, host.Simulated, before?.Prove(signed));
        // Before any server is asked: the answer uses the token, and is to find room.
        _files.ReserveJoined();
        try
        {
            return await JoinAsync(host, parsed, body, key, before is null ? null : _files.LoadRevoked(before.Authority), ct);
        }
        finally
        {
            _files.ReleaseJoined();
        }
    }

    private async Task<AgentIdentity> JoinAsync(
        HostFacts host, JoinToken parsed, EnrollRequest body, ECDsa key, RevocationList? revoked, CancellationToken ct)
    {
        List<EnrolmentException> failures = [];
        foreach (Uri server in servers)
        {
            try
            {
                EnrollReply reply = await new EnrolmentCall(server, revoked, time).AskAsync(parsed, body, ct);
                AgentIdentity identity = _files.StoreJoined(reply, key, HashOf(parsed));
                Say(host.Name, identity.Host, server, again: body.Previous is not null);
                return identity;
            }
            catch (EnrolmentException e) when (e.Failure is not (EnrolmentFailure.DataDirectory or EnrolmentFailure.Disk))
            {
                // Another one of the fleet may be there, or be the right one.
                failures.Add(e);
            }
        }

        throw failures is [var only] ? only : InOne(failures);
    }

    // Servers of one fleet know the same tokens: what one of them refuses, one that is away would refuse too. Any other failure may be over when it is back.
    private static EnrolmentException InOne(List<EnrolmentException> failures)
    {
        EnrolmentException decisive = failures.Find(e => e.Failure is EnrolmentFailure.TokenRefused) ?? failures.Find(e => MayPass(e.Failure)) ?? failures[0];
        return new EnrolmentException(decisive.Failure, string.Join(" ", failures.Select(e => e.Message).Distinct()), decisive);
    }

    private static bool MayPass(EnrolmentFailure failure) => failure is EnrolmentFailure.Unreachable or EnrolmentFailure.Clock or EnrolmentFailure.Disk;

    private static string HashOf(JoinToken token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Secret)));

    private static string Quoted(string name) => string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_').Take(63));

    private void Say(string name, HostId host, Uri server, bool again)
    {
        if (again)
        {
            log.JoinedAgain(name, server, host);
        }
        else
        {
            log.Joined(name, host, server);
        }
    }
}
