using Fleet.Pci.Doe;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Fuzz.Tests.Pci;

public sealed class DoeFuzzTests
{
    private const int Offset = 0x200;
    private const int Limit = 64;

    // Busy at entry, abort of a latched error, response, and abort of the failure: a second each, and some waiting.
    private static readonly TimeSpan LongestExchange = TimeSpan.FromMilliseconds(4100);

    [Fact]
    public Task Exchange_AnyRegisterTrace_EndsWithGoodManners() => FuzzLoop.RunAsync("Exchange", async random =>
    {
        FakeTimeProvider time = new();
        RandomMailbox mailbox = new(random, Offset);
        DoeRequester requester = new(mailbox, Offset, time) { MaximumObjectDwords = Limit };

        DoeOutcome outcome = await time.RunAsync(
            requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[random.Next(300)], CancellationToken.None), LongestExchange);

        Assert.True(outcome.Succeeded || outcome.Payload.Length == 0);
        Assert.InRange(outcome.Payload.Length, 0, (Limit - 2) * 4);
        Assert.NotEmpty(outcome.Detail);
        Assert.All(mailbox.Writes, write => Assert.Contains(write.Register, new[] { DoeRegisters.Control, DoeRegisters.WriteData, DoeRegisters.ReadData }));
        Assert.InRange(mailbox.Writes.Count(write => write.Register is DoeRegisters.ReadData), 0, Limit);
        if (outcome.Failure is DoeFailure.BusyAtEntry or DoeFailure.NotAMailbox)
        {
            Assert.Empty(mailbox.Writes);
        }

        if (outcome.Failure is DoeFailure.UnreadResponse)
        {
            Assert.All(mailbox.Writes, write => Assert.Equal(DoeRegisters.Control, write.Register));
        }
    });

    [Fact]
    public Task Discovery_AnyRegisterTrace_Ends() => FuzzLoop.RunAsync("Discovery", async random =>
    {
        int exchanges = 0;
        DoeDiscoveryResult result = await DoeDiscovery.RunAsync(
            (_, _, _) =>
            {
                exchanges++;
                byte[] payload = new byte[random.Next(20) == 0 ? random.Next(16) : 4 + (random.Next(2) * 4)];
                random.NextBytes(payload);
                if (exchanges == 1 && payload.Length >= 3 && random.Next(4) != 0)
                {
                    (payload[0], payload[1], payload[2]) = (1, 0, 0);
                }

                return Task.FromResult(new DoeOutcome(null, payload, TimeSpan.Zero, "Answered."));
            },
            (byte)random.Next(4), CancellationToken.None);

        Assert.InRange(exchanges, 1, 256);
        Assert.InRange(result.Features.Length, 0, exchanges);
        Assert.NotEmpty(result.Detail);
    });

    [Fact]
    public Task TryDecode_AnyBytes_NeverThrows() => FuzzLoop.RunAsync("Object", random =>
    {
        byte[] bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0 && bytes.Length >= 8)
        {
            new DoeHeader(DoeFeature.CmaSpdm, random.Next(2, 20)).Write(bytes);
        }

        bool decoded = DoeObject.TryDecode(bytes, out DoeHeader header, out ReadOnlySpan<byte> payload);

        Assert.True(!decoded || DoeObject.Encode(header.Feature, payload).AsSpan(8).SequenceEqual(bytes.AsSpan(8)));
    });
}
