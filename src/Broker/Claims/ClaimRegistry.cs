using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// Who claims what: policies, local claims and leases, and from them the tables that decide. Changes are serialised by one lock;
/// accesses never take it, they see the old table or the new one. What ends by itself ends by the steady clock.
/// </summary>
internal sealed class ClaimRegistry : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PciAddress, BrokeredFunction> _functions = [];
    private readonly HashSet<BrokeredFunction> _changed = [];
    private readonly BrokerOptions _options;
    private readonly AccessJournal _journal;
    private readonly TimeProvider _time;
    private readonly SteadyClock _clock;
    private readonly ClaimEvents _events;
    private readonly LocalClaims _local;
    private readonly LeaseBook _leases;
    private readonly ITimer _ending;
    private IReadOnlyList<CompiledPolicy> _policies = [];

    public ClaimRegistry(BrokerOptions options, IEventSink events, AccessJournal journal, TimeProvider time, SteadyClock clock)
    {
        _options = options;
        _journal = journal;
        _time = time;
        _clock = clock;
        _events = new ClaimEvents(events, time);
        _local = new LocalClaims(options, journal, time, clock);
        _leases = new LeaseBook(options, journal, time, clock);
        _ending = time.CreateTimer(_ => Expire(null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called for a function whose claims changed while accesses wait for them; never under the lock.</summary>
    public Action<BrokeredFunction>? Changed { get; set; }

    /// <summary>What becomes of the ways in when the agent dies, by the policies in force; null when none says.</summary>
    public AgentLossAction? OnAgentLoss => Volatile.Read(ref _policies).Max(p => p.OnAgentLoss);

    public void Attach(BrokeredFunction function) => Change(() =>
    {
        _functions[function.Address] = function;
        Recompile(function);
    });

    public void Detach(BrokeredFunction function)
    {
        IReadOnlyList<HeldClaim> ended = [];
        Change(() =>
        {
            _functions.Remove(function.Address);
            ended = _local.Of(function.Address);
            _local.Remove(ended);
        });
        foreach (HeldClaim claim in ended)
        {
            _events.Expired(claim, "The function is gone, and the claim with it.");
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

        Change(() =>
        {
            Volatile.Write(ref _policies, [.. policies]);
            RecompileAll();
        });
    }

    /// <summary>Makes a function's table anew, after what is known of it changed.</summary>
    public void Refresh(BrokeredFunction function, FunctionFacts? facts = null) => Change(() => Recompile(function, facts));

    public ClaimOutcome Claim(ClaimRequest request, Caller caller)
    {
        ClaimOutcome outcome = new(null, null, ErrorCodes.NotFound, $"There is no function {request.Function} on this host.");
        Change(() =>
        {
            if (_functions.TryGetValue(request.Function, out BrokeredFunction? function))
            {
                outcome = _local.Decide(request, caller, function);
                if (outcome.Succeeded)
                {
                    Recompile(function);
                }
            }
        });
        _events.Answered(outcome, LocalClaims.Asked(request, caller), caller);
        return outcome;
    }

    public ReleaseOutcome Release(string id, Caller caller)
    {
        ReleaseOutcome outcome = new(null, ErrorCodes.NotFound, $"There is no local claim '{id}'; it may have expired. List claims to see those in force.");
        Change(() =>
        {
            if (_local.Find(id) is { } held)
            {
                bool may = caller.Uid is 0 || LocalClaims.IsHolder(held, caller);
                outcome = may
                    ? new ReleaseOutcome(held.Claim.Facts, null, $"{ClaimEvents.Name(caller)} released the claim of {held.Claim.Facts.Holder}.")
                    : new ReleaseOutcome(null, ErrorCodes.Forbidden, $"The claim is held by {held.Claim.Facts.Holder}; only that process or root can release it.");
                Remove(may ? [held] : []);
            }
        });
        if (outcome.Released is { } released)
        {
            _events.Released(released, caller, outcome.Detail);
        }

        return outcome;
    }

    public LeaseOutcome Lease(LeaseRequest request, Caller caller)
    {
        HeldLease? granted = null;
        LeaseOutcome? outcome = null;
        Change(() =>
        {
            outcome = _leases.Refuse(request, caller, request.Function is not { } address || _functions.ContainsKey(address));
            if (outcome is null)
            {
                granted = _leases.Add(request, caller);
                RecompileFor([granted]);
            }
        });
        if (granted is null)
        {
            return outcome!;
        }

        LeaseFacts facts = granted.Facts();
        string detail = $"{ClaimEvents.Name(caller)} lets {facts.Holder} {(facts.Write ? "read and write" : "read")} {ClaimEvents.On(facts)} in spite of claims until {facts.Expires:yyyy-MM-dd HH:mm:ss}Z: {facts.Reason}";
        _events.Granted(granted, detail);
        return new LeaseOutcome(facts, null, detail);
    }

    public LeaseOutcome EndLease(string id, Caller caller)
    {
        HeldLease? held = null;
        Change(() =>
        {
            held = caller.Uid is 0 ? _leases.All.FirstOrDefault(l => l.Lease.Id == id) : null;
            Remove(held is null ? [] : [held]);
        });
        if (held is null)
        {
            return caller.Uid is not 0
                ? LeaseBook.Refused(ErrorCodes.Forbidden, "Only root can end a lease.")
                : LeaseBook.Refused(ErrorCodes.NotFound, $"There is no lease '{id}'; it may have ended. List leases to see those in force.");
        }

        string detail = $"{ClaimEvents.Name(caller)} ended it.";
        _events.Ended(held, caller, detail);
        return new LeaseOutcome(held.Facts(), null, $"The lease of {held.Lease.Holder} is over: {detail}");
    }

    public void Expire(Func<Caller, bool>? ended)
    {
        List<HeldClaim> claims = [];
        List<HeldLease> leases = [];
        Change(() =>
        {
            claims = _local.Over(ended);
            leases = _leases.Over(ended);
            Remove(claims);
            Remove(leases);
        });
        claims.ForEach(claim => _events.Expired(claim, $"The claim of {claim.Claim.Facts.Holder} ended: its time was up or its process ended."));
        leases.ForEach(lease => _events.Ended(lease, null, "its time was up or its process ended."));
    }

    public IReadOnlyList<ClaimFacts> List()
    {
        lock (_gate)
        {
            return [.. _functions.Values.OrderBy(f => f.Address).SelectMany(f => f.Claims.Claims).Select(c => c.Facts)];
        }
    }

    public IReadOnlyList<LeaseFacts> Leases() => [.. _leases.All.Select(l => l.Facts())];

    /// <summary>Counts an access that passed by a lease.</summary>
    public void Used(Lease lease) => _leases.Used(lease);

    public void Dispose() => _ending.Dispose();

    /// <summary>Changes something under the lock, then lets go on what waited for it.</summary>
    private void Change(Action change)
    {
        BrokeredFunction[] waited;
        lock (_gate)
        {
            change();
            Arm();
            waited = [.. _changed.Where(f => !f.Line.IsEmpty)];
            _changed.Clear();
        }

        // The function may take long to answer; whoever released the claim does not wait for those who waited for it.
        foreach (BrokeredFunction function in waited)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Changed?.Invoke(function), null);
        }
    }

    private void Arm()
    {
        TimeSpan steady = _clock.Now;
        DateTimeOffset wall = _time.GetUtcNow();
        TimeSpan[] left =
        [
            .. _local.All.Select(c => c.Ends - steady), .. _leases.All.Select(l => l.Ends - steady),
            .. _leases.All.Where(l => l.NotAfter is not null).Select(l => l.NotAfter!.Value - wall),
        ];
        TimeSpan next = left.Length is 0 ? Timeout.InfiniteTimeSpan : left.Min() < TimeSpan.Zero ? TimeSpan.Zero : left.Min();
        _ending.Change(next, Timeout.InfiniteTimeSpan);
    }

    private void Remove(IReadOnlyList<HeldClaim> claims)
    {
        _local.Remove(claims);
        foreach (PciAddress address in claims.Select(c => c.Claim.Facts.Function).Distinct())
        {
            if (_functions.TryGetValue(address, out BrokeredFunction? function))
            {
                Recompile(function);
            }
        }
    }

    private void Remove(IReadOnlyList<HeldLease> leases)
    {
        _leases.Remove(leases);
        RecompileFor(leases);
    }

    private void RecompileFor(IReadOnlyList<HeldLease> leases)
    {
        foreach (BrokeredFunction function in _functions.Values.Where(f => leases.Any(l => l.Lease.Function is not { } a || a == f.Address)))
        {
            Recompile(function);
        }
    }

    private void RecompileAll()
    {
        foreach (BrokeredFunction function in _functions.Values)
        {
            Recompile(function);
        }
    }

    private void Recompile(BrokeredFunction function, FunctionFacts? changed = null)
    {
        FunctionFacts known = function.Facts;
        FunctionFacts facts = changed is null ? known : changed with { Mailboxes = known.Mailboxes };
        ClaimTable table = ClaimCompiler.Compile(
            facts, _policies, _local.Compiled, _options.Ceiling, _time.GetUtcNow(), function.Claims, _leases.Compiled);
        if (table.Caches && function.Cache is null)
        {
            ConfigCache cache = new(function.Size, _options.CacheAge, _time);
            cache.Store(facts.Config);
            function.Cache = cache;
        }

        function.Swap(new FunctionState(facts, table, _journal.NextGeneration()));
        _changed.Add(function);
    }
}
