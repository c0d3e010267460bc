using System.Text.RegularExpressions;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>What is shipped for containers and Prometheus is at least well-formed and says what it should.</summary>
public sealed partial class DeploymentFileTests
{
    private static readonly string Chart = Path.Combine(Places.Root, "deploy", "helm");

    [Fact]
    public async Task Compose_Config_Renders()
    {
        Places.NeedProgram("docker-compose");

        string rendered = (await Shell.RunAsync("docker-compose", "--file", Path.Combine(Places.Root, "docker-compose.yml"), "config")).Succeeded();

        Assert.Contains("--write-join-token", rendered, StringComparison.Ordinal);
        Assert.Contains("target: sim", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_ProfilePostgres_RendersTheDatabase()
    {
        Places.NeedProgram("docker-compose");

        string rendered = (await Shell.RunAsync("docker-compose", "--file", Path.Combine(Places.Root, "docker-compose.yml"), "--profile", "postgres", "config")).Succeeded();

        Assert.Contains("image: postgres:", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_Lint_FindsNothing()
    {
        Output lint = await Shell.RunAsync(Helm(), "lint", "--strict", Chart);

        Assert.Equal(0, lint.Status);
    }

    [Fact]
    public async Task Chart_WithDefaults_RendersServerAndPrivilegedAgent()
    {
        string rendered = (await Shell.RunAsync(Helm(), "template", "fleet", Chart)).Succeeded();

        Assert.Contains("kind: StatefulSet", rendered, StringComparison.Ordinal);
        Assert.Contains("kind: DaemonSet", rendered, StringComparison.Ordinal);
        Assert.Contains("privileged: true", rendered, StringComparison.Ordinal);
        Assert.Contains("https://fleet-agents:8443", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_RestrictedProfile_AsksForNoPrivilegeAndMountsNothing()
    {
        string rendered = (await Shell.RunAsync(Helm(), "template", "fleet", Chart, "--set", "agent.profile=restricted")).Succeeded();

        Assert.Contains("--no-mirror", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged: true", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("hostPID", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("Bidirectional", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_ThreeReplicas_ShareDatabaseAndKeysAndKeepBrowsersInPlace()
    {
        string rendered = (await Shell.RunAsync(
            Helm(), "template", "fleet", Chart, "--set", "server.replicas=3", "--set", "server.database.existingSecret=fleet-database", "--set", "server.keysClaim=fleet-keys")).Succeeded();

        foreach (string part in (string[])["replicas: 3", "kind: PodDisruptionBudget", "sessionAffinity: ClientIP", "--database-file, /database/url", "--keys, /keys", "secretName: fleet-database", "claimName: fleet-keys"])
        {
            Assert.Contains(part, rendered, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Chart_WithDefaults_NeedsNoPrometheusOperator()
    {
        string rendered = (await Shell.RunAsync(Helm(), "template", "fleet", Chart)).Succeeded();

        Assert.DoesNotContain("monitoring.coreos.com", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_WithMonitoring_ScrapesServersAndAgentsAndShipsEveryAlert()
    {
        Places.NeedProgram("promtool");
        string[] arguments = ["template", "fleet", Chart, "--set", "monitoring.enabled=true", "--set", "monitoring.labels.release=prometheus", "--set", "monitoring.runbooks=https://wiki.example/pcifleet/"];

        string rules = (await Shell.RunAsync(Helm(), [.. arguments, "--show-only", "templates/rules.yaml"])).Succeeded();
        string monitors = (await Shell.RunAsync(Helm(), [.. arguments, "--show-only", "templates/monitors.yaml"])).Succeeded();

        Assert.Contains("kind: ServiceMonitor", monitors, StringComparison.Ordinal);
        Assert.Contains("kind: PodMonitor", monitors, StringComparison.Ordinal);
        Assert.Contains("release: prometheus", rules, StringComparison.Ordinal);
        Assert.Contains("runbook_url: https://wiki.example/pcifleet/PciFleetWatchdog.md", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("docs/runbooks", rules, StringComparison.Ordinal);
        // What stands under "spec" is a file of rules.
        string file = Path.Combine(Places.NewData("chart-rules"), "rules.yml");
        await File.WriteAllLinesAsync(
            file, rules.Split('\n').SkipWhile(line => line != "spec:").Skip(1).Select(line => line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line), TestContext.Current.CancellationToken);
        string shipped = await File.ReadAllTextAsync(Path.Combine(Places.Root, "deploy", "prometheus", "pcifleet.rules.yml"), TestContext.Current.CancellationToken);
        Output check = await Shell.RunAsync("promtool", "check", "rules", file);
        Assert.True(check.Status == 0, check.Text + check.Errors);
        Assert.Contains($"{Rule().Count(shipped)} rules found", check.Text + check.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server.replicas=2", "needs server.database.existingSecret")]
    [InlineData("agent.mode=block", "give observe, shadow or enforce")]
    [InlineData("agent.profile=root", "give privileged or restricted")]
    public async Task Chart_UnknownValue_IsRefusedWithWhatIsKnown(string setting, string answer)
    {
        Output refused = await Shell.RunAsync(Helm(), "template", "fleet", Chart, "--set", setting);

        Assert.NotEqual(0, refused.Status);
        Assert.Contains(answer, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_SystemdAnalyze_FindsNothing()
    {
        Assert.SkipUnless(Shell.Has("systemd-analyze"), "Needs systemd-analyze.");
        string copies = Places.NewData("units");
        foreach (string unit in Directory.EnumerateFiles(Path.Combine(Places.Root, "deploy", "systemd"), "*.service"))
        {
            // The program is on no machine yet; everything else is checked as it stands.
            string text = await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                Path.Combine(copies, Path.GetFileName(unit)), text.Replace("/opt/pcifleet/fleet-agent", "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        }

        Output verify = await Shell.RunAsync("systemd-analyze", ["verify", .. Directory.EnumerateFiles(copies)]);

        Assert.True(verify is { Status: 0, Errors: "" }, verify.Text + verify.Errors);
    }

    [Fact]
    public async Task AlertRules_PromtoolTests_FireAndDoNotFire()
    {
        Places.NeedProgram("promtool");

        Output tests = await Shell.RunAsync("promtool", "test", "rules", Path.Combine(Places.Root, "deploy", "prometheus", "pcifleet.tests.yml"));

        Assert.True(tests.Status == 0, tests.Text + tests.Errors);
    }

    [Fact]
    public async Task PrometheusExample_CheckConfig_Passes()
    {
        Places.NeedProgram("promtool");

        Output check = await Shell.RunAsync("promtool", "check", "config", Path.Combine(Places.Root, "deploy", "prometheus", "prometheus.yml"));

        Assert.True(check.Status == 0, check.Text + check.Errors);
    }

    [GeneratedRegex(@"- (alert|record): ")]
    private static partial Regex Rule();

    private static string Helm()
    {
        string? helm = Environment.GetEnvironmentVariable("HELM") ?? Path.Combine(Places.Root, ".cache", "helm", "helm");
        Places.Need(File.Exists(helm), "Needs helm; ./test fetches it.");
        return helm;
    }
}
