using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Broker.Tests.Mailboxes;

/// <summary>A mailbox in quarantine stays there, whatever happens to agent and function, until somebody releases it with a reason.</summary>
public sealed class QuarantineTests : IDisposable
{
    private static readonly byte[] Payload = [0, 0, 0, 0];

    private readonly DoeFunction _device = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("quarantine-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Book => Path.Combine(_directory.FullName, "quarantine");

    [Fact]
    public async Task Quarantine_AgentStartedAgain_HoldsUntilTheRelease()
    {
        using (Rig first = new(quarantine: Book))
        {
            first.Attach(_device);
            first.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up.");
        }

        using (Rig second = new(quarantine: Book))
        {
            second.Attach(_device);
            Assert.Equal("quarantined", Assert.Single(second.Broker.Mailboxes(_device.Address)).State);
            Assert.Contains("is quarantined still: the kernel gave it up.", Assert.Single(second.Of(EventKinds.MailboxState)).Detail, StringComparison.Ordinal);
            Assert.Equal(DoeFailure.Quarantined, (await ExchangeAsync(second)).Failure);
            Assert.Equal(0, _device.Exchanges);
            Assert.True((await Run(second, second.Broker.ReleaseQuarantineAsync(_device.Address, DoeFunction.Offset, Rig.Root, "card was reset", Ct))).Succeeded);
            Assert.True((await ExchangeAsync(second)).Succeeded);
        }

        using Rig third = new(quarantine: Book);
        third.Attach(_device);
        Assert.True((await ExchangeAsync(third)).Succeeded);
    }

    [Fact]
    public async Task Quarantine_AbortThatFailed_IsWrittenDown()
    {
        using (Rig first = new(quarantine: Book))
        {
            first.Attach(_device);
            _device.Mute = _device.Stuck = true;
            Assert.False((await ExchangeAsync(first)).Succeeded);
        }

        _device.Mute = _device.Stuck = false;
        using Rig second = new(quarantine: Book);
        second.Attach(_device);
        Assert.Equal(DoeFailure.Quarantined, (await ExchangeAsync(second)).Failure);
    }

    [Fact]
    public async Task Quarantine_FunctionRemovedAndFoundAgain_Holds()
    {
        using Rig rig = new();
        rig.Attach(_device);
        rig.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up.");

        rig.Broker.Detach(_device.Address);
        rig.Attach(_device);

        Assert.Equal(DoeFailure.Quarantined, (await ExchangeAsync(rig)).Failure);
    }

    [Fact]
    public async Task Quarantine_OfAFunctionNotYetThere_HoldsWhenItComes()
    {
        using Rig rig = new();
        rig.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up.");
        rig.Broker.Quarantine(_device.Address, 0x400, "another of it.");

        rig.Attach(_device);

        Assert.Equal(DoeFailure.Quarantined, (await ExchangeAsync(rig)).Failure);
    }

    [Fact]
    public void Quarantine_SaidTwice_IsToldOnce()
    {
        using Rig rig = new();
        rig.Attach(_device);

        rig.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up.");
        rig.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up again.");

        Assert.Single(rig.Of(EventKinds.MailboxState));
    }

    [Fact]
    public void Quarantine_ThatCannotBeWrittenDown_HoldsAndSaysSo()
    {
        using Rig rig = new(quarantine: Path.Combine(_directory.FullName, "missing", "quarantine"));
        rig.Attach(_device);

        rig.Broker.Quarantine(_device.Address, DoeFunction.Offset, "the kernel gave it up.");

        Assert.Equal("quarantined", Assert.Single(rig.Broker.Mailboxes(_device.Address)).State);
        Assert.Contains("could not be written down", rig.Of(EventKinds.MailboxState)[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Book_LinesThatNameNoMailbox_AreSaidAndTheOthersKept()
    {
        File.WriteAllText(Book, $"{_device.Address} {DoeFunction.Offset:x} an abort failed.\nnonsense\n");

        QuarantineBook book = new(Book);

        Assert.Equal("an abort failed.", book.Find(_device.Address, DoeFunction.Offset));
        Assert.Contains("nonsense", book.Problem, StringComparison.Ordinal);
        using Rig rig = new(quarantine: Book);
        Assert.Contains("names no mailbox", Assert.Single(rig.Of(EventKinds.AgentLoss)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Book_AnyBytes_AreReadWithoutFailure()
    {
        Random random = new(5);
        byte[] sound = "0000:01:00.0 150 an abort failed.\n0000:02:00.0 190 the kernel gave it up.\n"u8.ToArray();
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = [.. sound];
            for (int flips = random.Next(8); flips >= 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(Book, bytes);
            _ = new QuarantineBook(Book).Find(PciAddress.Parse("0000:01:00.0"), 0x150);
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<DoeOutcome> ExchangeAsync(Rig rig) =>
        Run(rig, rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, DoeFeature.CxlTableAccess, Payload, Rig.Tool, Ct));

    private static async Task<DoeOutcome> Run(Rig rig, Task<DoeOutcome> exchange)
    {
        await WaitFor.TrueAsync(() =>
        {
            if (!exchange.IsCompleted)
            {
                rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            }

            return exchange.IsCompleted;
        });
        return await exchange;
    }
}
