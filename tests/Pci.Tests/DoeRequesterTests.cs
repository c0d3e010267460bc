using Fleet.Pci.Doe;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Pci.Tests;

public sealed class DoeRequesterTests
{
    private const int Offset = 0x100;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Exchange_SoundDevice_ReturnsThePayload()
    {
        DoeDevice device = new(_time);

        DoeOutcome outcome = await RunAsync(device, [1, 2, 3, 4, 5]);

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 0], outcome.Payload); // The padding is the device's copy of ours.
        Assert.InRange(outcome.Elapsed, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30));
        Assert.Equal(0, device.Aborts);
    }

    [Fact]
    public async Task Exchange_SoundDevice_KeepsControlBitsOfOthers()
    {
        DoeDevice device = new(_time) { ControlBits = 0xe };

        await RunAsync(device, []);

        Assert.Equal(0xeu, device.ControlBits);
    }

    [Fact]
    public async Task Exchange_AttentionBitSet_IsNotBusy()
    {
        // Sound idle drives show status 0x10; "not zero" would reject them for ever.
        Assert.True((await RunAsync(new DoeDevice(_time) { StatusExtra = 0x1a }, [])).Succeeded);
    }

    [Fact]
    public async Task Exchange_EmptyResponse_IsTwoDwords()
    {
        DoeDevice device = new(_time);

        DoeOutcome outcome = await RunAsync(device, []);

        Assert.True(outcome.Succeeded);
        Assert.Empty(outcome.Payload);
        Assert.Equal(2, device.DwordsAcknowledged);
    }

    [Fact]
    public async Task Exchange_BusyForAWhile_Waits()
    {
        DoeDevice device = new(_time) { BusyUntil = _time.GetUtcNow().AddMilliseconds(900) };

        Assert.True((await RunAsync(device, [])).Succeeded);
        Assert.Equal(0, device.Aborts);
    }

    [Fact]
    public async Task Exchange_BusyForever_ReportsAndTouchesNothing()
    {
        DoeDevice device = new(_time) { Faults = DoeFault.BusyForever };

        DoeOutcome outcome = await RunAsync(device, [1]);

        Assert.Equal(DoeFailure.BusyAtEntry, outcome.Failure);
        Assert.InRange(outcome.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1020));
        Assert.Equal((0, 0), (device.Aborts, device.DwordsWritten));
    }

    [Fact]
    public async Task Exchange_UnreadResponseAtEntry_ReportsAndTouchesNothing()
    {
        DoeDevice device = new(_time);
        device.LeaveResponse(DoeFeature.CmaSpdm, [1, 2, 3, 4]);

        DoeOutcome outcome = await RunAsync(device, [1]);

        Assert.Equal(DoeFailure.UnreadResponse, outcome.Failure);
        Assert.Equal((0, 0, 0), (device.Aborts, device.DwordsWritten, device.DwordsAcknowledged));
    }

    [Fact]
    public async Task Exchange_UnreadResponseWithError_IsNotAborted()
    {
        DoeDevice device = new(_time) { Error = true };
        device.LeaveResponse(DoeFeature.CmaSpdm, [1, 2, 3, 4]);

        Assert.Equal(DoeFailure.UnreadResponse, (await RunAsync(device, [1])).Failure);
        Assert.Equal(0, device.Aborts);
    }

    [Fact]
    public async Task Exchange_ErrorAtEntry_AbortsOnceAndGoesOn()
    {
        DoeDevice device = new(_time) { Error = true, AbortDelay = TimeSpan.FromMilliseconds(900) };

        Assert.True((await RunAsync(device, [1])).Succeeded);
        Assert.Equal(1, device.Aborts);
    }

    [Theory]
    [InlineData(DoeFault.SilentDiscard, DoeFailure.Timeout)]
    [InlineData(DoeFault.ErrorOnGo, DoeFailure.ErrorLatched)]
    [InlineData(DoeFault.DropReady, DoeFailure.Underflow)]
    [InlineData(DoeFault.ForeignResponse, DoeFailure.ForeignResponse)]
    public async Task Exchange_OwnFailure_IsNamedAndAborted(DoeFault fault, DoeFailure failure)
    {
        DoeDevice device = new(_time) { Faults = fault };

        DoeOutcome outcome = await RunAsync(device, new byte[32]);

        Assert.Equal(failure, outcome.Failure);
        Assert.Empty(outcome.Payload);
        Assert.Equal(1, device.Aborts);
    }

    [Fact]
    public async Task Exchange_AfterOwnFailure_WorksAgain()
    {
        DoeDevice device = new(_time) { Faults = DoeFault.SilentDiscard };
        DoeRequester requester = new(device, Offset, _time);
        await RunAsync(requester, [1]);
        device.Faults = DoeFault.None;

        Assert.True((await RunAsync(requester, [1])).Succeeded);
    }

    [Fact]
    public async Task Exchange_ForeignResponse_IsNotAcknowledged()
    {
        DoeDevice device = new(_time) { Faults = DoeFault.ForeignResponse };

        await RunAsync(device, [1]);

        Assert.Equal(0, device.DwordsAcknowledged);
    }

    [Theory]
    [InlineData(DoeFault.VanishAtGo)]
    [InlineData(DoeFault.VanishInResponse)]
    public async Task Exchange_FunctionVanishes_IsGoneWithoutWaiting(DoeFault fault)
    {
        DoeDevice device = new(_time) { Faults = fault };

        DoeOutcome outcome = await RunAsync(device, new byte[32]);

        Assert.Equal(DoeFailure.Gone, outcome.Failure);
        Assert.True(outcome.Elapsed < TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, device.Aborts);
    }

    [Fact]
    public async Task Exchange_DeadAbort_QuarantinesUntilAnAbortSucceeds()
    {
        DoeDevice device = new(_time) { Faults = DoeFault.SilentDiscard | DoeFault.DeadAbort };
        DoeRequester requester = new(device, Offset, _time);

        DoeOutcome first = await RunAsync(requester, [1]);
        int written = device.DwordsWritten;
        DoeOutcome second = await RunAsync(requester, [1]);

        Assert.Equal((DoeFailure.AbortFailed, DoeFailure.Quarantined), (first.Failure, second.Failure));
        Assert.Contains("did not respond", first.Detail, StringComparison.Ordinal);
        Assert.Equal(written, device.DwordsWritten);
        Assert.True(requester.Quarantined);

        device.Faults = DoeFault.None;
        Assert.True((await _time.RunAsync(requester.AbortAsync(CancellationToken.None))).Succeeded);
        Assert.True((await RunAsync(requester, [1])).Succeeded);
    }

    [Fact]
    public async Task Exchange_ReadOnlySpace_SaysSo()
    {
        DoeOutcome outcome = await RunAsync(new DoeDevice(_time) { Faults = DoeFault.ReadOnly }, [1]);

        Assert.Equal(DoeFailure.ReadOnly, outcome.Failure);
    }

    [Fact]
    public async Task Exchange_ErrorAtEntryOfReadOnlySpace_IsNotAQuarantine()
    {
        DoeRequester requester = new(new DoeDevice(_time) { Faults = DoeFault.ReadOnly, Error = true }, Offset, _time);

        Assert.Equal(DoeFailure.ReadOnly, (await RunAsync(requester, [1])).Failure);
        Assert.False(requester.Quarantined);
    }

    [Theory]
    [InlineData(0x0001_0001u, DoeFailure.NotAMailbox)]
    [InlineData(0x0000_0000u, DoeFailure.NotAMailbox)]
    [InlineData(0xffff_ffffu, DoeFailure.Gone)]
    public async Task Exchange_CapabilityMoved_TouchesNothing(uint header, DoeFailure failure)
    {
        DoeDevice device = new(_time) { Header = header };

        Assert.Equal(failure, (await RunAsync(device, [1])).Failure);
        Assert.Equal(0, device.DwordsWritten);
    }

    [Theory]
    [InlineData(0xfec)]
    [InlineData(0x102)]
    [InlineData(0x40)]
    [InlineData(-4)]
    public async Task Exchange_OffsetWhereNoMailboxFits_IsRefused(int offset)
    {
        DoeRequester requester = new(new DoeDevice(_time), offset, _time);

        Assert.Equal(DoeFailure.NotAMailbox, (await RunAsync(requester, [1])).Failure);
    }

    [Theory]
    [InlineData(0u, DoeFailure.TooLong)] // 0 encodes 2^18 dwords.
    [InlineData(1u, DoeFailure.LengthMismatch)]
    [InlineData(0x3_ffffu, DoeFailure.TooLong)]
    [InlineData(20u, DoeFailure.Underflow)]
    public async Task Exchange_LyingLength_IsBoundedAndAborted(uint length, DoeFailure failure)
    {
        DoeDevice device = new(_time) { Tamper = dwords => dwords[1] = length };

        Assert.Equal(failure, (await RunAsync(device, new byte[16])).Failure);
        Assert.Equal(1, device.Aborts);
    }

    [Fact]
    public async Task Exchange_ReservedBitsSet_AreIgnored()
    {
        DoeDevice device = new(_time) { Tamper = dwords => (dwords[0], dwords[1]) = (dwords[0] | 0xab00_0000, dwords[1] | 0xfffc_0000) };

        Assert.True((await RunAsync(device, new byte[16])).Succeeded);
    }

    [Fact]
    public async Task Exchange_MoreDataBehindTheResponse_IsLeftAlone()
    {
        DoeDevice device = new(_time) { Tamper = dwords => dwords.AddRange([0x2_0001, 2]) };

        DoeOutcome outcome = await RunAsync(device, new byte[8]);

        Assert.True(outcome.Succeeded);
        Assert.Contains("More data", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal((4, 0), (device.DwordsAcknowledged, device.Aborts));
    }

    [Fact]
    public async Task Exchange_AfterAnOwnResponseWithMoreBehind_DropsTheRestAndGoesOn()
    {
        DoeDevice device = new(_time) { Tamper = dwords => dwords.AddRange([0x2_0001, 2]) };
        DoeRequester requester = new(device, Offset, _time);
        await RunAsync(requester, new byte[8]);

        DoeOutcome second = await RunAsync(requester, new byte[8]);

        Assert.True(second.Succeeded, second.Detail);
        Assert.Equal(1, device.Aborts);
    }

    [Fact]
    public async Task Exchange_InABurst_CostsWhatTheProtocolDoes()
    {
        CountingSpace device = new(new DoeDevice(_time), Offset + DoeRegisters.Status);
        DoeRequester requester = new(device, Offset, _time);
        await _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[12], CancellationToken.None));
        Assert.Equal(Minimum(5, 5) + 2, device.Cycles); // The header and Control, once.

        for (int i = 0; i < 10; i++)
        {
            device.Cycles = 0;
            DoeOutcome outcome = await _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[12], CancellationToken.None));
            Assert.True(outcome.Succeeded);
            Assert.Equal(Minimum(5, 5), device.Cycles);
        }

        _time.Advance(TimeSpan.FromMilliseconds(100));
        device.Cycles = 0;
        await _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[12], CancellationToken.None));
        Assert.Equal(Minimum(5, 5) + 2, device.Cycles);

        // Each dword out, Go; each dword in read and acknowledged.
        static int Minimum(int request, int response) => request + 1 + (2 * response);
    }

    [Fact]
    public async Task Exchange_Waiting_LooksAfter50MicrosecondsThenTwiceAsLongUpToAMillisecond()
    {
        List<TimeSpan> looks = [];
        DoeDevice device = new(_time) { ResponseDelay = TimeSpan.FromMilliseconds(5) };
        long start = _time.GetTimestamp();
        CountingSpace space = new(device, Offset + DoeRegisters.Status) { Polled = () => looks.Add(_time.GetElapsedTime(start)) };
        Task<DoeOutcome> exchange = new DoeRequester(space, Offset, _time).ExchangeAsync(DoeFeature.CmaSpdm, new byte[4], CancellationToken.None);
        while (!exchange.IsCompleted)
        {
            int before = looks.Count;
            _time.Advance(TimeSpan.FromMicroseconds(50));
            await WaitFor.TrueAsync(() => looks.Count > before || exchange.IsCompleted || !IsDue(before));
        }

        TimeSpan[] waits = [.. looks.Skip(1).Zip(looks.Skip(2), (one, next) => next - one).Where(w => w > TimeSpan.Zero)];
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000, 1000, 1000], waits.Select(w => w.TotalMicroseconds));

        // Sums of the waits: at these times after Go a look is due.
        bool IsDue(int looked) => looked >= 2 && new[] { 50, 150, 350, 750, 1550, 2550, 3550, 4550, 5550 }.Contains((int)_time.GetElapsedTime(start).TotalMicroseconds);
    }

    [Fact]
    public async Task Exchange_RequestOverTheLimit_IsRefused()
    {
        DoeDevice device = new(_time);
        DoeRequester requester = new(device, Offset, _time) { MaximumObjectDwords = 8 };

        Assert.Equal(DoeFailure.TooLong, (await RunAsync(requester, new byte[25])).Failure);
        Assert.Equal(0, device.DwordsWritten);
        Assert.True((await RunAsync(requester, new byte[24])).Succeeded);
    }

    [Fact]
    public async Task Exchange_CancelledInFlight_AbortsOwnRequest()
    {
        DoeDevice device = new(_time) { ResponseDelay = TimeSpan.FromMilliseconds(500) };
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100), _time);
        DoeRequester requester = new(device, Offset, _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[4], stop.Token)));

        Assert.Equal(1, device.Aborts);
        Assert.True((await RunAsync(requester, [1])).Succeeded);
    }

    [Fact]
    public async Task Exchange_CancelledWhileBusy_AbortsNothing()
    {
        DoeDevice device = new(_time) { Faults = DoeFault.BusyForever };
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100), _time);
        DoeRequester requester = new(device, Offset, _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[4], stop.Token)));

        Assert.Equal(0, device.Aborts);
    }

    [Fact]
    public async Task Exchange_WhileOneIsInProgress_Throws()
    {
        DoeRequester requester = new(new DoeDevice(_time), Offset, _time);
        Task<DoeOutcome> first = requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[4], CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[4], CancellationToken.None));
        Assert.True((await _time.RunAsync(first)).Succeeded);
    }

    private Task<DoeOutcome> RunAsync(DoeDevice device, byte[] payload) => RunAsync(new DoeRequester(device, Offset, _time), payload);

    private Task<DoeOutcome> RunAsync(DoeRequester requester, byte[] payload) =>
        _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, payload, CancellationToken.None));
}
