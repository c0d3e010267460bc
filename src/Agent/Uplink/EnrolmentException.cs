namespace Fleet.Agent.Uplink;

/// <summary>A host could not join; the message says what to do.</summary>
internal sealed class EnrolmentException(EnrolmentFailure failure, string message, Exception? cause = null) : IOException(message, cause)
{
    public EnrolmentFailure Failure { get; } = failure;
}
