namespace Fleet.Contracts;

/// <summary>Something that somebody did.</summary>
/// <param name="Number">Position in the trail, from 1, without holes.</param>
/// <param name="Time">When.</param>
/// <param name="Who">Who.</param>
/// <param name="Action">What was done ("quarantine.release").</param>
/// <param name="Subject">To what.</param>
/// <param name="Detail">With what words.</param>
/// <param name="Hash">SHA-256 over this entry and the hash of the one before, hexadecimal.</param>
public sealed record AuditView(long Number, DateTimeOffset Time, string Who, string Action, string Subject, string Detail, string Hash);
