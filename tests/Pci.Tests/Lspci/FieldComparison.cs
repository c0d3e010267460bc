using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>Compares what lspci prints of a capability with our fields, by the table of names.</summary>
internal sealed class FieldComparison
{
    private static readonly char[] Punctuation = [' ', ',', ';', '(', ')', '\t', '-', '/'];

    // What lspci prints, by our values: the same values must always read the same.
    private readonly Dictionary<(LspciName Name, string Values), string> _readings = [];
    private readonly HashSet<LspciName> _used = [];
    private readonly SortedSet<string> _problems = new(StringComparer.Ordinal);

    /// <summary>What has no counterpart or another value, each once.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>The names that lspci has printed.</summary>
    public IReadOnlySet<LspciName> Used => _used;

    public void Compare(string capability, LspciBlock block, OurFields ours)
    {
        Dictionary<(string, string), int> seen = [];
        foreach ((string section, string text) in block.Lines)
        {
            (List<(string Name, bool Set)> flags, string left) = LspciFlag.Take(text);
            foreach ((string name, bool set) in flags)
            {
                int count = seen[(section, name)] = seen.GetValueOrDefault((section, name)) + 1;
                string key = count is 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{count}");
                CompareFlag(capability, section, key, set, ours);
            }

            foreach (LspciName name in LspciName.Of(capability, section).Where(n => !n.IsFlag))
            {
                left = name.Pattern.Replace(left, match =>
                {
                    CompareValue(name, match.Groups[1].Value, ours);
                    return " ";
                });
            }

            if (section is not "title" ? left.Trim(Punctuation).Length > 0 : left.Contains('=', StringComparison.Ordinal))
            {
                _problems.Add($"{capability} | {section} | no name for: {Regex.Replace(left.Trim(), "[0-9a-f]{2,}", "…")}");
            }
        }
    }

    private void CompareFlag(string capability, string section, string flag, bool set, OurFields ours)
    {
        if (LspciName.Of(capability, section).FirstOrDefault(n => n.IsFlag && n.Text == flag) is not { } name)
        {
            _problems.Add($"{capability} | {section} | no name for the flag {flag}");
            return;
        }

        _used.Add(name);
        if (ours.Find(name.Ours[0]) is not { } field)
        {
            _problems.Add($"{name}: we have no {name.Ours[0]}");
        }
        else if (field.Width > 1)
        {
            CompareValue(name, set ? "+" : "-", ours);
        }
        else if (!name.Differs && (field.Value is 1) != (set ^ name.Ours[0].StartsWith('~')))
        {
            _problems.Add($"{name}: lspci says {(set ? '+' : '-')}, we {field.Value}");
        }
    }

    private void CompareValue(LspciName name, string text, OurFields ours)
    {
        _used.Add(name);
        List<string> values = [];
        foreach (string own in name.Ours)
        {
            if (ours.Find(own) is { } field)
            {
                values.Add(field.Value.ToString("x", CultureInfo.InvariantCulture));
            }
            else if (!own.EndsWith('?'))
            {
                _problems.Add($"{name}: we have no {own}");
            }
        }

        (LspciName, string) key = (name, string.Join('.', values));
        if (name.Ours.Count > 0 && !_readings.TryAdd(key, text) && _readings[key] != text && !name.Differs)
        {
            _problems.Add($"{name}: for {key.Item2} lspci says '{_readings[key]}' and '{text}'");
        }
    }
}
