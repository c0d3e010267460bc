namespace Fleet.Server.Http;

/// <summary>Reads a request's body of a size that is known to be enough.</summary>
internal static class BoundedBody
{
    /// <returns>Null when the body is larger.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int most, CancellationToken ct)
    {
        if (request.ContentLength > most)
        {
            return null;
        }

        // One byte more than allowed tells "just fits" from "goes on".
        byte[] buffer = new byte[most + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > most ? null : buffer[..length];
    }
}
