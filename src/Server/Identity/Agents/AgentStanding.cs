using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;

namespace Fleet.Server.Identity.Agents;

/// <summary>
/// Says of what a connection came in with why it does not count any more, by what this server has in memory: so cheap that it is asked at each call and
/// each second. What other servers decide comes into memory as news, and <see cref="AgentAdmission"/> reads it from the database at the door.
/// </summary>
internal sealed class AgentStanding(CertificateAuthority authority, HostDirectory directory, TimeProvider time)
{
    public const string Join = "Make a join token with 'fleet-server token create' and start the agent with it (--token-file).";

    /// <summary>Why a connection that stands should end; null when it may go on.</summary>
    public Refusal? Refuse(AgentCredential credential) => !directory.TryGet(credential.Host, out HostRecord? host)
        ? Unknown(credential.Host)
        : RefuseAccess(host.Id, host.Name, host.Access)
            ?? (host.KeyThumbprint == credential.KeyThumbprint ? null : Superseded(host.Id, host.Name))
            ?? RefuseIssuer(credential)
            ?? RefuseTime(credential, host.Name);

    public static Refusal Unknown(HostId host) =>
        new(Refusals.UnknownKey, host.ToString(), $"This server has no host {host}: it was removed, or the server's data is older than the host. {Join}");

    public static Refusal Superseded(HostId host, string name) => new(
        Refusals.Superseded,
        host.ToString(),
        $"This certificate of host {name} was renewed and its successor is in use: two agents have one identity, or this one was restored from a backup. {Join}");

    public static Refusal? RefuseAccess(HostId host, string name, HostAccess access) => access.State switch
    {
        AccessState.Member => null,
        AccessState.Banned => new(Refusals.Banned, host.ToString(), $"Host {name} was banned by {access.By} ({access.Reason}); no certificate and no token lets it in until an operator readmits it, on the host's page."),
        _ => new(Refusals.Evicted, host.ToString(), $"Host {name} was evicted by {access.By} ({access.Reason}). {Join}"),
    };

    // An intermediate that is not in the files any more vouches for nobody.
    public Refusal? RefuseIssuer(AgentCredential credential) =>
        credential.Issuer is CertificateRow.Root || authority.Current.Find(credential.Issuer) is { Entry.State: not IntermediateState.Retired }
            ? null
            : Of(credential, Refusals.RetiredIssuer, string.Create(CultureInfo.InvariantCulture, $"Intermediate {credential.Issuer}, which issued this certificate, is retired. {Join}"));

    public Refusal? RefuseTime(AgentCredential credential, string name)
    {
        DateTimeOffset now = time.GetUtcNow();
        return (now < credential.NotBefore, now > credential.NotAfter) switch
        {
            (true, _) => Of(credential, Refusals.NotYetValid, string.Create(
                CultureInfo.InvariantCulture, $"The certificate of host {name} is good from {credential.NotBefore:u}; this server's clock says {now:u}. Set the clock that is wrong.")),
            (_, true) => Of(credential, Refusals.Expired, string.Create(
                CultureInfo.InvariantCulture, $"The certificate of host {name} expired at {credential.NotAfter:u}; this server's clock says {now:u}. {Join} It stays the same host.")),
            _ => null,
        };
    }

    private static Refusal Of(AgentCredential credential, string reason, string detail) => new(reason, credential.Host.ToString(), detail);
}
