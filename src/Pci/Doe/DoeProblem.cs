namespace Fleet.Pci.Doe;

/// <summary>Why a step of an exchange did not work; null stands for "it did".</summary>
internal sealed record DoeProblem(DoeFailure Failure, string Detail)
{
    public static DoeProblem From(ConfigStatus status, string what) => status switch
    {
        ConfigStatus.Gone => new(DoeFailure.Gone, $"The function disappeared: {what} failed."),
        ConfigStatus.ReadOnly => new(DoeFailure.ReadOnly, "The function is opened read-only here; nothing was written."),
        ConfigStatus.Denied => new(DoeFailure.Denied, $"The kernel refused: {what} is not allowed (lockdown or permission)."),
        _ => new(DoeFailure.AccessFailed, $"An access failed ({status}): {what}."),
    };
}
