using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Policy.Tests;

public sealed class SelectorTests
{
    private static readonly HostView Host = new()
    {
        Id = HostId.Parse("0190c0de0000700080000000000000a1"),
        Name = "node-7",
        State = "live",
        LastSeen = default,
        Joined = default,
        Kernel = "6.12.1",
        Lockdown = "none",
        Functions = 12,
        Labels = new Dictionary<string, string> { ["pool"] = "prod", ["rack"] = "r 9" },
    };

    private static readonly FunctionFacts Function = new()
    {
        Address = PciAddress.Parse("0000:01:00.0"),
        VendorId = "144d",
        DeviceId = "a824",
        ClassCode = "010802",
        VendorName = "Samsung Electronics Co Ltd",
        Driver = "nvme",
        ConfigSize = 4096,
        Capabilities = [new CapabilityFacts(0x70, 0x10, 2, false, "Express", 0x3c), new CapabilityFacts(0x150, 0x2e, 1, true, "DOE", 0x18)],
        Mailboxes = [new MailboxFacts { Offset = 0x150, Owner = "broker", OwnerReason = "free", State = "free", Features = ["0001:00", "0001:01"] }],
    };

    private static readonly FleetEvent Event = new()
    {
        Time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Kind = EventKinds.ContentionAccess,
        HostName = "node-7",
        Function = PciAddress.Parse("0000:01:00.0"),
        Caller = new Caller { Pid = 4711, Uid = 1000, Comm = "setpci", Exe = "/usr/bin/setpci", Unit = "ssh.service" },
        Operation = AccessOperation.Write,
        Offset = 0x340,
        Length = 4,
        Decision = Decision.WouldRefuse,
        Claim = new ClaimReference("broker", ClaimSource.Default, 0x338, 16),
        Detail = "setpci tried to write",
    };

    [Theory]
    [InlineData("setpci")]
    [InlineData("two words")]
    [InlineData("a*b?")]
    [InlineData("say \"hi\"")]
    [InlineData("ends with \\")]
    [InlineData("\\\" or kind:x")]
    [InlineData("(a) and: b")]
    public void Quote_AnyValue_IsOneTermOfThatValue(string value)
    {
        Assert.True(Selector.TryParse($"comm={Selector.Quote(value)}", out Selector? selector, out _));

        TermNode term = Assert.IsType<TermNode>(selector.Root);
        Assert.Equal(value, term.Value);
        Assert.False(term.IsGlob);
    }

    [Theory]
    [InlineData("comm=\"C:\\new\"", "C:\\new")] // A backslash before anything else is one.
    [InlineData("comm=\"a\\\\\"", "a\\")]
    public void TryParse_BackslashInQuotes_EscapesQuotesAndItselfAlone(string text, string value)
    {
        Assert.True(Selector.TryParse(text, out Selector? selector, out _));
        Assert.Equal(value, Assert.IsType<TermNode>(selector.Root).Value);
    }

