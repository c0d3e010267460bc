using System.Net;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Running;

/// <summary>What a run of the simulator is told.</summary>
internal sealed record SimOptions
{
    public required int Hosts { get; init; }

    public required string DataDirectory { get; init; }

    public required string RunDirectory { get; init; }

    public IReadOnlyList<Uri> Servers { get; init; } = [];

    public string? Token { get; init; }

    public EnforcementMode Mode { get; init; } = EnforcementMode.Enforce;

    public IPEndPoint Metrics { get; init; } = new(IPAddress.Loopback, 0);

    public bool Mirror { get; init; } = true;

    public HostKind Model { get; init; }

    /// <summary>What is wrong with the last function of the last host that has a mailbox.</summary>
    public MailboxFault Fault { get; init; }

    /// <summary>What is wrong with the configuration space of the same function.</summary>
    public ConfigFault ConfigFault { get; init; }
}
