using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Policies;

/// <summary>
/// The one way a value is written as bytes to be signed or compared: UTF-8, no blanks, keys in ordinal order, null left out. The
/// order of a record's members must not change what a signature covers.
/// </summary>
internal static class CanonicalJson
{
    public static byte[] Write<T>(T value)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = FleetJson.Options.Encoder }))
        {
            Write(writer, JsonSerializer.SerializeToNode(value, FleetJson.Options));
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach ((string key, JsonNode? member) in map.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(key);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (JsonNode? item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
