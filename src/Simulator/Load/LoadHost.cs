using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Load.Link;

namespace Fleet.Simulator.Load;

/// <summary>One simulated host: joins once, then connects for ever again with an agent's own back-off.</summary>
internal sealed class LoadHost(LoadContext fleet, HostTemplate template, int number, string machineId, TimeSpan skew)
{
    // A server that cannot be reached is no reason to wait while another is left.
    private static readonly TimeSpan AnotherLeft = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);
    private readonly string _bootId = Guid.CreateVersion7(fleet.Time.GetUtcNow()).ToString();
    private readonly ServerAddresses _addresses = new(ServerAddresses.Shuffled(fleet.Options.Servers, Random.Shared));
    private volatile LinkSession? _session;
    private TimeSpan? _spread;
    private byte[]? _joiningKey;

    public string Name { get; } = NameOf(number);

    /// <summary>The server it is connected to, or was last, or tries now.</summary>
    public Uri Server => _addresses.Current;

    public HostTemplate Template => template;

    public HostSpool Spool { get; } = new(fleet.Options.SpoolBound);

    public LoadIdentity? Identity { get; private set; }

    public TimeSpan Skew => skew;

    /// <summary>Evidence that the server has not acknowledged; it outlives connections, as an agent's does.</summary>
    public ConcurrentQueue<EvidenceReport> Evidence { get; } = new();

    /// <summary>The assignment in force; it outlives connections, as an agent's does.</summary>
    public (string Tag, Assignment Assignment)? InForce { get; set; }

    public HostFacts Facts => template.FactsOf(Name, machineId, _bootId);

    public InventoryReport Inventory() => template.Inventory(number);

    public bool Connected => _session is not null;

    public static string NameOf(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"load-{number:00000}");

    public async Task RunAsync(CancellationToken ct)
    {
        Backoff backoff = new();
        while (!ct.IsCancellationRequested)
        {
            TimeSpan? wanted = null;
            try
            {
                await ConnectAsync(backoff, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (RefusedException refused)
            {
                fleet.Counters.Refused(refused.Reason);
                wanted = refused.RetryAfter;
                Reconsider(refused.Reason is not LinkSession.Leaving);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Whatever it was is counted by kind; a host goes on.
                fleet.Counters.Failed(KindOf(error));
                Reconsider(error is JsonException or TimeoutException);
            }

            try
            {
                TimeSpan own = backoff.Next();
                bool anotherLeft = _addresses.GoOn();
                TimeSpan pause = _spread is { } spread ? Within(spread) : anotherLeft ? Within(AnotherLeft) : wanted is { } least ? FromOneToTwo(least) : own;
                await fleet.Network.PauseAsync(pause, ct);
                _spread = null;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Makes events; returns how many found room.</summary>
    public int Make(int events, Random random)
    {
        if (Identity is not { } identity)
        {
            return 0;
        }

        int made = 0;
        for (int i = 0; i < events; i++)
        {
            if (Spool.Add(fleet.Time.GetUtcNow(), random.NextInt64(long.MaxValue)) is not { } one)
            {
                fleet.Counters.Loses(1);
                continue;
            }

            fleet.Counters.Loses(one.Lost > 0 ? 1 : 0);
            fleet.Ledger?.Made(identity.Host, Spool.Epoch, one);
            made++;
        }

        fleet.Counters.Made(made);
        return made;
    }

    /// <summary>Tells the host that its spool has something to send.</summary>
    public void Wake() => _session?.Wake();

    /// <summary>What is due by the clock.</summary>
    public void Tend() => _session?.Tend();

    public void Cut(Exception cause) => _session?.Cut(cause);

#pragma warning disable CA5394 // Spreads load; guards nothing.
    internal static TimeSpan FromOneToTwo(TimeSpan least) => least * (1 + Random.Shared.NextDouble());

    private static TimeSpan Within(TimeSpan spread) => spread * Random.Shared.NextDouble();
#pragma warning restore CA5394

    private static string KindOf(Exception error) => error switch
    {
        SocketException socket => $"socket: {socket.SocketErrorCode}",
        AuthenticationException => "tls handshake",
        TimeoutException timeout => timeout.Message,
        OperationCanceledException => "timed out",
        JsonException => "answer not understood",
        _ when error.InnerException is SocketException or AuthenticationException => KindOf(error.InnerException),
        HttpRequestException http => $"enrol: {http.HttpRequestError}",
        _ => error.Message,
    };

    // How the server wants a fleet to come back that it lost is nothing to go by for a host that it does not get on with.
    private void Reconsider(bool failed) => _spread = failed ? null : _spread;

    private async Task ConnectAsync(Backoff backoff, CancellationToken ct)
    {
        if (fleet.Network.Cut)
        {
            throw new IOException("the network is cut");
        }

        Identity ??= fleet.Identities.Find(Name) ?? await JoinAsync(ct);
        long start = fleet.Time.GetTimestamp();
        using LinkClient client = await LinkClient.OpenAsync(fleet.Addresses[Server], Identity, fleet.Time, ct);
        using LinkSession session = new(fleet, this, Identity, client);
        await session.OpenAsync(ct);
        fleet.Counters.Connecting.Add(fleet.Time.GetElapsedTime(start));
        long served = fleet.Time.GetTimestamp();
        _addresses.Answered();
        _session = session; // before it is counted: all that are counted can be cut
        fleet.Counters.Up();
        try
        {
            await session.ServeAsync(ct);
        }
        finally
        {
            _spread = session.Spread;
            _session = null;
            if (fleet.Time.GetElapsedTime(served) > LongEnough)
            {
                backoff.Reset();
            }

            fleet.Counters.Down();
        }
    }

    private async Task<LoadIdentity> JoinAsync(CancellationToken ct)
    {
        if (fleet.Enrolment is not { } enrolment)
        {
            throw new RefusedException("no token", "The host has not joined and there is no join token.");
        }

        long start = fleet.Time.GetTimestamp();
        LoadIdentity identity = await enrolment.JoinAsync(Name, machineId, _joiningKey ??= LoadEnrolment.MakeKey(), ct);
        fleet.Counters.Joining.Add(fleet.Time.GetElapsedTime(start));
        fleet.Counters.Joined();
        return identity;
    }
}
