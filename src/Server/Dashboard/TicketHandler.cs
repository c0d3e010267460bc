using System.Net.Http.Headers;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Components.Authorization;

namespace Fleet.Server.Dashboard;

/// <summary>Puts a fresh ticket of the circuit's person on each call; without one the API answers 401.</summary>
internal sealed class TicketHandler(AuthenticationStateProvider people, Tickets tickets) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AuthenticationState state = await people.GetAuthenticationStateAsync();
        if (tickets.Issue(state.User) is { } ticket)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
