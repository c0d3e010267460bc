using System.Text;

namespace Fleet.Agent.Linux;

/// <summary>What uname(2) says.</summary>
internal sealed record KernelName(string Node, string Release, string Machine)
{
    private const int FieldLength = 65;
    private const int FieldCount = 6;

    public static unsafe KernelName Read()
    {
        byte* buffer = stackalloc byte[FieldLength * FieldCount];
        ReadOnlySpan<byte> fields = new(buffer, FieldLength * FieldCount);
        return Native.Uname(buffer) is 0
            ? new KernelName(Field(fields, 1), Field(fields, 2), Field(fields, 4))
            : new KernelName(Environment.MachineName, "unknown", "unknown");
    }

    private static string Field(ReadOnlySpan<byte> fields, int index)
    {
        ReadOnlySpan<byte> field = fields.Slice(index * FieldLength, FieldLength);
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
