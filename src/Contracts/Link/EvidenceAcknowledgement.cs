namespace Fleet.Contracts;

/// <summary>The server has committed an evidence report; the agent may forget it.</summary>
/// <param name="Job">The job it was for.</param>
/// <param name="Known">False when the server never made such a job: the report was counted and thrown away, and sending it again changes nothing.</param>
public sealed record EvidenceAcknowledgement(string Job, bool Known);
