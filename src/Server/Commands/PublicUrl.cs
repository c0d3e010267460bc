namespace Fleet.Server.Commands;

/// <summary>Reads the origin that people use: links are made of it, so it must be one whole and nothing more.</summary>
internal static class PublicUrl
{
    /// <returns>False when the text is something else; true with null for no text.</returns>
    public static bool TryParse(string? text, out Uri? origin)
    {
        origin = null;
        if (text is null)
        {
            return true;
        }

        // The dashboard lives at the root of its origin: a path would be lost in its links.
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? read) || (read.Scheme != Uri.UriSchemeHttp && read.Scheme != Uri.UriSchemeHttps)
            || read.Host.Length is 0 || read.UserInfo.Length > 0 || read.PathAndQuery is not "/" || read.Fragment.Length > 0 || text.Contains('?', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
        {
            return false;
        }

        origin = new Uri(read.GetLeftPart(UriPartial.Authority));
        return true;
    }
}
