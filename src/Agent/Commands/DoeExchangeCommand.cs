using System.CommandLine;
using System.Globalization;
using System.Text;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Commands;

/// <summary>'doe exchange': one object to a mailbox, and its response.</summary>
internal static class DoeExchangeCommand
{
    private const int MostPayload = (DoeHeader.MaximumDwords * 4) - DoeHeader.Size;
    private const int BytesOfALine = 16;

    public static Command Create()
    {
        Argument<string> address = LocalCommand.Address();
        Argument<string> offset = new("offset") { Description = "Offset of the DOE capability, as 'device' lists it." };
        Argument<string> feature = new("feature") { Description = "Vendor and type, as in 0001:01." };
        Option<string?> hex = new("--hex") { Description = "The object's payload in hexadecimal, without its two header dwords." };
        Option<string?> file = new("--file") { Description = "A file with the payload's bytes; - for standard input." };
        Option<string?> save = new("--out") { Description = "Write the response's payload to this file." };
        Command command = new("exchange", """
            Sends one object to a mailbox and shows the response.

            Examples:
              fleet-agent doe exchange 01:00.0 0x200 0001:01 --hex 10840000          (SPDM GET_VERSION)
              fleet-agent doe exchange 01:00.0 0x200 0001:01 --file request.bin --out response.bin
            """);
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        command.Arguments.Add(feature);
        command.Options.Add(hex);
        command.Options.Add(file);
        command.Options.Add(save);
        return LocalCommand.Add(command, async call =>
        {
            LocalExchangeRequest request = new(
                LocalCommand.Address(call.Arguments.GetValue(address)!), LocalCommand.Offset(call.Arguments.GetValue(offset)!),
                Feature(call.Arguments.GetValue(feature)!), await PayloadAsync(call.Arguments.GetValue(hex), call.Arguments.GetValue(file), call.Cancellation));
            LocalExchangeAnswer answer = await call.Client.PostAsync<LocalExchangeAnswer>("/v1/doe/exchange", request, call.Cancellation);
            if (call.Json || answer.Succeeded)
            {
                await call.ShowAsync(answer, () => Describe(answer));
            }

            if (!answer.Succeeded)
            {
                return await call.FailAsync(answer.Failure!, answer.Detail);
            }

            await SaveAsync(call.Arguments.GetValue(save), answer);
            return ExitCodes.Done;
        });
    }

    private static string Feature(string text) => DoeFeature.TryParse(text, out _)
        ? text
        : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not a feature; one looks like 0001:01.");

    private static async Task<string> PayloadAsync(string? hex, string? file, CancellationToken ct)
    {
        if (hex is null == file is null)
        {
            throw new LocalApiException(ExitCodes.Usage, "Give the payload once: --hex or --file.");
        }

        if (file is not null)
        {
            return Convert.ToHexStringLower(await ReadAsync(file, ct));
        }

        string digits = hex!.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length % 2 is 0 && digits.All(char.IsAsciiHexDigit)
            ? digits
            : throw new LocalApiException(ExitCodes.Usage, "The payload is not an even number of hexadecimal digits.");
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        byte[] bytes = new byte[MostPayload + 1];
        try
        {
            await using Stream stream = file is "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            int count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            return count <= MostPayload
                ? bytes[..count]
                : throw new LocalApiException(ExitCodes.Usage, $"{file} has more than the {MostPayload} bytes of the longest object.");
        }
        catch (Exception e) when (e is IOException and not LocalApiException or UnauthorizedAccessException)
        {
            throw new LocalApiException(ExitCodes.Usage, $"The payload in {file} cannot be read: {e.Message}");
        }
    }

    private static async Task SaveAsync(string? file, LocalExchangeAnswer answer)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            await File.WriteAllBytesAsync(file, Convert.FromHexString(answer.Payload));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalApiException(ExitCodes.Usage, $"The response cannot be written to {file}: {e.Message}");
        }
    }

    private static string Describe(LocalExchangeAnswer answer)
    {
        StringBuilder text = new();
        ReadOnlySpan<byte> bytes = Convert.FromHexString(answer.Payload);
        for (int place = 0; place < bytes.Length; place += BytesOfALine)
        {
            text.Append(CultureInfo.InvariantCulture, $"{place:x4}:");
            foreach (byte value in bytes.Slice(place, Math.Min(BytesOfALine, bytes.Length - place)))
            {
                text.Append(CultureInfo.InvariantCulture, $" {value:x2}");
            }

            text.AppendLine();
        }

        return text.Append(CultureInfo.InvariantCulture, $"{bytes.Length} bytes in {answer.Milliseconds:0.0} ms").ToString();
    }
}
