using System.Runtime.InteropServices;
using Fleet.Agent.Fuse;
using Fleet.Agent.Fuse.Protocol;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>Whatever bytes come, the dispatcher answers within bounds and never throws.</summary>
public sealed class HostileRequestTests : IDisposable
{
    private static readonly Operation[] Operations = Enum.GetValues<Operation>();

    private readonly Kernel _kernel = new();

    [Fact]
    public void Dispatch_ShorterThanItsHeader_HasNoReply()
    {
        byte[] request = Kernel.Request(Operation.GetAttributes, Node.RootId, new byte[16]);

        for (int length = 0; length < request.Length; length++)
        {
            Assert.Null(_kernel.Send(request.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(39u)]
    [InlineData(57u)]
    [InlineData(uint.MaxValue)]
    public void Dispatch_LengthFieldThatLies_HasNoReply(uint length)
    {
        byte[] request = Kernel.Request(Operation.GetAttributes, Node.RootId, new byte[16]);
        MemoryMarshal.Write(request, in length);

        Assert.Null(_kernel.Send(request));
    }

    [Fact]
    public void Dispatch_EachOperationWithEachShortBody_Answers()
    {
        foreach (Operation operation in Operations)
        {
            for (int length = 0; length < 64; length++)
            {
                _kernel.Send(operation, Node.RootId, new byte[length]);
            }
        }

        Assert.Empty(_kernel.Space.Writes);
    }

    [Fact]
    public void Dispatch_RandomRequests_AnswerAndStayBounded()
    {
        Random random = new(20);
        (ulong config, ulong handle) = _kernel.OpenConfig();
        ulong[] nodes = [0, Node.RootId, config, _kernel.Lookup("devices"), _kernel.Lookup("devices", SyntheticTree.First), ulong.MaxValue];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] body = new byte[random.Next(0, 200)];
            random.NextBytes(body);
            if (body.Length >= 8 && random.Next(2) is 0)
            {
                MemoryMarshal.Write(body, in handle); // half of them pass the first check
            }

            _kernel.Send(Operations[random.Next(Operations.Length)], nodes[random.Next(nodes.Length)], body);
        }

        Assert.InRange(_kernel.OpenFiles, 0, 20_000);
        Assert.All(_kernel.Space.Writes, write => Assert.InRange(write.Offset + write.Data.Length, 0, 4096));
        Assert.All(_kernel.Space.Reads, read => Assert.InRange(read.Offset + read.Length, 0, 4096));
    }

    public void Dispose() => _kernel.Dispose();
}
