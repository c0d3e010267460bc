using System.Buffers;
using System.Text;

namespace Fleet.Server.Domain.Policies;

/// <summary>Turns the bytes of a document into text, or says at which place they are not text.</summary>
internal static class DocumentText
{
    /// <summary>Largest document accepted, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    public static bool TryRead(ReadOnlySpan<byte> bytes, DiagnosticList errors, out string text)
    {
        text = "";
        if (bytes.Length > MaxBytes)
        {
            errors.Add(1, 1, "", $"The document has {bytes.Length} bytes; at most {MaxBytes} are accepted.");
            return false;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        StringBuilder characters = new(bytes.Length);
        int line = 1;
        int column = 1;
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) is not OperationStatus.Done)
            {
                errors.Add(line, column, "", $"The byte 0x{bytes[0]:x2} is not UTF-8 here; save the document as UTF-8.");
                return false;
            }

            // A parser that stops at a control character (YAML's does at NUL) would leave out what follows without a word.
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r'))
            {
                errors.Add(line, column, "", $"The control character U+{rune.Value:X4} is not allowed; remove it.");
                return false;
            }

            characters.Append(rune.ToString());
            (line, column) = rune.Value is '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
            bytes = bytes[used..];
        }

        text = characters.ToString();
        return true;
    }
}
