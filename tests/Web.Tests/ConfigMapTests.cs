using Fleet.Contracts;
using Fleet.Web.Pages.Functions;

namespace Fleet.Web.Tests;

public sealed class ConfigMapTests
{
    private static readonly ConfigMap Map = ConfigMap.Of(Samples.Detail());

    [Fact]
    public void IsKnown_DwordInNoRange_IsFalse()
    {
        Assert.True(Map.IsKnown(0x3c / 4));
        Assert.False(Map.IsKnown(0x40 / 4));
        Assert.True(Map.IsKnown(0x10c / 4));
        Assert.False(Map.IsKnown(0x110 / 4));
        Assert.False(Map.IsKnown(-1));
        Assert.False(Map.IsKnown(1024));
    }

    [Fact]
    public void ValueAt_LittleEndianBytes_ReadsAsARegister()
    {
        Assert.Equal("1202002e", Map.ValueAt(0x100 / 4));
        Assert.Null(Map.ValueAt(0x110 / 4));
    }

    [Fact]
    public void Cells_RegionReadInPart_PartsItsDwords()
    {
        MapRegion doe = Map.RegionAt(0x108 / 4)!;

        Assert.Equal("Data Object Exchange", doe.Name);
        Assert.Equal(4, Count(Map.Cells(doe, known: true)));
        Assert.Equal(2, Count(Map.Cells(doe, known: false)));
        Assert.Equal(0, Count(Map.Cells(null, known: true)));
        Assert.Equal(1024 - 16 - 2 - 6, Count(Map.Cells(null, known: false)));
    }

    [Fact]
    public void Of_HostileRangesAndLengths_StayInside()
    {
        FunctionDetail detail = Samples.Detail() with
        {
            ConfigSize = 1 << 30,
            Config = [new ConfigRange(-8, "00112233445566778899aabb"), new ConfigRange(4092, "0011223344556677"), new ConfigRange(8, "001")],
            Function = Samples.Function() with { Capabilities = [new CapabilityFacts(0xffc, 1, 0, true, "x", 70000)] },
        };

        ConfigMap map = ConfigMap.Of(detail);

        Assert.Equal(1024, map.Dwords);
        Assert.True(map.IsKnown(1023));
        Assert.Equal("x", map.RegionAt(1023)?.Name);
    }

    [Fact]
    public void Claims_ByOffset_GetTheirLetters()
    {
        Assert.Equal(["A 040", "B 108"], Map.Claims.Select(c => $"{c.Key} {c.View.Claim.Offset:x3}"));
        Assert.Equal(["local", "default"], Map.Claims.Select(c => c.Kind));
        Assert.Equal("B", Assert.Single(Map.ClaimsAt(0x114 / 4)).Key);
        Assert.Empty(Map.ClaimsAt(0x118 / 4));
    }

    [Fact]
    public void Claims_SameRegion_StandSideBySide()
    {
        ConfigMap map = ConfigMap.Of(Samples.Detail() with
        {
            ClaimsInForce = [Samples.Claim("a", 0x108, 0x10, ClaimSource.Default), Samples.Claim("b", 0x108, 0x10, ClaimSource.Policy), Samples.Claim("c", 0x40, 4, ClaimSource.Policy)],
        });

        Assert.Equal([("A", 0), ("B", 0), ("C", 1)], map.Claims.Select(c => (c.Key, c.Slot)));
    }

    [Fact]
    public void Kind_ShadowMode_WinsOverTheSource() =>
        Assert.Equal("shadow", new MapClaim("A", Samples.Claim("x", 0, 4, ClaimSource.Default, EnforcementMode.Shadow)).Kind);

    [Theory]
    [InlineData(0x40, 8, "M256 0H288V27H256z")]
    [InlineData(0xf8, 0x10, "M1024 0H992V27H1024M0 27H32V54H0")]
    [InlineData(0x80, 0x200, "M512 0H1024V54H512V81H0V27H512z")]
    public void Outline_RowsOfTheRegion_AreOneShape(int offset, int length, string path) =>
        Assert.Equal(path, new MapClaim("A", Samples.Claim("x", offset, length, ClaimSource.Policy)).Outline());

    [Fact]
    public void Dots_Accesses_AreThreeMagnitudes() => Assert.Equal([1, 3], Map.Dots().Select(d => d.Level));

    [Fact]
    public void HeatOf_Region_SumsItsDwords() => Assert.Equal((100, 20), Map.HeatOf(Map.RegionAt(0x104 / 4)!));

    [Theory]
    [InlineData(0, "ArrowRight", 1)]
    [InlineData(0, "ArrowLeft", 0)]
    [InlineData(70, "ArrowUp", 6)]
    [InlineData(1000, "ArrowDown", 1000)]
    [InlineData(70, "Home", 64)]
    [InlineData(70, "End", 127)]
    [InlineData(0, "PageDown", 16)]
    [InlineData(64, "PageUp", 16)]
    [InlineData(64, "PageDown", 64)]
    [InlineData(5, "x", 5)]
    public void Move_Key_StaysInTheMap(int from, string key, int to) => Assert.Equal(to, MapCursor.Move(Map, from, key));

    private static int Count(string path) => path.Count(c => c is 'M');
}
