using Fleet.Agent.Fuse.Requests;

namespace Fleet.Agent.Tests.Fuse;

public sealed class SlotTableTests
{
    [Fact]
    public void Return_AfterTheTableIsDisposed_IsHarmless()
    {
        SlotTable table = SlotTable.Create();
        RequestSlot slot = table.Take()!;
        slot.Begin(unique: 2, thread: 1);

        table.Dispose();

        // A worker that leaves just then, or an access that was parked and ends: memory that is gone would kill the process here.
        slot.Finish(4);
        table.Return(slot);
        Assert.Equal(SlotState.Free, slot.State);
    }
}
