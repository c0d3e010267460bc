using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>What selectors can ask about each sort of thing, and the things themselves made selectable.</summary>
public static class Selectables
{
    /// <summary>Fields of a host. "host" and "name" match its name or id; "label:KEY=VALUE" and "label.KEY" its labels.</summary>
    public static IReadOnlyList<string> HostFields { get; } =
    [
        "host", "hostname", "name", "id", "state", "kernel", "lockdown", "tainted", "arch", "agent", "intercept", "mode", "sim", "label",
        "policy", "functions", "mailboxes", "contentions", "token", "machine", "duplicate", "replaced", "rejected", "trouble", "twice",
    ];

    /// <summary>Fields of a function that an agent knows by itself: what the selector of a policy's functions may use.</summary>
    public static IReadOnlyList<string> LocalFunctionFields { get; } =
    [
        "address", "function", "vendor", "device", "class", "revision", "subsystem", "driver", "doe", "capability", "owner", "finding",
    ];

    /// <summary>Fields of a function where its host is known as well.</summary>
    public static IReadOnlyList<string> FunctionFields { get; } =
        [.. LocalFunctionFields, "id", "host", "hostname", "state", "contentions", "claims"];

    /// <summary>Fields of an event.</summary>
    public static IReadOnlyList<string> EventFields { get; } =
    [
        "id", "kind", "time", "host", "hostname", "function", "address", "comm", "exe", "pid", "uid", "loginuid", "unit", "container", "decision",
        "operation", "offset", "length", "holder", "source", "feature", "fault", "count", "detail",
    ];

    /// <summary>Fields of a mailbox.</summary>
    public static IReadOnlyList<string> MailboxFields { get; } =
        ["id", "host", "hostname", "function", "address", "offset", "doe", "feature", "owner", "state"];

    /// <summary>Fields of a claim in force.</summary>
    public static IReadOnlyList<string> ClaimFields { get; } =
        ["id", "host", "hostname", "function", "address", "offset", "length", "holder", "source", "mode", "onread", "onwrite", "reason", "policy"];

    /// <summary>Every field that some sort of thing has.</summary>
    public static IReadOnlyList<string> AllFields { get; } =
        [.. HostFields.Concat(FunctionFields).Concat(EventFields).Concat(MailboxFields).Concat(ClaimFields).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A host as the server knows it.</summary>
    public static ISelectable Of(HostView host) => new HostSelectable(host);

    /// <summary>A host as its agent knows it.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="labels">Labels, when they are known.</param>
    /// <param name="id">The identity, once it has one.</param>
    public static ISelectable Of(HostFacts facts, IReadOnlyDictionary<string, string>? labels = null, HostId id = default)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return new HostSelectable(new HostView
        {
            Id = id,
            Name = facts.Name,
            State = "live",
            LastSeen = default,
            Joined = default,
            Facts = facts,
            Kernel = facts.Kernel,
            Lockdown = facts.Lockdown,
            Tainted = facts.Tainted is { } bits ? bits != 0 : null,
            AgentVersion = facts.AgentVersion,
            Labels = labels ?? ImmutableDictionary<string, string>.Empty,
        });
    }

    /// <summary>A function as its agent knows it.</summary>
    public static ISelectable Of(FunctionFacts function) => new LocalFunctionSelectable(function);

    /// <summary>A function as the server knows it.</summary>
    public static ISelectable Of(FunctionView function) => new FunctionSelectable(function);

    /// <summary>An event.</summary>
    public static ISelectable Of(FleetEvent fleetEvent) => new EventSelectable(fleetEvent);

    /// <summary>A mailbox.</summary>
    public static ISelectable Of(MailboxView mailbox) => new MailboxSelectable(mailbox);

    /// <summary>A claim in force.</summary>
    public static ISelectable Of(ClaimView claim) => new ClaimSelectable(claim);
}
