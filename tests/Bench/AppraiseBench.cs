using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Bench;

/// <summary>
/// Processor time of one appraisal of a standard attestation (two signatures) against the bare verifications in it, which 'openssl speed' takes in the
/// same run; and of the first sight of a chain against 'openssl verify' of it.
/// </summary>
internal static class AppraiseBench
{
    private const int Signatures = 2;
    private const int Appraisals = 2_000;
    private const int Rounds = 7;

    private static readonly (string Name, uint Asym, uint Hash, string Speed)[] Kinds =
    [
        ("P-256", 0x10, 1, "ecdsap256"),
        ("P-384", 0x80, 2, "ecdsap384"),
        ("RSA-3072", 0x0C, 1, "rsa3072"),
    ];

    public static void Run(TextWriter output)
    {
        DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        output.WriteLine("appraise: a standard attestation in 1.3, all checks; processor time");
        foreach ((string name, uint asym, uint hash, string speed) in Kinds)
        {
            SlotCredential credential = new CredentialFactory(asym, now).Make(0, new("SIM:bench:1", "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100"));
            AppraisalRequest request = Evidence(credential, asym, hash, now);
            ChainVerifier known = new();
            double[] appraisals = new double[Rounds];
            double[] bare = new double[Rounds];
            for (int round = -1; round < Rounds; round++)
            {
                double appraisal = Microseconds(Appraisals, () => Trusted(request, known));
                double verifications = Signatures * OpensslMicroseconds(speed);
                if (round >= 0) // The first round warms up the compiler.
                {
                    (appraisals[round], bare[round]) = (appraisal, verifications);
                }
            }

            double first = Microseconds(50, () => Trusted(request, new ChainVerifier()));
            double verify = OpensslVerifyMicroseconds(credential);
            (double ours, double theirs) = (Median(appraisals), Median(bare));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {name,-9} {ours,8:0.0} us an appraisal, {theirs,8:0.0} us its {Signatures} bare verifications: ratio {ours / theirs:0.00}"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {"",-9} {first,8:0.0} us at first sight of the chain; 'openssl verify' of it, process and all: {verify:0.0} us"));
        }
    }

    private static AppraisalRequest Evidence(SlotCredential credential, uint asym, uint hash, DateTimeOffset now)
    {
        AttestationPlan plan = AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), 0, SpdmVersion.V13) with
        {
            Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V13, asym, hash)],
        };
        SpdmResponder responder = new(new() { Credentials = [credential] });
        Requester requester = new(plan);
        List<RawMessage> messages = [];
        while (requester.Turn is { } turn)
        {
            byte[] response = responder.Answer(turn.Request);
            messages.Add(new(true, turn.Request));
            messages.Add(new(false, response));
            requester.Take(response);
        }

        AppraisalPolicy policy = new() { Anchors = [credential.Root] };
        AppraisalRequest request = new(
            messages, plan, policy, new() { CmaName = "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100" }, NonceState.Fresh, now);
        return request with { Policy = policy with { References = Baseline.Of(Appraiser.Appraise(request, new ChainVerifier()).Blocks) } };
    }

    private static void Trusted(AppraisalRequest request, ChainVerifier chains)
    {
        if (Appraiser.Appraise(request, chains).Verdict != AppraisalVerdict.Trusted)
        {
            throw new InvalidOperationException("The evidence of the benchmark is not trusted.");
        }
    }

    private static double Microseconds(int times, Action once)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < times; i++)
        {
            once();
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / times;
    }

    // The machine-readable line: +F2 or +F4, index, bits, signatures a second, verifications a second of processor time; "inf" where the machine was
    // so busy that the second passed without any, which is measured again.
    private static double OpensslMicroseconds(string algorithm)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            string line = BenchProcess.Read("sh", "-c", $"exec openssl speed -mr -seconds 1 {algorithm} 2>/dev/null").Split('\n').Last(text => text.StartsWith("+F", StringComparison.Ordinal));
            if (double.TryParse(line.Split(':')[4], CultureInfo.InvariantCulture, out double rate) && double.IsFinite(rate) && rate > 0)
            {
                return 1_000_000 / rate;
            }
        }

        throw new InvalidOperationException($"'openssl speed {algorithm}' got no processor time in ten attempts; take the benchmark when the machine is quieter.");
    }

    private static double OpensslVerifyMicroseconds(SlotCredential credential)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("bench-chain-");
        try
        {
            string[] files = [.. credential.Certificates.Select((_, i) => Path.Combine(folder.FullName, $"{i}.pem"))];
            for (int i = 0; i < files.Length; i++)
            {
                File.WriteAllText(files[i], PemEncoding.WriteString("CERTIFICATE", credential.Certificates[i]));
            }

            const int Times = 20;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Times; i++)
            {
                BenchProcess.Read("openssl", "verify", "-no_check_time", "-CAfile", files[0], "-untrusted", files[1], files[2]);
            }

            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Times;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
