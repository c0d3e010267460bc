using System.Runtime.CompilerServices;
using Fleet.Fuzzing.Spdm;
using Fleet.Spdm.Appraisal;

namespace Fleet.Fuzz.Tests.Spdm;

/// <summary>What the SPDM targets spoil is good as it is: else nothing they refuse would mean anything.</summary>
public sealed class SpdmCorpusTests
{
    [Fact]
    public void Corpus_AsItWasRecorded_IsTrusted()
    {
        string path = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "Fuzzing", "Spdm", SpdmCorpus.FileName);
        if (Environment.GetEnvironmentVariable("GOLDEN") is "overwrite")
        {
            File.WriteAllText(path, SpdmCorpus.Record() + "\n");
        }

        List<AppraisalRequest> all = SpdmCorpus.Load(path);

        Assert.Equal(8, all.Count);
        Assert.All(all, good => Assert.Equal(AppraisalVerdict.Trusted, Appraiser.Appraise(good, new ChainVerifier()).Verdict));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
