using System.Collections.Immutable;
using Fleet.Spdm;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Sessions;

namespace Fleet.Simulator.Spdm;

/// <summary>What a responder knows of its one connection; GET_VERSION begins a new one.</summary>
internal sealed class Connection
{
    public required byte[] VersionExchange { get; init; }

    public SpdmVersion Version { get; set; } = SpdmVersion.V10;

    public byte[]? CapabilitiesRequest { get; set; }

    public byte[]? CapabilitiesResponse { get; set; }

    public CapabilitiesRequest? Requester { get; set; }

    public byte[]? AlgorithmsRequest { get; set; }

    public byte[]? AlgorithmsResponse { get; set; }

    public Negotiated? Negotiated { get; set; }

    /// <summary>The provisioned slots whose key is of the kind that was selected.</summary>
    public ImmutableArray<SlotCredential> Slots { get; set; } = [];

    public List<byte> B { get; set; } = [];

    public List<byte> L { get; set; } = [];

    /// <summary>The first DIGESTS, which a session's transcript holds where several keys were negotiated.</summary>
    public byte[] FirstDigests { get; set; } = [];

    /// <summary>The one session; null where none was begun.</summary>
    public Session? Session { get; set; }

    public bool Challenged { get; set; }

    /// <summary>Message A: version, capabilities and algorithms, requests and responses.</summary>
    public byte[] A => [.. VersionExchange, .. CapabilitiesRequest ?? [], .. CapabilitiesResponse ?? [], .. AlgorithmsRequest ?? [], .. AlgorithmsResponse ?? []];

    public SlotCredential? Slot(int slot) => Slots.FirstOrDefault(credential => credential.Slot == slot);

    public void NullB() => B = Challenged ? B : [];
}
