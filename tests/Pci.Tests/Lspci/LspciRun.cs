using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>Runs the real lspci over the bytes of many functions at once; it reads them from a dump file.</summary>
internal static class LspciRun
{
    private const int LineLength = 16;

    /// <summary>What lspci prints of each function: the lines of its capability at the given offset.</summary>
    public static List<LspciBlock> Read(string program, IReadOnlyList<(byte[] Bytes, int Offset)> functions) =>
        [.. functions.Zip(Run(program, [.. functions.Select(f => f.Bytes)]), (function, text) => LspciBlock.Find(text, function.Offset))];

    /// <summary>What lspci prints of each function.</summary>
    public static string[] Run(string program, IReadOnlyList<byte[]> functions)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Text(functions));
            ProcessStartInfo start = new(program, ["-vvv", "-n", "-D", "-F", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string[] texts = output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(functions.Count, texts.Length);
            return texts;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Text(IReadOnlyList<byte[]> functions)
    {
        StringBuilder text = new();
        for (int index = 0; index < functions.Count; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{index >> 16:x4}:{(index >> 8) & 0xff:x2}:{(index >> 3) & 0x1f:x2}.{index & 7:x1} 0000: 0000:0000\n");
            byte[] bytes = functions[index];
            for (int line = 0; line < bytes.Length; line += LineLength)
            {
                // What is left out reads as zero; the last line says how long the space is.
                if (line + LineLength < bytes.Length && bytes.AsSpan(line, LineLength).IndexOfAnyExcept((byte)0) < 0)
                {
                    continue;
                }

                text.Append(CultureInfo.InvariantCulture, $"{line:x2}:");
                foreach (byte value in bytes.AsSpan(line, LineLength))
                {
                    text.Append(CultureInfo.InvariantCulture, $" {value:x2}");
                }

                text.Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
