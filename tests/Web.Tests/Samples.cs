using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Web.Tests;

/// <summary>Small things to render.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 30, 12, 118, TimeSpan.Zero);
    public static readonly HostId Host = HostId.Parse("0193a7c2e07a7a10b2c3d4e5f6a7b8c9");
    public static readonly PciAddress Address = PciAddress.Parse("0000:41:00.0");

    public static FunctionView Function() => new()
    {
        Id = new FunctionId(Host, Address),
        Host = Host,
        HostName = "r12-n04",
        HostState = "live",
        Address = Address,
        VendorId = "144d",
        DeviceId = "a900",
        ClassCode = "010802",
        Revision = "01",
        VendorName = "Samsung Electronics Co Ltd",
        DeviceName = "PM9D3",
        Capabilities = [new CapabilityFacts(0x40, 1, 0, false, "Power Management", 8), new CapabilityFacts(0x100, 0x2e, 2, true, "Data Object Exchange", 0x18)],
        Mailboxes = [new MailboxFacts { Offset = 0x100, Owner = "broker", OwnerReason = "no kernel owner", State = "free" }],
    };

    public static FunctionDetail Detail() => new()
    {
        Function = Function(),
        ConfigSize = 4096,
        Config = [new ConfigRange(0, string.Concat(Enumerable.Repeat("00", 64))), new ConfigRange(0x100, "2e000212030000000200000001000000")],
        Decoded = [new DecodedCapability(0x100, "Data Object Exchange", 0x18, [])],
        ClaimsInForce = [Claim("b", 0x108, 0x10, ClaimSource.Default), Claim("a", 0x40, 8, ClaimSource.Local)],
        Heat = [new AccessHeat(0x108, 100, 20), new AccessHeat(0x40, 1, 0)],
    };

    public static ClaimView Claim(string id, int offset, int length, ClaimSource source, EnforcementMode mode = EnforcementMode.Enforce) =>
        new(Host, "r12-n04", new FunctionId(Host, Address), new ClaimFacts
        {
            Id = id,
            Function = Address,
            Offset = offset,
            Length = length,
            Holder = source is ClaimSource.Local ? "pm9flash 8841" : "broker",
            Source = source,
            Mode = mode,
            OnRead = ClaimAction.Allow,
            OnWrite = ClaimAction.Refuse,
            Since = Now,
        });

    public static FleetEvent Refused(long sequence = 1) => new()
    {
        Host = Host,
        HostName = "r12-n04",
        Epoch = 3,
        Sequence = sequence,
        Time = Now,
        Kind = EventKinds.ContentionAccess,
        Function = Address,
        Caller = new Caller { Pid = 9307, Uid = 0, LoginUid = 1000, Comm = "setpci", Exe = "/usr/bin/setpci" },
        Operation = AccessOperation.Write,
        Offset = 0x110,
        Length = 4,
        Decision = Decision.Refuse,
        Claim = new ClaimReference("broker", ClaimSource.Default, 0x108, 0x10),
        Count = 214,
    };
}
