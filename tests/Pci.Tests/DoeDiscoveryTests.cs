using Fleet.Pci.Doe;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Pci.Tests;

public sealed class DoeDiscoveryTests
{
    private static readonly DoeFeature[] Features = [DoeFeature.Discovery, DoeFeature.CmaSpdm, DoeFeature.CxlTableAccess];

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Run_OneOrTwoPayloadDwords_FindsAll(int length)
    {
        DoeDiscoveryResult result = await RunAsync(index => Entry(Features[index], (byte)((index + 1) % 3), length));

        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(Features, result.Features);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task Run_OtherLength_IsAMismatch(int length)
    {
        Assert.Equal(DoeFailure.LengthMismatch, (await RunAsync(_ => new byte[length])).Failure);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    public async Task Run_CapabilityVersion_DecidesTheRequestedVersion(byte version, byte requested)
    {
        List<byte[]> requests = [];
        await DoeDiscovery.RunAsync((_, payload, _) => Answer(requests, payload, Entry(DoeFeature.Discovery, 0)), version, CancellationToken.None);

        Assert.Equal([[0, requested, 0, 0]], requests);
    }

    [Fact]
    public async Task Run_DeviceCycles_StopsAndKeepsWhatItFound()
    {
        DoeDiscoveryResult result = await RunAsync(index => Entry(Features[index], index == 2 ? (byte)1 : (byte)(index + 1)));

        Assert.Equal(DoeFailure.DiscoveryLoop, result.Failure);
        Assert.Equal(Features, result.Features);
    }

    [Fact]
    public async Task Run_EveryIndex_EndsAfter256()
    {
        int asked = 0;
        DoeDiscoveryResult result = await RunAsync(index =>
        {
            asked++;
            return Entry(index == 0 ? DoeFeature.Discovery : new DoeFeature(0x1234, (byte)index), (byte)(index + 1));
        });

        Assert.Equal((256, 256), (asked, result.Features.Length));
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task Run_InvalidIndexVendor_IsMalformed()
    {
        DoeDiscoveryResult result = await RunAsync(index => index == 0 ? Entry(DoeFeature.Discovery, 7) : Entry(new DoeFeature(0xffff, 0xff), 0));

        Assert.Equal(DoeFailure.Malformed, result.Failure);
        Assert.Equal([DoeFeature.Discovery], result.Features);
    }

    [Fact]
    public async Task Run_FirstEntryNotDiscovery_IsMalformed()
    {
        Assert.Equal(DoeFailure.Malformed, (await RunAsync(_ => Entry(DoeFeature.CmaSpdm, 0))).Failure);
    }

    [Fact]
    public async Task Run_ExchangeFails_PassesTheReasonOn()
    {
        DoeDiscoveryResult result = await DoeDiscovery.RunAsync(
            (_, _, _) => Task.FromResult(new DoeOutcome(DoeFailure.BusyAtEntry, [], TimeSpan.Zero, "It is busy.")), 2, CancellationToken.None);

        Assert.Equal(DoeFailure.BusyAtEntry, result.Failure);
        Assert.Contains("It is busy.", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OverARequester_WorksEndToEnd()
    {
        FakeTimeProvider time = new();
        DoeDevice device = new(time) { Respond = (_, payload) => Entry(Features[payload[0]], (byte)((payload[0] + 1) % 3)) };
        DoeRequester requester = new(device, 0x100, time);

        DoeDiscoveryResult result = await time.RunAsync(DoeDiscovery.RunAsync(requester.ExchangeAsync, 2, CancellationToken.None));

        Assert.Equal(Features, result.Features);
    }

    private static Task<DoeDiscoveryResult> RunAsync(Func<int, byte[]> answer) =>
        DoeDiscovery.RunAsync((_, payload, _) => Answer([], payload, answer(payload.Span[0])), 2, CancellationToken.None);

    private static Task<DoeOutcome> Answer(List<byte[]> requests, ReadOnlyMemory<byte> payload, byte[] answer)
    {
        requests.Add(payload.ToArray());
        return Task.FromResult(new DoeOutcome(null, answer, TimeSpan.Zero, ""));
    }

    private static byte[] Entry(DoeFeature feature, byte next, int length = 4)
    {
        byte[] bytes = new byte[length];
        BitConverter.TryWriteBytes(bytes, feature.Vendor);
        (bytes[2], bytes[3]) = (feature.Type, next);
        return bytes;
    }
}
