using System.Buffers.Binary;
using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Gives each tool that drives a mailbox by register a mailbox of its own: its object goes to the real one as one exchange when it
/// says Go, and its response waits in its own window. So tools written for one initiator run side by side.
/// </summary>
internal sealed class VirtualMailboxes(BrokerOptions options, MailboxDriver driver, MailboxEvents events, TimeProvider time) : IVirtualMailboxes
{
    // Longer objects take a while to write, and the thread that brings a tool's write brings those of others too.
    private const int ShortObject = 4 * 1024;

    private readonly ConcurrentDictionary<VirtualExchange, Task> _running = new();
    private readonly string[] _oneShot = [.. options.OneShot]; // An array, since walking a list of unknown kind allocates.

    public bool Covers(Caller caller, BrokeredFunction function, int offset, int length)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (mailbox.Sets.Any && mailbox.Overlaps(offset, length) && Find(mailbox, caller) is not null
                && IsVirtualised(function, mailbox.Offset + DoeRegisters.Control, caller)) // A policy may have changed meanwhile.
            {
                return true;
            }
        }

        return false;
    }

    public AccessResult Read(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (Holds(mailbox, offset, destination.Length) && Find(mailbox, caller) is { } set)
            {
                Fill(mailbox, set, offset, destination);
                return new AccessResult(AccessStatus.Done, destination.Length);
            }
        }

        // Registers of its own in the middle of more: the rest is what the function says.
        ConfigResult real = function.Space.Read(offset, destination);
        if (real.Status is not ConfigStatus.Done)
        {
            return AccessGate.Translate(real);
        }

        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (mailbox.Overlaps(offset, real.Count) && Find(mailbox, caller) is { } set)
            {
                Fill(mailbox, set, offset, destination[..real.Count]);
            }
        }

        return new AccessResult(AccessStatus.Done, real.Count);
    }

    public AccessResult Write(BrokeredFunction function, int offset, ReadOnlySpan<byte> source, Caller caller)
    {
        Mailbox? mailbox = null;
        foreach (Mailbox candidate in function.Mailboxes)
        {
            mailbox = source.Length is 4 && (offset & 3) is 0 && Holds(candidate, offset, 4) ? candidate : mailbox;
        }

        if (mailbox is null || mailbox.Owner is not "broker" || KeyOf(caller) is not { } key || mailbox.Sets.FindOrAdd(key) is not { } set)
        {
            return new AccessResult(AccessStatus.Refused, 0);
        }

        set.Use(caller, time.GetTimestamp());
        RegisterEffect effect = set.Registers.Write(offset - mailbox.Offset, BinaryPrimitives.ReadUInt32LittleEndian(source));
        switch (effect.Kind)
        {
            case EffectKind.Go:
                return Go(function, mailbox, set, key, effect, caller);
            case EffectKind.Abort:
                set.Exchange?.Abort();
                break;
            case EffectKind.Discard:
                events.Discarded(function, mailbox, caller, effect.Note!);
                break;
            default:
                break;
        }

        return new AccessResult(AccessStatus.Done, 4);
    }

    public AccessResult ReadReal(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        // Asked before and after: the other's exchange may begin or end while we read.
        bool busy = ShowsWorkOfOthers(function, offset, destination.Length);
        AccessResult result = AccessGate.Translate(function.Space.Read(offset, destination));
        if ((busy || ShowsWorkOfOthers(function, offset, destination.Length)) && result.Status is AccessStatus.Done
            && IsVirtualised(function, offset, caller))
        {
            HideWorkOfOthers(function, offset, destination);
        }

        return result;
    }

    /// <summary>Ends the registers of processes that have ended and of those that have not used them for long.</summary>
    public void Expire(BrokeredFunction function, Func<Caller, bool>? ended)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            foreach (VirtualSet set in mailbox.Sets.All)
            {
                bool dead = set.Key.Session is 0 && set.Caller is { } caller && ended?.Invoke(caller) is true;
                if ((dead || mailbox.Sets.IsIdle(set)) && mailbox.Sets.TryRemove(set))
                {
                    End(function, mailbox, set, dead);
                }
            }
        }
    }

    /// <summary>The function is gone, or the broker ends: whoever waits is answered.</summary>
    public static void End(BrokeredFunction function, AccessStatus why)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            foreach (VirtualSet set in mailbox.Sets.All)
            {
                set.Exchange?.Write.Cancel(why);
                mailbox.Sets.TryRemove(set);
            }
        }
    }

    /// <summary>Waits until the exchanges under way have ended.</summary>
    public Task DrainAsync() => Task.WhenAll(_running.Values);

    private static bool Holds(Mailbox mailbox, int offset, int length) =>
        offset >= mailbox.Offset + DoeRegisters.Control && offset + length <= mailbox.Offset + DoeRegisters.BlockSize;

    private static void Fill(Mailbox mailbox, VirtualSet set, int offset, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int register = DoeRegisters.Control; register < DoeRegisters.BlockSize; register += 4)
        {
            int start = mailbox.Offset + register - offset;
            if (start > -4 && start < destination.Length)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, set.Registers.Read(register));
                int skipped = Math.Max(-start, 0);
                int at = Math.Max(start, 0);
                bytes[skipped..Math.Min(4, skipped + destination.Length - at)].CopyTo(destination[at..]);
            }
        }
    }

    private static bool IsVirtualised(BrokeredFunction function, int offset, Caller caller) =>
        function.State.Table.Decide(AccessOperation.Write, offset, 4, caller).Decision is Decision.Virtualise;

    private static bool ShowsWorkOfOthers(BrokeredFunction function, int offset, int length)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (length is 4 && (offset - mailbox.Offset) is DoeRegisters.Status or DoeRegisters.ReadData && mailbox.Driver is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static void HideWorkOfOthers(BrokeredFunction function, int offset, Span<byte> dword)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            switch (offset - mailbox.Offset)
            {
                case DoeRegisters.Status:
                    uint status = BinaryPrimitives.ReadUInt32LittleEndian(dword);
                    uint others = status is uint.MaxValue ? 0 : DoeRegisters.StatusBusy | DoeRegisters.StatusReady; // All ones: nobody is there.
                    BinaryPrimitives.WriteUInt32LittleEndian(dword, status & ~others);
                    break;
                case DoeRegisters.ReadData:
                    dword.Clear();
                    break;
                default:
                    break;
            }
        }
    }

    private AccessResult Go(BrokeredFunction function, Mailbox mailbox, VirtualSet set, CallerKey key, RegisterEffect effect, Caller caller)
    {
        VirtualExchange exchange = new(set.Registers, effect.Flight, time);
        set.Exchange = exchange;
        Task running = effect.Object!.Length <= ShortObject
            ? RunAsync(function, mailbox, set, key, effect, caller, exchange)
            : Task.Run(() => RunAsync(function, mailbox, set, key, effect, caller, exchange));
        if (!running.IsCompleted)
        {
            _running[exchange] = running;
            _ = running.ContinueWith(
                _ => _running.TryRemove(exchange, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return exchange.Write.IsCompleted ? exchange.Write.Result : new AccessResult(AccessStatus.Parked, 0, exchange.Write);
    }

    private async Task RunAsync(
        BrokeredFunction function, Mailbox mailbox, VirtualSet set, CallerKey key, RegisterEffect effect, Caller caller, VirtualExchange exchange)
    {
        RegisterSet registers = set.Registers;
        DoeObject.TryDecode(effect.Object, out DoeHeader header, out ReadOnlySpan<byte> payload); // The register set sends whole objects alone.
        ExchangeRequest request = new()
        {
            Feature = header.Feature,
            Payload = payload.ToArray(),
            Caller = caller,
            Key = key,
            Way = ExchangeWay.Virtual,
            Granted = exchange.TryCommit,
            Requested = exchange.Went,
        };
        try
        {
            DoeOutcome outcome = await driver.ExchangeAsync(function, mailbox, request, exchange.Stop);
            Finish(registers, effect.Flight, header.Feature, outcome, exchange);
        }
        catch (OperationCanceledException)
        {
            registers.Withdraw(effect.Flight);
            exchange.Answer(AccessStatus.Done); // Its own abort: the write happened, and what it began was dropped.
        }
        catch
        {
            registers.Fail(effect.Flight);
            exchange.Answer(AccessStatus.Failed);
            throw;
        }
        finally
        {
            set.Use(time.GetTimestamp());
            set.Exchange = null;
            exchange.Dispose();
        }
    }

    /// <summary>What the tool sees: its response; an errno where Go never happened; else Error, as a device would show.</summary>
    private static void Finish(RegisterSet registers, long flight, DoeFeature feature, DoeOutcome outcome, VirtualExchange exchange)
    {
        if (outcome.Succeeded)
        {
            registers.Arrive(flight, feature, outcome.Payload);
            return;
        }

        AccessStatus status = outcome.Failure switch
        {
            DoeFailure.NotOwned => AccessStatus.Refused,
            DoeFailure.NoTurn => AccessStatus.TimedOut,
            DoeFailure.Gone => AccessStatus.Gone,
            DoeFailure.ReadOnly => AccessStatus.ReadOnly,
            DoeFailure.Denied => AccessStatus.Denied,
            _ => AccessStatus.Done,
        };
        if (status is AccessStatus.Refused || exchange.Write.Result.Status is AccessStatus.Interrupted)
        {
            registers.Withdraw(flight);
        }
        else
        {
            registers.Fail(flight);
        }

        exchange.Answer(status);
    }

    private void End(BrokeredFunction function, Mailbox mailbox, VirtualSet set, bool dead)
    {
        // What is on the wire is seen through: a response that nobody reads costs less than an abort.
        set.Exchange?.Write.Cancel(AccessStatus.Interrupted);
        if (!dead && set.Registers.HoldsData && set.Caller is { } caller)
        {
            events.Dropped(function, mailbox, caller, options.VirtualIdle);
        }
    }

    private VirtualSet? Find(Mailbox mailbox, Caller caller)
    {
        VirtualSet? set = mailbox.Sets.Any && KeyOf(caller) is { } key ? mailbox.Sets.Find(key) : null;
        set?.Use(time.GetTimestamp());
        return set;
    }

    /// <summary>Whose registers a caller uses; null when it cannot be told from others.</summary>
    private CallerKey? KeyOf(Caller caller) =>
        IsOneShot(caller) && caller.SessionId is { } session ? CallerKey.OfSession(session)
        : caller.StartTime is 0 ? null
        : CallerKey.OfProcess(caller);

    private bool IsOneShot(Caller caller)
    {
        ReadOnlySpan<char> path = caller.Exe;
        ReadOnlySpan<char> name = path[(path.LastIndexOf('/') + 1)..];
        foreach (string listed in _oneShot)
        {
            if (listed.Contains('/', StringComparison.Ordinal) ? path.SequenceEqual(listed) : name.SequenceEqual(listed))
            {
                return true;
            }
        }

        return false;
    }
}
