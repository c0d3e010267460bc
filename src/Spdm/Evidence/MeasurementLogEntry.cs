namespace Fleet.Spdm.Evidence;

/// <summary>An entry of a measurement extension log; <see cref="Raw"/> is the whole entry, as the extension takes it.</summary>
public sealed record MeasurementLogEntry(ReadOnlyMemory<byte> Raw, uint Number, byte MeasurementIndex, byte Type, ReadOnlyMemory<byte> Data);
