using System.Buffers.Binary;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Fuzzing.Mailboxes;
using Fleet.Pci.Doe;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Fuzz.Tests.Pci;

/// <summary>
/// Tools that write anything into registers of their own, over a device that lies: nothing throws, everything ends, and what a tool
/// finds in its window is a whole object of the feature it asked for, exactly as it was read from the device.
/// </summary>
public sealed class VirtualMailboxFuzzTests : IDisposable
{
    private const int Steps = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virtual-fuzz-");
    private int _case;
    private int _answered;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Registers_AnyTraceOverAnyDevice_PassOnNothingButWholeResponses()
    {
        await FuzzLoop.RunAsync("Virtual", Run);

        // A generator that never gets an answer finds nothing for the wrong reason.
        Assert.True(_answered > 50 || Environment.GetEnvironmentVariable("FUZZ_SEED") is not null, $"only {_answered} exchanges were answered");
    }

    private void Run(Random random)
    {
        FakeTimeProvider time = new();
        LyingMailbox device = new(MailboxCase.Make(random.Next()), time);
        string journal = Path.Combine(_directory.FullName, $"{_case++ % 8}");
        using HostBroker broker = new(new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = journal, JournalCells = 64, RecordedBundles = 2 }, new Sink(), time);
        broker.Attach(device, new FunctionFacts
        {
            Address = device.Address,
            VendorId = "1af4",
            DeviceId = "1100",
            ClassCode = "010802",
            ConfigSize = device.Size,
            Mailboxes = [new MailboxFacts { Offset = LyingMailbox.Offset, Owner = "broker", OwnerReason = "A test.", State = "free" }],
        });
        Tool[] tools = [.. Enumerable.Range(1, 3).Select(n => new Tool(broker, broker.Functions[0], time, device, random, n))];
        for (int step = 0; step < Steps; step++)
        {
            tools[random.Next(tools.Length)].Step();
            if (random.Next(20) is 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(random.Next(6000)));
                broker.Expire(_ => random.Next(10) is 0);
            }
        }

        _answered += tools.Sum(t => t.Answered);
    }

    private sealed class Sink : IEventSink
    {
        public void Publish(FleetEvent fleetEvent) => Assert.NotEmpty(fleetEvent.Detail!);
    }

    private sealed class Tool(HostBroker broker, BrokeredFunction function, FakeTimeProvider time, LyingMailbox device, Random random, int number)
    {
        private static readonly int[] Registers = [DoeRegisters.Control, DoeRegisters.Status, DoeRegisters.WriteData, DoeRegisters.ReadData];

        private readonly Caller _caller = new() { Pid = number, StartTime = 1, Comm = "tool" };
        private uint _feature;

        public int Answered { get; private set; }

        public void Step()
        {
            switch (random.Next(8))
            {
                case 0:
                    byte[] odd = new byte[random.Next(1, 12)];
                    int offset = LyingMailbox.Offset + random.Next(8, 0x18);
                    bool whole = odd.Length is 4 && offset % 4 is 0;
                    AccessResult refused = broker.Write(function, offset, odd, _caller);
                    Assert.True(whole || refused.Status is AccessStatus.Refused, $"{odd.Length} bytes at {offset:x} ended as {refused.Status}");
                    Settle(refused);
                    break;
                case 1:
                    Settle(Write(Registers[random.Next(4)], (uint)random.Next()));
                    break;
                case 2:
                    Settle(Write(DoeRegisters.Control, DoeRegisters.ControlAbort));
                    Assert.Equal(0u, Read(DoeRegisters.Status) & (DoeRegisters.StatusReady | DoeRegisters.StatusError));
                    break;
                default:
                    Exchange();
                    break;
            }
        }

        private void Exchange()
        {
            Settle(Write(DoeRegisters.Control, DoeRegisters.ControlAbort));
            _feature = random.Next(3) is 0 ? DoeFeature.CxlTableAccess.Vendor | 0x2_0000u : DoeFeature.CmaSpdm.Vendor | 0x1_0000u;
            uint[] payload = new uint[random.Next(20)];
            int count = payload.Length + 2 + (random.Next(8) is 0 ? 1 : 0);
            foreach (uint dword in (uint[])[_feature, (uint)count, .. payload])
            {
                Settle(Write(DoeRegisters.WriteData, dword));
            }

            int writes = device.Writes;
            AccessResult go = Settle(Write(DoeRegisters.Control, DoeRegisters.ControlGo));
            Wait(() => (Read(DoeRegisters.Status) & DoeRegisters.StatusBusy) is 0);
            uint status = Read(DoeRegisters.Status);
            bool discarded = count != payload.Length + 2;
            Assert.True(!discarded || (status is 0 && device.Writes == writes), "an object of the wrong length reached the device or gave a sign");
            if ((status & DoeRegisters.StatusReady) is 0)
            {
                return;
            }

            Assert.Equal(AccessStatus.Done, go.Status);
            List<uint> window = [];
            while ((Read(DoeRegisters.Status) & DoeRegisters.StatusReady) is not 0)
            {
                window.Add(Read(DoeRegisters.ReadData));
                Settle(Write(DoeRegisters.ReadData, 0));
                Assert.InRange(window.Count, 1, 1 << 14);
            }

            Assert.Equal(_feature, window[0]);
            Assert.Equal(window.Count, (int)(window[1] & 0x3_ffff));
            Answered++;
            // As read, but for the bits of the header that are reserved.
            Assert.Equal(device.Taken.Count, window.Count);
            Assert.Equal(_feature, device.Taken[0] & 0xff_ffff);
            Assert.Equal(device.Taken[2..], window[2..]);
        }

        private uint Read(int register)
        {
            byte[] bytes = new byte[4];
            AccessResult result = broker.Read(function, LyingMailbox.Offset + register, bytes, _caller);
            return result.Status is AccessStatus.Done ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        }

        private AccessResult Write(int register, uint value)
        {
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            return broker.Write(function, LyingMailbox.Offset + register, bytes, _caller);
        }

        private AccessResult Settle(AccessResult result)
        {
            if (result.Parked is { } parked)
            {
                Wait(() => parked.IsCompleted);
                return parked.Result;
            }

            return result;
        }

        private void Wait(Func<bool> over)
        {
            DateTimeOffset end = time.GetUtcNow() + Longest;
            while (!over())
            {
                Assert.True(time.GetUtcNow() < end, "it did not end");
                time.Advance(TimeSpan.FromMilliseconds(1));
            }
        }
    }
}
