namespace Fleet.Contracts;

/// <summary>Something an operator should look at.</summary>
/// <param name="Severity">"bad", "warn", "shadow" or "unknown".</param>
/// <param name="Subject">What it is about, a name or an address.</param>
/// <param name="What">What is wrong, continuing the subject into a sentence.</param>
/// <param name="Cause">Because of whom or what.</param>
/// <param name="Since">Since when.</param>
/// <param name="Action">Label of the link ("Open function").</param>
/// <param name="Link">Path of the page behind it.</param>
public sealed record AttentionItem(string Severity, string Subject, string What, string Cause, DateTimeOffset Since, string Action, string Link);
