using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fleet.DoeTool;

/// <summary>What the tool was told.</summary>
internal sealed record Options
{
    public uint Feature { get; private set; } = 0x01_15b3;

    public int Count { get; private set; } = 1;

    public int Words { get; private set; } = 4;

    public uint Name { get; private set; } = 1;

    /// <summary>A file with the CDAT that the mailbox must answer entry by entry; null to send objects that the device echoes.</summary>
    public string? Table { get; private set; }

    /// <summary>Talks SPDM instead of sending what is echoed.</summary>
    public bool Spdm { get; private set; }

    public bool Discover { get; private set; }

    public bool Reopen { get; private set; }

    public bool Patient { get; private set; }

    public bool GoOn { get; private set; }

    /// <summary>How long it waits for an answer. One is due within a second, but on a busy machine it is the machine that takes long.</summary>
    public TimeSpan Limit { get; private set; } = TimeSpan.FromSeconds(15);

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Options? options)
    {
        options = new Options();
        for (int i = 0; i < arguments.Length; i++)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--spdm":
                    options.Spdm = true;
                    continue;
                case "--discover":
                    options.Discover = true;
                    continue;
                case "--reopen":
                    options.Reopen = true;
                    continue;
                case "--patient":
                    options.Patient = true;
                    continue;
                case "--go-on":
                    options.GoOn = true;
                    continue;
                case "--feature" when value.Length is 7 && value[4] is ':':
                    options.Feature = Hex(value[..4]) | (Hex(value[5..]) << 16);
                    break;
                case "--count" when int.TryParse(value, CultureInfo.InvariantCulture, out int count):
                    options.Count = count;
                    break;
                case "--table" when value.Length > 0:
                    options.Table = value;
                    break;
                case "--words" when int.TryParse(value, CultureInfo.InvariantCulture, out int words):
                    options.Words = words;
                    break;
                case "--limit" when int.TryParse(value, CultureInfo.InvariantCulture, out int milliseconds):
                    options.Limit = TimeSpan.FromMilliseconds(milliseconds);
                    break;
                case "--name" when uint.TryParse(value, CultureInfo.InvariantCulture, out uint name):
                    options.Name = name;
                    break;
                default:
                    options = null;
                    return false;
            }

            i++;
        }

        return true;
    }

    private static uint Hex(string digits) => uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
