using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>Decoded registers in words: a flag is its name with + or -, any other field its name and meaning.</summary>
internal static class RegisterText
{
    private const string FieldIndent = "        ";

    public static string Write(IReadOnlyList<DecodedCapability> blocks, int width)
    {
        StringBuilder text = new();
        foreach (DecodedCapability block in blocks)
        {
            text.Append('[').Append(Notation.Hex(block.Offset)).Append("] ").Append(TextTable.Printable(block.Name)).Append('\n');
            foreach (DecodedRegister register in block.Registers.Where(r => !IsUnusedBase(r)))
            {
                Write(text, register, width);
            }
        }

        return text.ToString();
    }

    // Most functions use one or two base addresses of six, and the rest say nothing.
    private static bool IsUnusedBase(DecodedRegister register) =>
        register.Name.StartsWith("Base address ", StringComparison.Ordinal) && register.Fields.Count > 0 && register.Value?.All(digit => digit is '0') is true;

    private static void Write(StringBuilder text, DecodedRegister register, int width)
    {
        string value = register.Value is null ? "not read" : "0x" + register.Value;
        string line = $"    {register.Name} = {value}";
        if (register.Fields.Count > 0)
        {
            line += ":";
        }

        for (int i = 0; i < register.Fields.Count; i++)
        {
            string word = Field(register.Fields[i]) + (i < register.Fields.Count - 1 ? "," : "");
            if (line.Length + 1 + word.Length > width)
            {
                text.Append(line).Append('\n');
                line = FieldIndent + word;
            }
            else
            {
                line += " " + word;
            }
        }

        text.Append(line).Append('\n');
    }

    private static string Field(DecodedField field) => field switch
    {
        { Meaning: { } meaning } => $"{field.Name} {TextTable.Printable(meaning)}",
        _ when field.High == field.Low => field.Name + (field.Value is 0 ? "-" : "+"),
        _ => $"{field.Name} {field.Value}",
    };
}
