using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load.Link;

/// <summary>The JSON hub protocol of SignalR as far as an agent uses it: texts that end with a record separator.</summary>
internal static class HubText
{
    public const byte Separator = 0x1e;
    public const int Invocation = 1;
    public const int Completion = 3;
    public const int Ping = 6;
    public const int Close = 7;

    public static ReadOnlyMemory<byte> Handshake { get; } = "{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray();

    public static ReadOnlyMemory<byte> PingText { get; } = "{\"type\":6}\u001e"u8.ToArray();

    /// <summary>Writes a call with one argument.</summary>
    public static void WriteCall<T>(IBufferWriter<byte> output, int id, string target, T argument)
    {
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = FleetJson.Options.Encoder, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("type"u8, Invocation);
            json.WriteString("invocationId"u8, id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("target"u8, target);
            json.WriteStartArray("arguments"u8);
            if (argument is null)
            {
                json.WriteNullValue();
            }
            else
            {
                JsonSerializer.Serialize(json, argument, FleetJson.Type<T>());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write([Separator]);
    }

    /// <summary>Reads one message of the server's.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static HubMessage Read(ReadOnlyMemory<byte> text)
    {
        HubMessage message = new();
        Utf8JsonReader json = new(text.Span);
        json.Read();
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "type":
                    message.Type = json.GetInt32();
                    break;
                case "invocationId":
                    message.Id = int.Parse(json.GetString()!, CultureInfo.InvariantCulture);
                    break;
                case "target":
                    message.Target = json.GetString();
                    break;
                case "error":
                    message.Error = json.GetString();
                    break;
                case "result" or "arguments":
                    int start = (int)json.TokenStartIndex;
                    json.Skip();
                    message.Body = text[start..(int)json.BytesConsumed];
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return message;
    }
}
