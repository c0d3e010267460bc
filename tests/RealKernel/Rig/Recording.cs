namespace Fleet.RealKernel.Tests.Rig;

/// <summary>What one boot left behind.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Folder">Its output directory, which stays until the next run.</param>
/// <param name="Unable">Why it could not run here; null when it ran.</param>
/// <param name="Failure">How the run went wrong; null when it ended as it should.</param>
public sealed record Recording(string Machine, string Folder, string? Unable, string? Failure)
{
    private const int Tail = 25;

    /// <summary>
    /// The record of a step that ran to its end; fails the test, with the end of the log that tells why, when it did not. Skips the test
    /// when the whole run went well without this step: nobody asked for it.
    /// </summary>
    public StepRecord Step(string name)
    {
        string folder = Path.Combine(Folder, name);
        Assert.SkipWhen(Failure is null && !Directory.Exists(folder), $"the step was not asked for; RIG_STEPS=\"10-kernel {name}\" asks for it");
        if (!File.Exists(Path.Combine(folder, "step.status")))
        {
            Assert.Fail($"{Machine}: step {name} did not end. {Failure}\nThe end of {Folder}/console.log:\n{End(Path.Combine(Folder, "console.log"))}");
        }

        return new StepRecord($"{Machine}/{name}", folder);
    }

    /// <summary>The last lines of a file, for a message.</summary>
    internal static string End(string path) =>
        File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(Tail)) : $"there is no {path}";
}
