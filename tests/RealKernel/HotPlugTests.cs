using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>A function that is removed while a tool has its file open, and found again.</summary>
public sealed class HotPlugTests(Machines machines)
{
    private const string Function = "0000:11:00.0";

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Read_OfARemovedFunction_SaysThatItIsGone(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.Equal(1, step.Status("handle"));
        Assert.Contains("No such device", step.Errors("handle"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Inventory_WhenAFunctionGoesAndComes_FollowsTheKernel(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.DoesNotContain(step.Json<IReadOnlyList<FunctionFacts>>("functions-removed"), function => $"{function.Address}" is Function);
        // Back under its bind: a claim on it holds against plain setpci.
        Assert.Contains("Device or resource busy", step.Errors("refused-again"), StringComparison.Ordinal);
        string[] said = [.. step.Events("events").Where(e => e.Kind is EventKinds.InventoryChanged).Select(e => e.Detail!)];
        Assert.Contains(said, detail => detail.Contains($"{Function} is gone", StringComparison.Ordinal));
        Assert.Contains(said, detail => detail.Contains($"{Function} appeared", StringComparison.Ordinal));
    }
}
