using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>The claims that processes hold, and what is asked of a new one. Not safe by itself: the registry's lock is around it.</summary>
internal sealed class LocalClaims(BrokerOptions options, AccessJournal journal, TimeProvider time, SteadyClock clock)
{
    private readonly List<HeldClaim> _held = [];

    public IReadOnlyList<HeldClaim> All => _held;

    public IReadOnlyList<LocalClaim> Compiled => [.. _held.Select(h => h.Claim)];

    public static bool IsHolder(HeldClaim held, Caller caller) =>
        held.Claim.Process.Pid == caller.Pid && held.Claim.Process.StartTime == caller.StartTime;

    /// <summary>The claim as it was asked for, for the record of a refusal.</summary>
    public static ClaimFacts Asked(ClaimRequest request, Caller caller) => new()
    {
        Id = "",
        Function = request.Function,
        Offset = request.Region?.Offset ?? request.Offset,
        Length = request.Region?.Length ?? request.Length,
        Holder = ClaimEvents.Name(caller),
        Source = ClaimSource.Local,
        Mode = default,
        OnRead = request.OnRead,
        OnWrite = request.OnWrite,
        Shared = request.Shared,
        Reason = request.Reason,
        Since = default,
    };

    public HeldClaim? Find(string id) => _held.Find(h => h.Claim.Facts.Id == id);

    public IReadOnlyList<HeldClaim> Of(PciAddress function) => _held.FindAll(h => h.Claim.Facts.Function == function);

    public List<HeldClaim> Over(Func<Caller, bool>? ended)
    {
        TimeSpan now = clock.Now;
        return _held.FindAll(h => h.Ends <= now || ended?.Invoke(h.Claim.Process) is true);
    }

    public void Remove(IReadOnlyCollection<HeldClaim> ended)
    {
        _held.RemoveAll(ended.Contains);
        foreach (HeldClaim held in ended)
        {
            journal.Intervals.End(held.Interval);
        }
    }

    /// <summary>Grants the claim, or says why not. A process that asks again for the same region prolongs what it has.</summary>
    public ClaimOutcome Decide(ClaimRequest request, Caller caller, BrokeredFunction function)
    {
        // All such callers look the same: each would hold the claim, and none's end would end it.
        if (caller.StartTime is 0)
        {
            return Refused(ErrorCodes.Forbidden, "The agent cannot tell which process asks. Ask from the host's own process namespace, or name the holder's pid.");
        }

        TimeSpan duration = request.Duration ?? options.ClaimDuration;
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 200 || duration <= TimeSpan.Zero || duration > options.ClaimDurationMost)
        {
            return Refused(ErrorCodes.Invalid, $"A claim needs a reason of 1 to 200 characters and a duration of at most {options.ClaimDurationMost}.");
        }

        if (Problem(request) is { } problem)
        {
            return Refused(ErrorCodes.Invalid, $"The claim cannot be: {problem}");
        }

        if (Region(request, function, out string? wrong) is not var (kind, offset, length))
        {
            return Refused(ErrorCodes.Invalid, wrong!);
        }

        if (Blocker(function, request.Shared, offset, offset + length, caller) is { } blocker)
        {
            return new ClaimOutcome(null, blocker, ErrorCodes.ClaimHeld, Held(blocker));
        }

        HeldClaim? own = _held.Find(h => IsHolder(h, caller) && h.Claim.Facts.Function == request.Function
            && h.Claim.Facts.Offset == offset && h.Claim.Facts.Length == length);
        if (own is null && _held.Count(h => IsHolder(h, caller)) >= options.ClaimsPerProcess)
        {
            return Refused(ErrorCodes.TooMany, $"{ClaimEvents.Name(caller)} holds {options.ClaimsPerProcess} claims, which is the most; release one first.");
        }

