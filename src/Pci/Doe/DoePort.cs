using System.Globalization;
using Fleet.Pci.Capabilities;

namespace Fleet.Pci.Doe;

/// <summary>
/// The registers of one mailbox. A vanished function reads all ones without an error, so status is the one register
/// that tells whether anybody is there.
/// </summary>
internal sealed class DoePort(IConfigSpace space, int offset)
{
    private uint _control;

    public string Place => string.Create(CultureInfo.InvariantCulture, $"{space.Address} mailbox {offset:x3}");

    /// <summary>Checks that the capability is still where it was: layouts change with firmware, hot-plug and SR-IOV.</summary>
    public DoeProblem? Verify()
    {
        if (offset < ConfigImage.ConventionalSize || (offset & 3) != 0 || offset > space.Size - DoeRegisters.BlockSize)
        {
            return new(DoeFailure.NotAMailbox, $"A mailbox does not fit at {offset:x3} of {space.Address}.");
        }

        ConfigStatus status = space.ReadDword(offset, out uint header);
        if (status is not ConfigStatus.Done)
        {
            return DoeProblem.From(status, "reading the capability header");
        }

        if (header is DwordAccess.AllOnes)
        {
            return Gone();
        }

        return (ushort)header is CapabilityIds.DataObjectExchange
            ? null
            : new(DoeFailure.NotAMailbox, $"{Place} is no DOE capability any more: its header reads {header:x8}.");
    }

    public DoeProblem? ReadStatus(out uint status)
    {
        DoeProblem? problem = Read(DoeRegisters.Status, out status);
        return problem is null && status is DwordAccess.AllOnes ? Gone() : problem;
    }

    public DoeProblem? Read(int register, out uint value)
    {
        ConfigStatus status = space.ReadDword(offset + register, out value);
        return status is ConfigStatus.Done ? null : DoeProblem.From(status, $"reading {offset + register:x3}");
    }

    public DoeProblem? Write(int register, uint value)
    {
        ConfigStatus status = space.WriteDword(offset + register, value);
        return status is ConfigStatus.Done ? null : DoeProblem.From(status, $"writing {offset + register:x3}");
    }

    /// <summary>Reads which bits of Control belong to others (interrupt enable, revision 2): they survive every write of ours.</summary>
    public DoeProblem? ReadControl()
    {
        DoeProblem? problem = Read(DoeRegisters.Control, out _control);
        return problem is null && _control is DwordAccess.AllOnes ? Gone() : problem;
    }

    /// <summary>Sets a bit of Control and keeps the bits of others as they were read last.</summary>
    public DoeProblem? Command(uint bit) => Write(DoeRegisters.Control, (_control & DoeRegisters.ControlPreserve) | bit);

    private DoeProblem Gone() => new(DoeFailure.Gone, $"{Place} reads all ones: the function is gone, asleep or in reset.");
}
