using System.Buffers.Binary;
using System.Collections.Immutable;
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>What a simulated responder is and can do.</summary>
internal sealed record ResponderOptions
{
    /// <summary>CERT, CHAL, signed MEAS, MEAS_FRESH, CHUNK and, from 1.3 on, MEL; flags of sessions come with <see cref="Sessions"/>.</summary>
    public const uint DefaultFlags = 0x0102_0036;

    private const uint SessionFlags = (1u << 6) | (1u << 7) | (1u << 9) | (1u << 15);

    public required ImmutableArray<SlotCredential> Credentials { get; init; }

    public ImmutableArray<SpdmVersion> Versions { get; init; } = [.. Enum.GetValues<SpdmVersion>()];

    public uint Flags { get; init; } = DefaultFlags;

    /// <summary>Whether KEY_EXCHANGE is there.</summary>
    public bool Sessions { get; init; }

    /// <summary>BaseHash bits, the best one last.</summary>
    public uint Hashes { get; init; } = SpdmAlgorithms.Hashes;

    /// <summary>MeasurementHash, one bit; 1 is raw values only.</summary>
    public uint MeasurementHash { get; init; } = 2;

    public byte TimeoutExponent { get; init; } = 12;

    public uint DataTransferSize { get; init; } = 0x1200;

    public uint MaxMessageSize { get; init; } = 0x28000;

    public ImmutableArray<DeviceMeasurement> Measurements { get; init; } = DefaultMeasurements(7);

    /// <summary>The measurement extension log: what each entry extends, of which type, with what.</summary>
    public ImmutableArray<(byte Index, byte Type, byte[] Data)> Log { get; init; } = [(0x11, 1, [.. "boot loader"u8]), (0x11, 1, [.. "main firmware"u8])];

    /// <summary>Opaque data of answers that may have some; from 1.2 on only where a format was negotiated.</summary>
    public ReadOnlyMemory<byte> Opaque { get; init; }

    public IReadOnlySet<ResponderFault> Faults { get; init; } = new HashSet<ResponderFault>();

    /// <summary>What of the flags a version knows; without chunking the largest message is the transfer size.</summary>
    public uint FlagsOf(SpdmVersion version)
    {
        uint flags = Flags | (Sessions ? SessionFlags : 0);
        flags = Faults.Contains(ResponderFault.Unsigned) ? (flags & ~(3u << 3)) | (1u << 3) : flags;
        return flags & version switch
        {
            SpdmVersion.V10 => 0x0000_003F,
            SpdmVersion.V11 => 0x0001_FFFF,
            SpdmVersion.V12 => 0x001F_FFFF,
            SpdmVersion.V13 => 0x3FFF_FFFF,
            _ => 0xFFFF_FFFF,
        };
    }

    /// <summary>Four measured parts, a secure version number, a manifest and a device in normal operation.</summary>
    public static ImmutableArray<DeviceMeasurement> DefaultMeasurements(ulong svn)
    {
        byte[] version = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(version, svn);
        return
        [
            .. Enumerable.Range(1, 4).Select(index => new DeviceMeasurement((byte)index, (byte)(index - 1), [.. Enumerable.Repeat((byte)index, 72)])),
            new(0x10, 7, version, AlwaysRaw: true),
            new(0x11, DeviceMeasurement.HashExtend, []),
            new(0xFD, 4, [.. Enumerable.Repeat((byte)0xFD, 64)], AlwaysRaw: true),
            new(0xFE, 5, [0x3F, 0, 0, 0, 4, 0, 0, 0, 0x1F, 0, 0, 0, 0, 0, 0, 0], AlwaysRaw: true),
        ];
    }
}
