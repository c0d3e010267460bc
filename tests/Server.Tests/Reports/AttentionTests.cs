using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Features.Overview;

namespace Fleet.Server.Tests.Reports;

public sealed class AttentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly HostId Host = HostId.Parse("0190c0de0000700080000000000000a1");

    [Fact]
    public void Contention_OneToolInManyPlaces_IsOneItemWhoseEventsAreFound()
    {
        ContentionRow[] hour = [.. Enumerable.Range(0, 200).Select(i => Row("odd \"tool\"", $"0000:{i:x2}:00.0", 3))];

        AttentionItem item = Assert.Single(ContentionAttention.Of(hour));

        Assert.Equal(("odd \"tool\"", "was refused 600 times at 200 functions on node-7"), (item.Subject, item.What));
        string filter = Uri.UnescapeDataString(item.Link["/events?q=".Length..]);
        Assert.True(Selector.TryParse(filter, out Selector? selector, out _), filter);
        Assert.True(selector.Matches(Selectables.Of(new FleetEvent
        {
            Time = Now,
            HostName = "node-7",
            Kind = EventKinds.ContentionAccess,
            Caller = new Caller { Pid = 1, Uid = 0, Comm = "odd \"tool\"" },
            Decision = Decision.Refuse,
        })));
    }

    [Fact]
    public void Contention_FewPlaces_AreEachAnItem()
    {
        ContentionRow[] hour = [.. Enumerable.Range(0, Attention.EachByItself).Select(i => Row("setpci", $"0000:{i:x2}:00.0", 1))];

        Assert.Equal(Attention.EachByItself, ContentionAttention.Of(hour).Count());
    }

    [Fact]
    public void Of_QuarantineBesideRefusedTools_IsFirstThoughItIsOlder()
    {
        ContentionRow[] hour = [.. Enumerable.Range(0, 60).Select(i => Row($"tool-{i}", "0000:01:00.0", 1))];

        IReadOnlyList<AttentionItem> items = Attention.Of([], hour, new Dictionary<HostId, long>(), AttestationAttention.Of([Failed(1)]), directory: null!, Now);

        Assert.Equal(61, items.Count);
        Assert.Equal("0000:01:00.0 on node-7", items[0].Subject);
        Assert.EndsWith("is in quarantine", items[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Attestation_ManyFailed_AreOneItemThatCountsThoseInQuarantine()
    {
        AttentionItem item = Assert.Single(AttestationAttention.Of([.. Enumerable.Range(1, 40).Select(Failed)]));

        Assert.Equal(("40 functions", "failed attestation; 40 of them are in quarantine"), (item.Subject, item.What));
        Assert.Equal("/attestation?q=state%3Afailed", item.Link);
    }

    private static ContentionRow Row(string comm, string function, long count) =>
        new(Now, Host, "node-7", EventKinds.ContentionAccess, function, comm, "refuse", "", "", count);

    private static AttestationView Failed(int device) => new()
    {
        Function = new FunctionId(Host, PciAddress.Parse($"0000:{device:x2}:00.0")),
        Host = Host,
        HostName = "node-7",
        Address = PciAddress.Parse($"0000:{device:x2}:00.0"),
        VendorId = "10de",
        DeviceId = "2330",
        State = AttestationState.Failed,
        Check = "measurements",
        Reason = "Measurement 0x02 is not known.",
        Since = Now.AddHours(-2),
        Quarantined = Now.AddHours(-2),
    };
}
