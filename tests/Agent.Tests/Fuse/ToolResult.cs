namespace Fleet.Agent.Tests.Fuse;

/// <summary>How a tool ended. pciutils exits with 0 after most errors: look at what it wrote.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error);
