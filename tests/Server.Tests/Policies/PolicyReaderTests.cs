using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Domain.Policies;
using Fleet.Testing;

namespace Fleet.Server.Tests.Policies;

public sealed class PolicyReaderTests
{
    public static TheoryData<string> BadDocuments => [.. Names("bad-*.yaml")];

    public static TheoryData<string> GoodDocuments => [.. Names("good-*.yaml")];

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public void Read_BadDocument_ReportsEveryErrorWithItsPlace(string name)
    {
        PolicyReading reading = PolicyReader.Read(Bytes(name));

        Assert.Null(reading.Document);
        Golden.Check($"{name}.txt", string.Join('\n', reading.Errors.Select(Line)));
    }

    [Theory]
    [MemberData(nameof(GoodDocuments))]
    public void Read_GoodDocument_CompilesToCanonicalJson(string name)
    {
        PolicyReading reading = PolicyReader.Read(Bytes(name));

        Assert.Empty(reading.Errors);
        Golden.Check($"{name}.json", Encoding.UTF8.GetString(CanonicalJson.Write(reading.Document!.Compile(3))));
    }

    [Fact]
    public void Read_NameOtherThanExpected_SaysBothAtTheName()
    {
        PolicyReading reading = PolicyReader.Read(Bytes("good-least.yaml"), "most");

        Diagnostic error = Assert.Single(reading.Errors);
        Assert.Equal((4, 9, "metadata.name"), (error.Line, error.Column, error.Path));
        Assert.Contains("'least'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'most'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooLarge_IsRefused()
    {
        byte[] bytes = new byte[DocumentText.MaxBytes + 1];
        Array.Fill(bytes, (byte)' ');

        PolicyReading reading = PolicyReader.Read(bytes);

        Assert.Contains("at most 262144", Assert.Single(reading.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ErrorsWithoutEnd_AreBoundedAndCounted()
    {
        string text = "spec: 1\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"key{i}: 1\n"));

        PolicyReading reading = PolicyReader.Read(Encoding.UTF8.GetBytes(text));

        Assert.Equal(DiagnosticList.Most + 1, reading.Errors.Count);
        Assert.Contains("more errors are not listed", reading.Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ByteOrderMark_IsSkipped()
    {
        PolicyReading reading = PolicyReader.Read([.. Encoding.UTF8.Preamble, .. Bytes("good-least.yaml")]);

        Assert.Empty(reading.Errors);
    }

    /// <summary>Whatever bytes come, the reader answers: with a document or with at least one error inside the text.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_AnyBytes_DoesNotThrow(int seed)
    {
        Random random = new(seed);
        byte[][] corpus = [.. Names("*.yaml").Select(Bytes)];
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = Mutate(random, corpus);

            PolicyReading reading = PolicyReader.Read(bytes);

            Assert.Equal(reading.Document is null, reading.Errors.Count > 0);
            Assert.All(reading.Errors, error => Assert.True(error is { Line: >= 1, Column: >= 1, Message.Length: > 0 }));
        }
    }

    private static byte[] Mutate(Random random, byte[][] corpus)
    {
        const string Hostile = "{}[],:?-|>&*!%@`'\"\\#\t\n ~<=x0";
        List<byte> bytes = [.. corpus[random.Next(corpus.Length)]];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    bytes.Insert(at, (byte)Hostile[random.Next(Hostile.Length)]);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 30), other.Length - from)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Line(Diagnostic error) =>
        string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column} {error.Path}: {error.Message}");

    private static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Directory, name));

    private static IEnumerable<string> Names(string pattern) =>
        System.IO.Directory.GetFiles(Directory, pattern).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    private static string Directory { get; } = Path.Combine(SourceDirectory(), "documents");

    private static string SourceDirectory([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
