using System.Text.Json.Serialization;

namespace Fleet.Pci.Cxl;

/// <summary>What the entries of a latency and bandwidth structure measure (as in ACPI's HMAT).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CdatPerformance>))]
public enum CdatPerformance : byte
{
    /// <summary>Latency of reads and writes alike, picoseconds.</summary>
    [JsonStringEnumMemberName("access-latency")]
    AccessLatency = 0,

    /// <summary>Latency of reads, picoseconds.</summary>
    [JsonStringEnumMemberName("read-latency")]
    ReadLatency = 1,

    /// <summary>Latency of writes, picoseconds.</summary>
    [JsonStringEnumMemberName("write-latency")]
    WriteLatency = 2,

    /// <summary>Bandwidth of reads and writes alike, megabytes a second.</summary>
    [JsonStringEnumMemberName("access-bandwidth")]
    AccessBandwidth = 3,

    /// <summary>Bandwidth of reads, megabytes a second.</summary>
    [JsonStringEnumMemberName("read-bandwidth")]
    ReadBandwidth = 4,

    /// <summary>Bandwidth of writes, megabytes a second.</summary>
    [JsonStringEnumMemberName("write-bandwidth")]
    WriteBandwidth = 5,
}
