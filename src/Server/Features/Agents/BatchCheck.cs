using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Agents;

/// <summary>Decides whether a batch may be stored, and cuts texts that are longer than any honest agent's.</summary>
internal static class BatchCheck
{
    private const int LongestKind = 64;
    private const int LongestText = 4096;
    private const int LongestWord = 256;

    private const long LargestSequence = 1L << 48;

    /// <returns>Null when it may; else why not, for the agent's log.</returns>
    public static string? Check(EventBatch batch, HostId host, string hostName, out IReadOnlyList<FleetEvent> events)
    {
        events = [];
        if (batch.Epoch <= IncomingBatch.ServerEpoch || batch.Events.Count > LinkProtocol.MaxBatch)
        {
            return $"A batch has an epoch above 0 and at most {LinkProtocol.MaxBatch} events; this one has epoch {batch.Epoch} and {batch.Events.Count}.";
        }

        List<FleetEvent> bounded = new(batch.Events.Count);
        long sequence = 0;
        foreach (FleetEvent given in batch.Events)
        {
            if (given is null || given.Sequence <= sequence)
            {
                return $"The sequence after {sequence} does not rise.";
            }

            if (given.Host != host && given.Host != default)
            {
                return $"Event {given.Sequence} names host {given.Host}, but the certificate is of {host}.";
            }

            if ((given.Epoch != batch.Epoch && given.Epoch is not 0) || given.Count is < 1 or > SumBounds.LargestCount
                || given.Sequence > LargestSequence || given.Kind.Length is 0 or > LongestKind)
            {
                return $"Event {given.Sequence} has another epoch than its batch, a count or sequence out of range, or no usable kind.";
            }

            sequence = given.Sequence;
            bounded.Add(Bound(given) with { Host = host, HostName = hostName, Epoch = batch.Epoch });
        }

        events = bounded;
        return null;
    }

    private static FleetEvent Bound(FleetEvent given) => given with
    {
        Detail = Cut(given.Detail, LongestText),
        Feature = Cut(given.Feature, LongestWord),
        Fault = Cut(given.Fault, LongestWord),
        Claim = given.Claim is { } claim ? claim with { Holder = Cut(claim.Holder, LongestWord)! } : null,
        Caller = given.Caller is { } caller
            ? caller with
            {
                Comm = Cut(caller.Comm, LongestWord)!,
                Exe = Cut(caller.Exe, LongestText)!,
                Unit = Cut(caller.Unit, LongestWord),
                Container = Cut(caller.Container, LongestWord),
            }
            : null,
    };

    // Not in the middle of a character: half of one is no text.
    private static string? Cut(string? text, int most) =>
        text is null || text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
