namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>One tool's line, or the mailbox's own.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Note">Which processes, whose.</param>
/// <param name="Marks">What is on it, by time.</param>
/// <param name="IsTool">Whether its name is a command.</param>
public sealed record Lane(string Name, string Note, IReadOnlyList<LaneMark> Marks, bool IsTool);
