namespace Fleet.Web.Text;

/// <summary>What a state looks like: its word, its glyph and the colour behind both. Colour never speaks alone.</summary>
/// <param name="Word">The word.</param>
/// <param name="Icon">The glyph.</param>
/// <param name="Kind">"ok", "warn", "bad", "shadow", "virtual", "accent", "unknown", or empty for quiet.</param>
public readonly record struct Tone(string Word, string Icon, string Kind);
