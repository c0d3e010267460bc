using Fleet.Agent.Attestation;

namespace Fleet.Agent.Uplink;

/// <summary>What the host's disk does not take, in one text for the server, the local API and people.</summary>
internal static class Troubles
{
    /// <summary>Events first; null when it takes all.</summary>
    public static string? Of(Spool events, EvidenceSpool evidence) => (events.Trouble, evidence.Trouble) switch
    {
        (null, var trouble) => trouble,
        ({ } trouble, null) => Events(trouble),
        ({ } trouble, { } more) => $"{Events(trouble)} {more}",
    };

    private static string Events(string trouble) => $"The disk does not take events, which wait in memory within bounds: {trouble.TrimEnd('.')}.";
}
