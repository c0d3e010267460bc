namespace Fleet.Contracts;

/// <summary>A measurement that was signed, beside the rule that it is held against.</summary>
/// <param name="Index">Its index, 1 to 254.</param>
/// <param name="Type">What it measures by DSP0274 ("immutable-rom", "mutable-firmware", "secure-version").</param>
/// <param name="Raw">Whether the value is the thing itself rather than a digest.</param>
/// <param name="Value">Its value, lower-case hexadecimal.</param>
/// <param name="Expected">What the rule asks for, in words or hexadecimal; null where no rule speaks of it.</param>
/// <param name="Holds">Whether it is what the rule asks for; null where no rule speaks of it.</param>
public sealed record MeasurementView(int Index, string Type, bool Raw, string Value, string? Expected, bool? Holds);
