namespace Pcm.Interop.Tests.Contracts;

#region window
/// <summary>Registers that are mapped into this process.</summary>
internal sealed unsafe class MappedWindow(byte* registers) : IRegisterWindow
{
    public uint Read(int offset, int bytes) => bytes switch
    {
        1 => Volatile.Read(ref registers[offset]),
        2 => Volatile.Read(ref *(ushort*)(registers + offset)),
        _ => Volatile.Read(ref *(uint*)(registers + offset)),
    };

    public void Write(int offset, int bytes, uint value)
    {
        switch (bytes)
        {
            case 1:
                Volatile.Write(ref registers[offset], (byte)value);
                break;
            case 2:
                Volatile.Write(ref *(ushort*)(registers + offset), (ushort)value);
                break;
            default:
                Volatile.Write(ref *(uint*)(registers + offset), value);
                break;
        }
    }

    public void Post(int offset, int bytes, uint value) => Write(offset, bytes, value);
}
#endregion
