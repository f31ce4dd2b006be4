using System.Buffers.Binary;
using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>The device's side against random bytes.</summary>
public sealed class HostileDriverFuzzTests
{
    [Fact] // D-65: whatever bytes the rings hold, nothing throws and nothing outside the message memory is touched
    public void AnyBytes_InTheRings_NeverThrow() =>
        Gen.Select(RingCase.Any(16), Gen.Byte.Array[0, 700], Gen.Byte.Array[1, 40], Gen.Int[1, 60]).Sample(
            (ring, bytes, salt, rounds) =>
            {
                using var bench = new RingBench(ring, tokens: 8);
                var random = new ReadOnlyMemory<byte>([.. bytes, .. salt]);
                Scribble(bench, random.Span);
                for (int i = 0; i < rounds; i++)
                {
                    if (bench.Device.TryPop(out DescriptorChain chain))
                    {
                        Exercise(bench.Device, chain);
                    }

                    bench.Device.Publish();
                    bench.Device.TryEnableNotifications();
                    bench.DriverArea[(i * 5) % bench.DriverArea.Length] ^= salt[i % salt.Length];
                    bench.Descriptors[(i * 7) % bench.Descriptors.Length] ^= salt[i % salt.Length];
                }
            },
            iter: 3000);

    /// <summary>Bytes everywhere; addresses mostly made to hit mapped memory, or nothing would be reached.</summary>
    private static void Scribble(RingBench bench, ReadOnlySpan<byte> random)
    {
        Span<byte> rings = bench.Descriptors; // all three areas lie in one region
        for (int i = 0; i < rings.Length; i++)
        {
            rings[i] = random[i % random.Length];
        }

        for (int i = 0; i < bench.Driver.Size; i++)
        {
            if (random[i % random.Length] % 8 != 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(rings[(i * 16)..], bench.Payload.DeviceAddress + (random[(i + 1) % random.Length] * 2u));
                BinaryPrimitives.WriteUInt32LittleEndian(rings[((i * 16) + 8)..], random[(i + 2) % random.Length] & 0x3Fu);
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bench.DriverArea[2..], (ushort)(random[0] % (bench.Driver.Size + 2)));
        for (int i = 0; i < bench.Payload.Length; i++)
        {
            bench.Payload.Span[i] = random[(i * 3) % random.Length];
        }
    }

    private static void Exercise(DeviceVirtqueue queue, DescriptorChain chain)
    {
        Span<byte> bytes = stackalloc byte[16];
        chain.TryCopyTo(0, bytes);
        chain.TryCopyFrom(Math.Max(0, chain.WritableLength - 16), bytes);
        if (chain.Head % 3 != 0)
        {
            queue.Push(chain.Head, (uint)Math.Min(chain.WritableLength, uint.MaxValue));
        }
    }
}
