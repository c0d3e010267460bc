using System.Collections.Immutable;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Domain.Rollouts;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>A rollout and its hosts without a server: executes what the planner says, as the reconciler does.</summary>
internal sealed class RolloutTable
{
    private readonly Dictionary<HostId, HostNow> _hosts = [];

    public RolloutTable(int hosts, params WaveSpec[] waves)
    {
        for (int i = 1; i <= hosts; i++)
        {
            Add(i);
        }

        Begin(waves);
    }

    public RolloutState State { get; set; } = null!;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The hosts that were assigned, in order.</summary>
    public List<string> Assigned { get; } = [];

    /// <summary>Phases of the hosts in order, one letter each: p, a (assigned), A (applied), f, s, o (out).</summary>
    public string Phases => string.Concat(State.Targets.Select(target => target.Phase switch
    {
        TargetPhase.Pending => 'p',
        TargetPhase.Assigned => 'a',
        TargetPhase.Applied => 'A',
        TargetPhase.Failed => 'f',
        TargetPhase.Out => 'o',
        _ => 's',
    }));

    public static HostId Id(int number) => HostId.Parse(number.ToString("x32", CultureInfo.InvariantCulture));

    /// <summary>Begins anew with the hosts there are now.</summary>
    public void Begin(params WaveSpec[] waves) => State = RolloutState.Begin("p", 2, [.. waves], _hosts.Values);

    public void Add(int number, bool selected = true, int? desired = null) => _hosts[Id(number)] = new HostNow
    {
        Host = Id(number),
        Name = string.Create(CultureInfo.InvariantCulture, $"h{number:00}"),
        Selected = selected,
        Desired = desired,
        Reported = desired,
    };

    /// <summary>Evicts a host, or with null readmits it.</summary>
    public void Keep(int number, string? outside) => _hosts[Id(number)] = _hosts[Id(number)] with { Out = outside };

    public void Live(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _hosts[Id(number)] = _hosts[Id(number)] with { Live = true };
        }
    }

    public void Delete(int number) => _hosts.Remove(Id(number));

    public void Report(params int[] hosts)
    {
        foreach (int number in hosts)
        {
            HostNow host = _hosts[Id(number)];
            _hosts[host.Host] = host with
            {
                Reported = host.Desired,
                ReportedGeneration = host.Generation,
                Rejected = null,
                RejectedGeneration = null,
                ReportedAt = Now,
            };
        }

        Settle();
    }

    /// <summary>The host refuses the assignment that it is offered now.</summary>
    public void Reject(int number, string why) => Say(number, host => host with { Rejected = why, RejectedGeneration = host.Generation });

    /// <summary>The host says what it said before, or what the test makes of it.</summary>
    public void Say(int number, Func<HostNow, HostNow>? change = null)
    {
        _hosts[Id(number)] = (change?.Invoke(_hosts[Id(number)]) ?? _hosts[Id(number)]) with { ReportedAt = Now };
        Settle();
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        Settle();
    }

    public void Act(string verb)
    {
        State = RolloutVerbs.Act(State, verb, "test") ?? throw new InvalidOperationException($"{verb} is not possible.");
        Settle();
    }

    public RolloutTable Settle()
    {
        for (int round = 0; round < 1000; round++)
        {
            ImmutableArray<RolloutAction> actions = RolloutPlanner.Plan(State, _hosts, Now);
            if (actions.IsEmpty)
            {
                return this;
            }

            foreach (RolloutAction action in actions)
            {
                State = State.After(action, Now, action is AssignAction assign ? Execute(assign) : 0);
            }
        }

        throw new InvalidOperationException("The planner never comes to rest.");
    }

    private long Execute(AssignAction assign)
    {
        HostNow host = _hosts[assign.Host];
        Assigned.Add(host.Name);
        _hosts[assign.Host] = host with { Desired = assign.Wanted ? State.Revision : null, Generation = host.Generation + 1 };
        return host.Generation + 1;
    }
}