        DateTimeOffset now = time.GetUtcNow();
        ClaimFacts facts = Asked(request, caller) with
        {
            Id = own?.Claim.Facts.Id ?? Guid.CreateVersion7(now).ToString("N"),
            Offset = offset,
            Length = length,
            Mode = options.Ceiling,
            WaitMilliseconds = request.OnRead is ClaimAction.Wait || request.OnWrite is ClaimAction.Wait
                ? request.WaitMilliseconds ?? ClaimActions.DefaultWaitMilliseconds
                : null,
            Since = own?.Claim.Facts.Since ?? now,
            Expires = now + duration,
        };
        int interval = own?.Interval ?? journal.Intervals.Begin(IntervalKind.Claim, request.Function, offset, length, caller);
        _held.RemoveAll(h => ReferenceEquals(h, own));
        _held.Add(new HeldClaim(new LocalClaim(facts, caller, kind), clock.Now + duration, interval));
        return new ClaimOutcome(facts, null, null, string.Create(
            CultureInfo.InvariantCulture,
            $"{ClaimEvents.Name(caller)} {(request.Shared ? "shares" : "holds")} 0x{offset:x3}+{length} of {function.Address} until {facts.Expires:yyyy-MM-dd HH:mm:ss}Z."));
    }

    private static string? Problem(ClaimRequest request) =>
        ClaimActions.Problem(request.OnRead, request.OnWrite, request.WaitMilliseconds)
        ?? (request is { OnWrite: ClaimAction.Virtualise, Region: not { Doe: not null } } ? "onWrite: virtualise is for the registers of a mailbox." : null)
        ?? (request.Region is { } region ? ClaimRegions.Problem(region) : null);

    private static (RegionKind Kind, int Offset, int Length)? Region(ClaimRequest request, BrokeredFunction function, out string? wrong)
    {
        wrong = null;
        if (request.Region is { Offset: null } spec)
        {
            IReadOnlyList<(RegionKind Kind, int Offset, int Length)> found = ClaimRegions.FindKinds(spec, function.Facts);
            wrong = found.Count switch
            {
                0 => $"{function.Address} has no such region.",
                1 => null,
                _ => $"{function.Address} has {found.Count} such regions: {string.Join(", ", found.Select(Words))}. Name one by its offset and length.",
            };
            return found.Count is 1 ? found[0] : null;
        }

        (int offset, int length) = request.Region is { } range ? (range.Offset!.Value, range.Length!.Value) : (request.Offset, request.Length);
        if (offset < 0 || length < 1 || offset > function.Size - length)
        {
            wrong = string.Create(
                CultureInfo.InvariantCulture, $"The region {offset}+{length} is not within the {function.Size} bytes of {function.Address}.");
            return null;
        }

        return (RegionKind.Range, offset, length);
    }

    private static string Words((RegionKind Kind, int Offset, int Length) region) =>
        string.Create(CultureInfo.InvariantCulture, $"0x{region.Offset:x3}+{region.Length}");

    /// <summary>
    /// The claim of another that stands in the way: any local one, unless both are shared; of the others one that keeps something from
    /// the caller, unless it is made to be shared. Whoever may write there by a policy's allow list may also claim there.
    /// </summary>
    private static ClaimFacts? Blocker(BrokeredFunction function, bool shared, int offset, int end, Caller caller) =>
        function.Claims.Claims.FirstOrDefault(c => c.Facts.Offset < end && c.End > offset && !(shared && c.Facts.Shared) && (c.Facts.Source is ClaimSource.Local
            ? !c.IsHolder(caller)
            : c.Forbids(AccessOperation.Write, caller) || c.Forbids(AccessOperation.Read, caller)))?.Facts;

    private static string Held(ClaimFacts blocker)
    {
        string until = blocker.Expires is { } end ? string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd HH:mm:ss}Z") : "without an end";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The region 0x{blocker.Offset:x3}+{blocker.Length} of {blocker.Function} is held by {blocker.Holder} {until}: {blocker.Reason ?? blocker.Policy ?? "no reason given"}");
    }

    private static ClaimOutcome Refused(string code, string detail) => new(null, null, code, detail);
}
