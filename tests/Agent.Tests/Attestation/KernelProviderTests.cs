using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>What the kernel says is told, and is never more than unproven.</summary>
public sealed class KernelProviderTests
{
    [Theory]
    [InlineData(null, null, "no 'authenticated' attribute", "no security manager")]
    [InlineData("1", "", "says that it authenticated", "has not connected")]
    [InlineData("0", "tsm0", "did not authenticate", "'tsm0'")]
    [InlineData("maybe", "tsm0", "'maybe'", "'tsm0'")]
    public void Describe_WhatTheKernelKnows_IsSaidAndUnproven(string? authenticated, string? manager, params string[] said)
    {
        FunctionFacts facts = new()
        {
            Address = PciAddress.Parse("0000:01:00.0"),
            VendorId = "1b36",
            DeviceId = "0010",
            ClassCode = "010802",
            Authenticated = authenticated,
            SecurityManager = manager,
            Mailboxes = [new() { Offset = 0x100, Owner = "kernel", OwnerReason = "CONFIG_PCI_CMA is on.", State = "free" }],
        };

        string text = KernelProvider.Describe(facts, null);

        Assert.StartsWith("The mailbox at 0x100 belongs to 'kernel'", text, StringComparison.Ordinal);
        Assert.Contains("Unproven", text, StringComparison.Ordinal);
        Assert.All(said, words => Assert.Contains(words, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("144d:a801", "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=144d:SSID=a801")]
    [InlineData(null, "Vendor=1b36:Device=0010:CC=010802:REV=02")]
    public void Name_OfAFunction_IsThatOfItsCertificate(string? subsystem, string name) =>
        Assert.Equal(name, FunctionName.Of(new()
        {
            Address = default,
            VendorId = "1b36",
            DeviceId = "0010",
            ClassCode = "010802",
            Revision = "02",
            Subsystem = subsystem,
        }));
}
