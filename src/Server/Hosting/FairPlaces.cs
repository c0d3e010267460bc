namespace Fleet.Server.Hosting;

/// <summary>
/// A number of places, and who waits for one. A free place goes to the block of addresses that holds fewest, and within it to who waits longest; so whoever
/// takes many places keeps others waiting no longer than until the next one is free. A fleet behind one address has them all but for a reserve.
/// </summary>
/// <param name="places">How many may be held at once.</param>
/// <param name="mostOfOne">How many of them by one block.</param>
/// <param name="mostWaiting">How many may wait.</param>
/// <param name="mostWaitingOfOne">How many of them of one block.</param>
internal sealed class FairPlaces(int places, int mostOfOne, int mostWaiting, int mostWaitingOfOne)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AddressBlock, Block> _blocks = [];
    private readonly SortedSet<Block> _next = new(Comparer<Block>.Create(Compare));
    private int _held;
    private int _waiting;
    private long _arrivals;

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a place, waiting for one if need be.</summary>
    /// <returns>The place, to be disposed of once; null when too many wait, or the token ended the wait.</returns>
    public async Task<IDisposable?> EnterAsync(AddressBlock from, CancellationToken ct)
    {
        Waiter waiter;
        lock (_gate)
        {
            Block block = Find(from);
            if (_held < places && block.Held < mostOfOne && block.Waiters.Count is 0)
            {
                return Take(block);
            }

            if (_waiting >= mostWaiting || block.Waiters.Count >= mostWaitingOfOne)
            {
                Forget(block);
                return null;
            }

            waiter = new Waiter(block, _arrivals++);
            Change(block, () => waiter.Node = block.Waiters.AddLast(waiter));
            _waiting++;
        }

        await using (ct.Register(() => GiveUp(waiter)))
        {
            return await waiter.Got.Task;
        }
    }

    // By places held, then by who of each has waited longest.
    private static int Compare(Block one, Block other) => one.Held != other.Held
        ? one.Held.CompareTo(other.Held)
        : one.Waiters.First!.Value.Arrival.CompareTo(other.Waiters.First!.Value.Arrival);

    private Place Take(Block block)
    {
        _held++;
        Change(block, () => block.Held++);
        return new Place(this, block);
    }

    private void Leave(Block block)
    {
        lock (_gate)
        {
            _held--;
            Change(block, () => block.Held--);
            while (_held < places && _next.Min is { } next)
            {
                Waiter waiter = next.Waiters.First!.Value;
                Dequeue(waiter);
                waiter.Got.SetResult(Take(next));
            }

            Forget(block);
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is not null)
            {
                Dequeue(waiter);
                waiter.Got.SetResult(null);
                Forget(waiter.Block);
            }
        }
    }

    private void Dequeue(Waiter waiter)
    {
        Change(waiter.Block, () => waiter.Block.Waiters.Remove(waiter.Node!));
        waiter.Node = null;
        _waiting--;
    }

    // Its place in the order depends on what changes.
    private void Change(Block block, Action change)
    {
        if (block.IsNext)
        {
            _next.Remove(block);
        }

        change();
        block.IsNext = block.Waiters.Count > 0 && block.Held < mostOfOne;
        if (block.IsNext)
        {
            _next.Add(block);
        }
    }

    private Block Find(AddressBlock from)
    {
        if (!_blocks.TryGetValue(from, out Block? block))
        {
            _blocks[from] = block = new Block(from);
        }

        return block;
    }

    private void Forget(Block block)
    {
        if (block.Held is 0 && block.Waiters.Count is 0)
        {
            _blocks.Remove(block.From);
        }
    }

    private sealed class Block(AddressBlock from)
    {
        public AddressBlock From => from;

        public int Held { get; set; }

        /// <summary>Whether it stands among those that get the next free place.</summary>
        public bool IsNext { get; set; }

        public LinkedList<Waiter> Waiters { get; } = new();
    }

    private sealed class Waiter(Block block, long arrival)
    {
        public Block Block => block;

        public long Arrival => arrival;

        public LinkedListNode<Waiter>? Node { get; set; }

        public TaskCompletionSource<IDisposable?> Got { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Given back once, however often it is disposed of.</summary>
    private sealed class Place(FairPlaces places, Block block) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) is 0)
            {
                places.Leave(block);
            }
        }
    }
}
