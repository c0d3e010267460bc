namespace Fleet.Server.Commands;

/// <summary>Reads labels as they are written on a command line: rack=r12,site=berlin.</summary>
internal static class LabelText
{
    /// <param name="given">One text for each time that the option was given.</param>
    /// <param name="labels">The labels; what keys and values may look like is the server's to say.</param>
    /// <param name="wrong">What is wrong, and what to write instead; empty where nothing is.</param>
    public static bool TryRead(IEnumerable<string> given, out Dictionary<string, string> labels, out string wrong)
    {
        labels = new(StringComparer.Ordinal);
        foreach (string label in given.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)))
        {
            int equals = label.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                wrong = $"'{label}' in --labels is no label; write KEY=VALUE, several with commas between them: --labels rack=r12,site=berlin.";
                return false;
            }

            if (!labels.TryAdd(label[..equals], label[(equals + 1)..]))
            {
                wrong = $"--labels has {label[..equals]} twice; a host has one value for it.";
                return false;
            }
        }

        wrong = "";
        return true;
    }
}
