using System.Buffers.Text;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

/// <summary>What signed reference values must be before they are looked at as any others: verified first, read after, and not of yesterday.</summary>
internal static class SignedReader
{
    private const int MostSignature = 1024;

    /// <returns>The document's bytes and the key that signed them; null where it is refused, and the answer.</returns>
    public static (byte[] Bytes, ImportKey Key)? Read(SignedReferences signed, ImportKeys keys, out ProblemHttpResult? refusal)
    {
        if (Decode("document", signed.Document, ReferenceReader.MaxBytes, out refusal) is not { } bytes
            || Decode("signature", signed.Signature, MostSignature, out refusal) is not { } signature)
        {
            return null;
        }

        IReadOnlyList<ImportKey> all = keys.Read(out IReadOnlyList<string> problems);
        string there = $"Import keys of this server: {(all.Count is 0 ? "none" : string.Join(", ", all.Select(key => key.Name)))}."
            + (problems.Count is 0 ? "" : $" Not used: {string.Join("; ", problems)}.");
        ImportKey[] asked = [.. all.Where(key => signed.Key is null || key.Name == signed.Key)];
        if (asked.Length is 0)
        {
            string which = signed.Key is null ? "there is no import key" : $"there is no import key '{Domain.Policies.ValueReader.Clip(signed.Key)}'";
            refusal = Refused($"Nothing was read: {which}. Put the signer's public key (PEM) into {ImportKeys.DirectoryName}/NAME.pem of the server's data directory. {there}");
            return null;
        }

        if (asked.FirstOrDefault(key => key.Verifies(bytes, signature)) is not { } by)
        {
            refusal = Refused(
                $"Nothing was read: the signature is of none of {string.Join(", ", asked.Select(key => key.Name))} over these {bytes.Length} bytes. "
                + $"Send the document exactly as it was signed (ECDSA P-256 over SHA-256, P-384 over SHA-384, or RSA-PSS with a salt of the hash's length). {there}");
            return null;
        }

        // What is stored is text: the bytes that were signed must be those that will be shown.
        if (!bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes))))
        {
            refusal = Problems.Invalid("The document is signed, but is not UTF-8; ask the signer for JSON.");
            return null;
        }

        return (bytes, by);
    }

    /// <summary>Null for values that say from when they hold and have not run out.</summary>
    public static ProblemHttpResult? Outdated(ReferenceValues values, DateTimeOffset now) => values.Document.Validity switch
    {
        { From: null } or null => Problems.Invalid("A signed document needs validity.from: it is what tells a newer one from an older. Ask the signer for one that has it."),
        { Until: { } until } when until < now => Problems.Conflict($"The document is valid until {until:O}, which is over; ask the signer for a newer one."),
        _ => null,
    };

    /// <summary>Null for values that hold from a later time than the newest that were imported.</summary>
    public static ProblemHttpResult? Older(ReferenceValues values, ReferenceRow newest)
    {
        ReferenceValues? known = ReferenceReader.Read(newest.Name, newest.Number, Encoding.UTF8.GetBytes(newest.Document!), out _);
        DateTimeOffset? from = known?.Document.Validity?.From;
        return values.Document.Validity!.From > from
            ? null
            : Problems.Conflict(
                $"The document holds from {values.Document.Validity.From:O}; revision {newest.Number} of '{newest.Name}', signed by {newest.SignedBy}, holds from {(from is null ? "a time that this version cannot read" : $"{from:O}")}. "
                + "An older one is not imported over it; ask the signer for one with a later validity.from.");
    }

    private static byte[]? Decode(string member, string? given, int most, out ProblemHttpResult? refusal)
    {
        refusal = null;
        string text = given ?? ""; // JSON may leave out or null what the contract calls required.
        byte[] bytes = new byte[most + 2]; // The longest that base64 of its length can be.
        int length = 0;
        bool tooLong = text.Length > Base64.GetMaxEncodedToUtf8Length(most);
        if (!tooLong && (!Convert.TryFromBase64String(text, bytes, out length) || length is 0))
        {
            refusal = Problems.Invalid($"The {member} is missing or is not base64; send base64 of the file's exact bytes (base64 -w0 FILE).");
            return null;
        }

        if (tooLong || length > most)
        {
            refusal = Problems.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Invalid, $"The {member} is larger than {most} bytes; reference values need less.");
            return null;
        }

        return bytes[..length];
    }

    private static ProblemHttpResult Refused(string detail) => Problems.Forbidden(ErrorCodes.SignatureRefused, detail);
}
