using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>The handshake that begins a connection.</summary>
internal static class InitOperation
{
    private const uint Major = 7;
    private const uint Minor = 45;
    private const uint OldestMinor = 23; // Linux 3.15: since then the reply has its present size
    private const ushort Background = 12;
    private const int PageSize = 4096;

    private const InitFlags Wanted = InitFlags.AsyncRead | InitFlags.BigWrites | InitFlags.ReadDirectoryPlus
        | InitFlags.ReadDirectoryPlusAuto | InitFlags.ParallelDirectoryOperations | InitFlags.AbortError | InitFlags.MaxPages;

    public static int Reply(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryBody(out InitIn offer))
        {
            return reply.Error(Errno.Invalid);
        }

        if (offer.Major < Major || (offer.Major is Major && offer.Minor < OldestMinor))
        {
            return reply.Error(Errno.Protocol);
        }

        return reply.Value(new InitOut
        {
            Major = Major,
            Minor = Math.Min(Minor, offer.Major > Major ? Minor : offer.Minor),
            MaxReadAhead = offer.MaxReadAhead,
            Flags = (uint)Wanted & offer.Flags,
            MaxBackground = Background,
            CongestionThreshold = Background * 3 / 4,
            MaxWrite = FuseSession.MaxWrite,
            TimeGranularity = 1,
            MaxPages = FuseSession.MaxTransfer / PageSize,
        });
    }
}
