namespace Fleet.Contracts;

/// <summary>What one sensor says of itself after its self-test.</summary>
/// <param name="Name">"kprobe", "fanotify", "guard", "kernel-log", "taint", "holders", "uevents".</param>
/// <param name="Works">Whether it saw, at start, what it was made to see.</param>
/// <param name="Why">Why it works only in part or not at all, and what to do about it; empty when all is well.</param>
/// <param name="Covers">What it sees here; empty when it does not work.</param>
public sealed record SensorReport(string Name, bool Works, string Why, string Covers);
