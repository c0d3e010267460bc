using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// The mailboxes that must not be used, and why: a line each of a small file that outlives the agent, for a device that hangs does
/// not recover because the agent is started again. Only a release strikes one out.
/// </summary>
internal sealed class QuarantineBook
{
    private const int Most = 1_024;
    private const int LargestFile = 1024 * 1024;
    private const int LongestReason = 512;

    private readonly string? _path;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(PciAddress Function, int Offset), string> _reasons = [];

    /// <param name="path">The file; null keeps the book in memory alone.</param>
    public QuarantineBook(string? path)
    {
        _path = path;
        if (path is null || !File.Exists(path))
        {
            return;
        }

        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                throw new IOException($"it is larger than {LargestFile} bytes.");
            }

            foreach (string line in File.ReadLines(path))
            {
                Read(line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = $"The quarantined mailboxes of the agent's last life cannot be read from {path}: {e.Message}";
        }
    }

    /// <summary>What could not be read of earlier lives; null when all could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Why a mailbox is in quarantine; null when it is not.</summary>
    public string? Find(PciAddress function, int offset)
    {
        lock (_gate)
        {
            return _reasons.GetValueOrDefault((function, offset));
        }
    }

    /// <summary>Puts a mailbox in; false, with why, when that could not be written down. In memory it is kept all the same.</summary>
    public bool TryAdd(PciAddress function, int offset, string reason, [NotNullWhen(false)] out string? problem)
    {
        lock (_gate)
        {
            string text = reason.ReplaceLineEndings(" ");
            _reasons[(function, offset)] = text.Length > LongestReason ? text[..LongestReason] : text;
            while (_reasons.Count > Most)
            {
                _reasons.Remove(_reasons.Keys.First(key => key != (function, offset)));
            }

            return TryWrite(out problem);
        }
    }

    /// <summary>Strikes a mailbox out.</summary>
    public bool TryRemove(PciAddress function, int offset, [NotNullWhen(false)] out string? problem)
    {
        lock (_gate)
        {
            problem = null;
            return !_reasons.Remove((function, offset)) || TryWrite(out problem);
        }
    }

    // "0000:0d:00.0 190 the reason"
    private void Read(string line)
    {
        string[] parts = line.Split(' ', 3);
        if (parts.Length is 3 && PciAddress.TryParse(parts[0], out PciAddress function)
            && int.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int offset))
        {
            _reasons[(function, offset)] = parts[2];
        }
        else if (line.Length > 0)
        {
            Problem = $"A line of {_path} names no mailbox, so one that was quarantined may be in use again: {line[..Math.Min(line.Length, 80)]}";
        }
    }

    private bool TryWrite([NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (_path is null)
        {
            return true;
        }

        StringBuilder text = new();
        foreach (((PciAddress function, int offset), string reason) in _reasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"{function} {offset:x} {reason}\n");
        }

        try
        {
            // The new file is whole before it takes the old one's place.
            string making = $"{_path}.new";
            using (FileStream stream = new(making, FileMode.Create, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }

            File.Move(making, _path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            return false;
        }
    }
}
