using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Identity;
using Fleet.Server.Identity.ApiTokens;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>Makes this server's memory follow what others have written: reads from the database what they name, then wakes those who wait for it.</summary>
internal sealed class NewsFollower(
    IDbContextFactory<FleetDb> databases,
    HostDirectory hosts,
    DeviceDirectory devices,
    ReferenceCatalog references,
    HostPresence presence,
    SharedPresence shared,
    ServerRoster servers,
    ServerTable table,
    EventFlow flow,
    LiveFeed feed,
    AgentNews agents,
    ITurns turns,
    SignInLink signIn,
    OpenStreams streams)
{
    private const int MostAtOnce = 64;

    /// <summary>Reads everything anew, then follows until the token ends.</summary>
    public async Task FollowAsync(ChannelReader<string> heard, CancellationToken ct)
    {
        await ReadEverythingAsync(ct);
        while (await heard.WaitToReadAsync(ct))
        {
            List<(string Server, Notice Notice)> news = [];
            for (int i = 0; i < MostAtOnce && heard.TryRead(out string? text); i++)
            {
                if (NewsText.TryRead(text, out string? server, out IReadOnlyList<Notice> notices) && server != servers.Me)
                {
                    news.AddRange(notices.Select(notice => (server, notice)));
                }
            }

            await TakeInAsync(news, ct);
        }
    }

    /// <summary>Compares the memory with the database, row by row's version, and reads what differs. What is the same costs no more than its version.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        await table.RefreshAsync(ct);
        await shared.LoadAsync(ct);
        await TellAsync(await hosts.CatchUpAsync(ct), ct);
        await devices.CatchUpAsync(ct);
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await references.CatchUpAsync(db, ct);
        await streams.CatchUpAsync(ct);
    }

    private async Task TellAsync(IReadOnlyList<HostChange> changes, CancellationToken ct)
    {
        await agents.TellAsync(changes, ct);
        foreach (HostChange change in changes.Where(change => change.After is null))
        {
            await devices.DropAsync(change.Host, ct);
            presence.Forget(change.Host);
        }
    }

    private async Task ReadEverythingAsync(CancellationToken ct)
    {
        await CatchUpAsync(ct);
        flow.Wake();
        foreach (string topic in LiveTopics.All)
        {
            feed.Hear(topic);
        }
    }

    private async Task TakeInAsync(List<(string Server, Notice Notice)> news, CancellationToken ct)
    {
        if (news.Any(item => item.Notice.Kind is NewsKind.Everything or NewsKind.Unknown))
        {
            await ReadEverythingAsync(ct);
        }

        // 1. Who is where.
        if (news.Any(item => item.Notice.Kind is NewsKind.Servers || !servers.IsAlive(item.Server)))
        {
            await table.RefreshAsync(ct);
        }

        foreach ((string server, Notice notice) in news)
        {
            TakePresence(server, notice);
        }

        // 2. Who has no business here any more, before anything takes time.
        foreach (string token in Keys(NewsKind.Token))
        {
            streams.Cut(token);
        }

        // 3. What the database has.
        await TellAsync(await hosts.ReloadAsync([.. Hosts(NewsKind.Host)], ct), ct);
        await devices.ReloadAsync([.. Keys(NewsKind.Device).Select(key => FunctionId.TryParse(key, out FunctionId id) ? id : (FunctionId?)null).OfType<FunctionId>()], ct);
        if (Keys(NewsKind.References).Any())
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await references.LoadAsync(db, ct);
        }

        // 4. Who waits for it.
        foreach (HostId host in Hosts(NewsKind.Attest))
        {
            await agents.AttestAsync(host, ct);
        }

        foreach (HostId host in Hosts(NewsKind.Cut))
        {
            agents.Cut(host);
        }

        foreach (string key in Keys(NewsKind.Turn))
        {
            if (Turn.TryParse(key, out Turn? turn))
            {
                turns.Elsewhere(turn);
            }
        }

        if (Keys(NewsKind.Events).Any())
        {
            flow.Wake();
        }

        foreach (string hash in Keys(NewsKind.SignIn))
        {
            await signIn.UsedAsync(hash, ct);
        }

        foreach (string topic in Keys(NewsKind.Topic))
        {
            feed.Hear(topic);
        }

        IEnumerable<HostId> Hosts(NewsKind kind) => Keys(kind).Select(key => HostId.TryParse(key, out HostId id) ? id : (HostId?)null).OfType<HostId>();

        IEnumerable<string> Keys(NewsKind kind) => news.Where(item => item.Notice.Kind == kind).Select(item => item.Notice.Key).Distinct();
    }

    private void TakePresence(string server, Notice notice)
    {
        if (notice.Kind is NewsKind.Here && HostId.TryParse(notice.Key, out HostId came))
        {
            presence.ConnectedElsewhere(came, server);
        }
        else if (notice.Kind is NewsKind.Left && HostId.TryParse(notice.Key, out HostId went))
        {
            presence.LeftElsewhere(went, server);
        }
    }
}
