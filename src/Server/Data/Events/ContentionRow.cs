using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>One sum: how often within a minute, or from that minute on. Texts are empty where the events said nothing, and where they were not asked for.</summary>
internal sealed record ContentionRow(
    DateTimeOffset Minute,
    HostId Host,
    string HostName,
    string Kind,
    string Function,
    string Comm,
    string Decision,
    string Feature,
    string Region,
    long Count);
