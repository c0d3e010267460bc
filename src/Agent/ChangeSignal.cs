using System.Threading.Channels;

namespace Fleet.Agent;

/// <summary>Says that something changed; any number of changes before a look are one.</summary>
internal sealed class ChangeSignal
{
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise() => _pending.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken ct) => await _pending.Reader.ReadAsync(ct);
}
