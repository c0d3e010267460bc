using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// Who claims what: policies and local claims, and from them the tables that decide. Changes are serialised by one lock;
/// accesses never take it, they see the old table or the new one.
/// </summary>
internal sealed class ClaimRegistry(BrokerOptions options, IEventSink events, AccessJournal journal, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PciAddress, BrokeredFunction> _functions = [];
    private readonly List<LocalClaim> _local = [];
    private IReadOnlyList<CompiledPolicy> _policies = [];

    public void Attach(BrokeredFunction function)
    {
        lock (_gate)
        {
            _functions[function.Address] = function;
            Recompile(function);
        }
    }

    public void Detach(BrokeredFunction function)
    {
        LocalClaim[] ended;
        lock (_gate)
        {
            _functions.Remove(function.Address);
            ended = [.. _local.Where(l => l.Facts.Function == function.Address)];
            _local.RemoveAll(ended.Contains);
        }

        foreach (LocalClaim claim in ended)
        {
            Publish(EventKinds.ClaimExpired, claim.Facts, claim.Process, "The function is gone, and the claim with it.");
        }
    }

    /// <summary>Puts policies in force on every function, all of them or none.</summary>
    public void Apply(IReadOnlyList<CompiledPolicy> policies)
    {
        IReadOnlyList<string> problems = ClaimCompiler.Check(policies);
        if (problems.Count > 0)
        {
            throw new PolicyException(problems);
        }

        lock (_gate)
        {
            _policies = [.. policies];
            foreach (BrokeredFunction function in _functions.Values)
            {
                Recompile(function);
            }
        }
    }

    /// <summary>Makes a function's table anew, after what is known of it changed.</summary>
    public void Refresh(BrokeredFunction function, FunctionFacts? facts = null)
    {
        lock (_gate)
        {
            Recompile(function, facts);
        }
    }

    public ClaimOutcome Claim(ClaimRequest request, Caller caller)
    {
        ClaimOutcome outcome;
        lock (_gate)
        {
            outcome = Decide(request, caller);
        }

        ClaimFacts subject = outcome.Granted ?? Requested(request, caller, "", default);
        events.Publish(Event(outcome.Succeeded ? EventKinds.ClaimGranted : EventKinds.ClaimRefused, subject, caller, outcome.Detail) with
        {
            Claim = (outcome.Granted ?? outcome.Blocker) is { } claim ? new ClaimReference(claim.Holder, claim.Source, claim.Offset, claim.Length) : null,
        });
        return outcome;
    }

    public ReleaseOutcome Release(string id, Caller caller)
    {
        LocalClaim? claim;
        lock (_gate)
        {
            claim = _local.Find(l => l.Facts.Id == id);
            if (claim is null)
            {
                return new ReleaseOutcome(null, ErrorCodes.NotFound, $"There is no local claim '{id}'; it may have expired. List claims to see those in force.");
            }

            if (caller.Uid is not 0 && !IsHolder(claim, caller))
            {
                return new ReleaseOutcome(null, ErrorCodes.Forbidden, $"The claim is held by {claim.Facts.Holder}; only that process or root can release it.");
            }

            Remove([claim]);
        }

        string detail = $"{Name(caller)} released the claim of {claim.Facts.Holder}.";
        Publish(EventKinds.ClaimReleased, claim.Facts, caller, detail);
        return new ReleaseOutcome(claim.Facts, null, detail);
    }

    public void Expire(Func<Caller, bool>? ended)
    {
        List<LocalClaim> due;
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            due = _local.FindAll(l => l.Facts.Expires <= now || ended?.Invoke(l.Process) is true);
            Remove(due);
        }

        foreach (LocalClaim claim in due)
        {
            Publish(EventKinds.ClaimExpired, claim.Facts, claim.Process, $"The claim of {claim.Facts.Holder} ended: its time was up or its process ended.");
        }
    }

    public IReadOnlyList<ClaimFacts> List()
    {
        lock (_gate)
        {
            return [.. _functions.Values.OrderBy(f => f.Address).SelectMany(f => f.Claims.Claims).Select(c => c.Facts)];
        }
    }

    private ClaimOutcome Decide(ClaimRequest request, Caller caller)
    {
        if (!_functions.TryGetValue(request.Function, out BrokeredFunction? function))
        {
            return Refused(ErrorCodes.NotFound, $"There is no function {request.Function} on this host.");
        }

        // All such callers look the same: each would hold the claim, and none's end would end it.
        if (caller.StartTime is 0)
        {
            return Refused(ErrorCodes.Forbidden, "The agent cannot tell which process asks. Ask from the host's own process namespace, or name the holder's pid.");
        }

        TimeSpan duration = request.Duration ?? options.ClaimDuration;
        if (request.Offset < 0 || request.Length < 1 || request.Offset > function.Size - request.Length)
        {
            return Refused(ErrorCodes.Invalid, string.Create(
                CultureInfo.InvariantCulture, $"The region {request.Offset}+{request.Length} is not within the {function.Size} bytes of {function.Address}."));
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 200 || duration <= TimeSpan.Zero || duration > options.ClaimDurationMost)
        {
            return Refused(ErrorCodes.Invalid, $"A claim needs a reason of 1 to 200 characters and a duration of at most {options.ClaimDurationMost}.");
        }

        LocalClaim? own = _local.Find(l => IsHolder(l, caller) && l.Facts.Function == request.Function
            && l.Facts.Offset == request.Offset && l.Facts.Length == request.Length);
        if (Blocker(function, request, caller) is { } blocker)
        {
            string until = blocker.Expires is { } end ? string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd HH:mm:ss}Z") : "without an end";
            return new ClaimOutcome(null, blocker, ErrorCodes.ClaimHeld, string.Create(
                CultureInfo.InvariantCulture,
                $"The region 0x{blocker.Offset:x3}+{blocker.Length} of {function.Address} is held by {blocker.Holder} {until}: {blocker.Reason ?? blocker.Policy ?? "no reason given"}"));
        }

        if (own is null && _local.Count(l => IsHolder(l, caller)) >= options.ClaimsPerProcess)
        {
            return Refused(ErrorCodes.TooMany, $"{Name(caller)} holds {options.ClaimsPerProcess} claims, which is the most; release one first.");
        }

        DateTimeOffset now = time.GetUtcNow();
        ClaimFacts facts = Requested(request, caller, own?.Facts.Id ?? Guid.CreateVersion7(now).ToString("N"), own?.Facts.Since ?? now) with
        {
            Expires = now + duration,
        };
        if (own is not null)
        {
            _local.Remove(own);
        }

        _local.Add(new LocalClaim(facts, caller));
        Recompile(function);
        return new ClaimOutcome(facts, null, null, string.Create(
            CultureInfo.InvariantCulture, $"{Name(caller)} holds 0x{facts.Offset:x3}+{facts.Length} of {function.Address} until {facts.Expires:yyyy-MM-dd HH:mm:ss}Z."));
    }

    /// <summary>The exclusive claim of another that the request overlaps. Whoever may write there by a policy's allow list may also claim there.</summary>
    private static ClaimFacts? Blocker(BrokeredFunction function, ClaimRequest request, Caller caller) =>
        function.Claims.Claims.FirstOrDefault(c => c.Facts.Offset < request.Offset + request.Length && c.End > request.Offset
            && (c.Forbids(AccessOperation.Write, caller) || c.Forbids(AccessOperation.Read, caller)))?.Facts;

    private ClaimFacts Requested(ClaimRequest request, Caller caller, string id, DateTimeOffset since) => new()
    {
        Id = id,
        Function = request.Function,
        Offset = request.Offset,
        Length = request.Length,
        Holder = Name(caller),
        Source = ClaimSource.Local,
        Mode = options.Ceiling,
        OnRead = request.OnRead,
        OnWrite = request.OnWrite,
        Reason = request.Reason,
        Since = since,
    };

    private void Remove(List<LocalClaim> claims)
    {
        if (claims.Count is 0)
        {
            return;
        }

        _local.RemoveAll(claims.Contains);
        foreach (PciAddress address in claims.Select(c => c.Facts.Function).Distinct())
        {
            if (_functions.TryGetValue(address, out BrokeredFunction? function))
            {
                Recompile(function);
            }
        }
    }

    private void Recompile(BrokeredFunction function, FunctionFacts? changed = null)
    {
        FunctionFacts known = function.Facts;
        FunctionFacts facts = changed is null ? known : changed with { Mailboxes = known.Mailboxes };
        ClaimTable table = ClaimCompiler.Compile(facts, _policies, _local, options.Ceiling, time.GetUtcNow(), function.Claims);
        function.Swap(new FunctionState(facts, table, journal.NextGeneration()));
    }

    private static ClaimOutcome Refused(string code, string detail) => new(null, null, code, detail);

    private static bool IsHolder(LocalClaim claim, Caller caller) => claim.Process.Pid == caller.Pid && claim.Process.StartTime == caller.StartTime;

    private static string Name(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} {caller.Pid}");

    private void Publish(string kind, ClaimFacts claim, Caller caller, string detail) => events.Publish(Event(kind, claim, caller, detail));

    private FleetEvent Event(string kind, ClaimFacts claim, Caller caller, string detail) => new()
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Function = claim.Function,
        Caller = caller,
        Offset = claim.Offset,
        Length = claim.Length,
        Claim = new ClaimReference(claim.Holder, claim.Source, claim.Offset, claim.Length),
        Detail = detail,
    };
}
