using Fleet.Agent.Attestation;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>Attestation on the host's own demand: the same job as the server's, answered with its evidence, on which nobody here concludes anything.</summary>
internal static class AttestRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host, TimeProvider time) =>
        routes.MapPost("/v1/attest", (AttestationJob job, HttpContext context, CancellationToken ct) =>
            AttestAsync(host, job, context.Peer().Caller, time, ct)).For(LocalRule.Root);

    private static async Task<IResult> AttestAsync(AgentHost host, AttestationJob job, Caller caller, TimeProvider time, CancellationToken ct)
    {
        if (!JobPlan.IsId(job.Id) || job.LifetimeMilliseconds is < 1 or > 600_000)
        {
            return LocalAnswers.Problem(ErrorCodes.Invalid, "An attestation has an id of 32 hexadecimal digits in lower case and a life of 1 to 600000 ms.");
        }

        if (!JobPlan.TryRead(job, out Spdm.Requesting.AttestationPlan? plan, out string problem))
        {
            return LocalAnswers.Problem(ErrorCodes.Invalid, problem);
        }

        if (!FunctionRoutes.TryFind(host, job.Function.ToString(), out _, out IResult? missing))
        {
            return missing!;
        }

        DateTimeOffset started = time.GetUtcNow();
        AttestationRun run = await host.Evidence.RunAsync(
            new(plan, job.Function, caller, "fleet-agent attest", TimeSpan.FromMilliseconds(job.LifetimeMilliseconds)) { Mailbox = job.Mailbox }, ct);
        return LocalAnswers.Value(AttestationJobs.ReportOf(job, run, started));
    }
}