    [Fact]
    public void TryParse_QuoteEscapedAtTheEnd_IsNotClosed() => Assert.False(Selector.TryParse("comm=\"a\\\"", out _, out _));

    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("label:pool=prod and not host:lab-*", true)]
    [InlineData("label.pool=prod", true)]
    [InlineData("label.pool!=prod", false)]
    [InlineData("label:pool", true)]
    [InlineData("label:rack=r", false)]
    [InlineData("label:\"rack=r 9\"", true)]
    [InlineData("host:NODE-?", true)]
    [InlineData("host:\"node-?\"", false)]
    [InlineData("host:0190c0de0000700080000000000000a1", true)]
    [InlineData("host:node", false)]
    [InlineData("node", true)]
    [InlineData("functions>=12 functions<13", true)]
    [InlineData("functions > 0xc", false)]
    [InlineData("kernel:6.* or state:silent", true)]
    [InlineData("state:silent or state:stale or name:node-7", true)]
    [InlineData("state:silent or state:live and host:other", false)]
    [InlineData("(state:silent or state:live) and host:node-7", true)]
    [InlineData("not (state:live)", false)]
    [InlineData("NOT state:silent AND state:live", true)]
    [InlineData("not not state:live", true)]
    [InlineData("label.none!=x", true)]
    public void Matches_Host_AsExpected(string text, bool expected) => Assert.Equal(expected, Parse(text).Matches(Selectables.Of(Host)));

    [Theory]
    [InlineData("vendor:144d and doe:\"0001:01\" and not driver:vfio-pci", true)]
    [InlineData("doe:0001:01", true)]
    [InlineData("doe:0001:02", false)]
    [InlineData("vendor:0x144d device:a8*", true)]
    [InlineData("class:0108", true)]
    [InlineData("class:01", true)]
    [InlineData("class:02*", false)]
    [InlineData("capability:pcie and capability:doe", true)]
    [InlineData("capability:0x2e", true)]
    [InlineData("0000:01:00.0", true)]
    [InlineData("address:0000:01:*", true)]
    [InlineData("samsung", true)]
    [InlineData("driver!=nvme", false)]
    public void Matches_Function_AsExpected(string text, bool expected) => Assert.Equal(expected, Parse(text).Matches(Selectables.Of(Function)));

    [Theory]
    [InlineData("kind:contention.* decision:would-refuse operation:write", true)]
    [InlineData("comm:setpci pid:4711 uid>=1000", true)]
    [InlineData("uid < 1000", false)]
    [InlineData("offset:0x340 offset>0x33f offset<=832", true)]
    [InlineData("holder:broker source:default unit:ssh.service", true)]
    [InlineData("container:*", false)]
    [InlineData("exe:/usr/bin/*", true)]
    [InlineData("exe=\"/usr/bin/setpci\"", true)]
    [InlineData("time>2026-03-01T11:59:00Z time<2026-03-02", true)]
    [InlineData("function:0000:01:00.0", true)]
    public void Matches_Event_AsExpected(string text, bool expected) => Assert.Equal(expected, Parse(text).Matches(Selectables.Of(Event)));

    [Theory]
    [InlineData("vendr:144d", 0, "vendr")]
    [InlineData("host:", 5, "the end")]
    [InlineData("(host:a", 7, "')'")]
    [InlineData("host:a )", 7, "')'")]
    [InlineData("host:a and", 10, "the end")]
    [InlineData("or host:a", 0, "expected a term")]
    [InlineData("host:\"a", 5, "not closed")]
    [InlineData("uid>abc", 4, "number")]
    [InlineData("host:a and (not)", 15, "')'")]
    public void TryParse_Broken_SaysWhereAndWhatWasExpected(string text, int position, string part)
    {
        Assert.False(Selector.TryParse(text, out Selector? selector, out SelectorError? error));
        Assert.Null(selector);
        Assert.Equal(position, error!.Value.Position);
        Assert.Contains(part, error.Value.Message, StringComparison.Ordinal);
        Assert.Contains("expected", error.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_FieldOfAnotherSort_ListsTheFieldsThereAre()
    {
        Assert.False(Selector.TryParse("host:a", Selectables.LocalFunctionFields, out _, out SelectorError? error));
        Assert.Contains("vendor, device, class", error!.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooLongTooDeepTooMany_IsRefused()
    {
        Assert.False(Selector.TryParse(new string('a', Selector.MaxLength + 1), out _, out _));
        Assert.False(Selector.TryParse(new string('(', 500) + "a" + new string(')', 500), out _, out _));
        Assert.False(Selector.TryParse(string.Concat(Enumerable.Repeat("not ", 400)) + "a", out _, out _));
        Assert.False(Selector.TryParse(string.Join(' ', Enumerable.Repeat("a", 300)), out _, out _));
    }

    [Fact]
    public void TryParse_RandomText_NeverThrowsAndAcceptedTextEvaluates()
    {
        const string alphabet = "ab:=!<>()\"*? .0x9-andornothosté\t\0";
        Random random = new(20260301);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Create(random.Next(40), random, (span, r) =>
            {
                for (int c = 0; c < span.Length; c++)
                {
                    span[c] = alphabet[r.Next(alphabet.Length)];
                }
            });
            if (Selector.TryParse(text, out Selector? selector, out SelectorError? error))
            {
                selector.Matches(Selectables.Of(Host));
            }
            else
            {
                Assert.InRange(error!.Value.Position, 0, text.Length);
            }
        }
    }

    [Fact]
    public void Fields_EveryDocumentedOne_IsKnown()
    {
        Assert.All(Selectables.HostFields, f => Assert.True(Selectables.Of(Host).Knows(f)));
        Assert.All(Selectables.LocalFunctionFields, f => Assert.True(Selectables.Of(Function).Knows(f)));
        Assert.All(Selectables.EventFields, f => Assert.True(Selectables.Of(Event).Knows(f)));
        Assert.False(Selectables.Of(Event).Knows("vendor"));
    }

    private static Selector Parse(string text)
    {
        Assert.True(Selector.TryParse(text, out Selector? selector, out SelectorError? error), error?.Message);
        return selector;
    }
}
