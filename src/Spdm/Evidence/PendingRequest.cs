using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>A request whose answer is delayed: by ResponseNotReady, or because it comes in chunks.</summary>
internal sealed record PendingRequest(ReadOnlyMemory<byte> Request, NotReady? NotReady, ChunkAssembly? Chunks);
