// How a host joins: the only way in that needs no certificate.
using Fleet.Contracts;
using Fleet.Server.Hosting;

namespace Fleet.Server.Features.Enrolment;

internal static class EnrolmentFeature
{
    public static void MapEnrolment(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder enrolment = routes.MapGroup(LinkProtocol.EnrollPath).AllowAnonymous().WithMetadata(AgentsPort.Mark)
            .RequireRateLimiting(RateLimits.Enrolment).ExcludeFromDescription();
        GetAuthority.Map(enrolment);
        EnrollHost.Map(enrolment);
    }
}
