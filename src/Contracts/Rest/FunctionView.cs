using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A function as lists show it.</summary>
public sealed record FunctionView
{
    /// <summary>Identity.</summary>
    public required FunctionId Id { get; init; }

    /// <summary>Its host.</summary>
    public required HostId Host { get; init; }

    /// <summary>Its host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Its host's state; a function of a silent host is not known to be well.</summary>
    public required string HostState { get; init; }

    /// <summary>Its address on the host.</summary>
    public required PciAddress Address { get; init; }

    /// <summary>Vendor id, four hexadecimal digits.</summary>
    public required string VendorId { get; init; }

    /// <summary>Device id, four hexadecimal digits.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Class code, six hexadecimal digits.</summary>
    public required string ClassCode { get; init; }

    /// <summary>Revision id, two hexadecimal digits.</summary>
    public required string Revision { get; init; }

    /// <summary>Bound driver; null when none is.</summary>
    public string? Driver { get; init; }

    /// <summary>Subsystem "vvvv:dddd"; null when none.</summary>
    public string? Subsystem { get; init; }

    /// <summary>Vendor's name; null when unknown.</summary>
    public string? VendorName { get; init; }

    /// <summary>Device's name; null when unknown.</summary>
    public string? DeviceName { get; init; }

    /// <summary>Name of the class; null when unknown.</summary>
    public string? ClassName { get; init; }

    /// <summary>The capabilities.</summary>
    public IReadOnlyList<CapabilityFacts> Capabilities { get; init; } = [];

    /// <summary>The mailboxes.</summary>
    public IReadOnlyList<MailboxFacts> Mailboxes { get; init; } = [];

    /// <summary>What is wrong with the capability lists.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Contention events in the last hour; null when the fleet has too many of them to tell by function.</summary>
    public long? Contentions { get; init; }

    /// <summary>Claims in force.</summary>
    public int Claims { get; init; }
}
