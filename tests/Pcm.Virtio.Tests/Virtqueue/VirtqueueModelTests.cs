using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>The two sides together against the plainest model there is: two FIFOs and a bag.</summary>
public sealed class VirtqueueModelTests
{
    private enum Verb
    {
        Add,
        Publish,
        Pop,
        Push,
        PublishUsed,
        Take,
    }

    private static readonly Gen<(Verb Verb, int Argument)[]> s_operations =
        Gen.Select(Gen.Enum<Verb>(), Gen.Int[0, int.MaxValue]).Array[0, 150];

    [Fact]
    public void RandomOperations_AnyRing_BehaveAsQueues() =>
        Gen.Select(RingCase.Any(), Gen.OneOf(Gen.Const(0), Gen.Int[0, 20]), s_operations)
            .Sample((ring, lead, operations) => RunModel(ring, lead, operations), iter: 1000);

    [Fact]
    public void RandomOperations_AroundTheWrapOfTheIndices_BehaveAsQueues() =>
        Gen.Select(RingCase.Any(64), Gen.Int[65520, 65536], s_operations)
            .Sample((ring, lead, operations) => RunModel(ring, lead, operations), iter: 40);

    [Fact]
    public void RandomOperations_TinyRings_BehaveAsQueues() =>
        Gen.Select(RingCase.Any(4), Gen.Const(0), s_operations)
            .Sample((ring, lead, operations) => RunModel(ring, lead, operations), iter: 2000);

    private static void RunModel(RingCase ring, int lead, (Verb Verb, int Argument)[] operations)
    {
        using var bench = new RingBench(ring);
        bench.Advance(lead);
        var model = new Model(ring);
        foreach ((Verb verb, int argument) in operations)
        {
            model.Apply(verb, argument, bench);
            model.CheckInvariants(bench);
        }

        // Whatever happened: everything can be brought home.
        model.Finish(bench);
    }

    private sealed record Message(ushort Token, int Readable, int Writable, int Descriptors, byte Mark);

    private sealed class Model(RingCase ring)
    {
        private readonly Queue<ushort> _tokens = new(Enumerable.Range(0, 64).Select(token => (ushort)token));
        private readonly List<Message> _added = [];
        private readonly Queue<Message> _available = new();
        private readonly List<(Message Message, ushort Head)> _held = [];
        private readonly List<(Message Message, uint Written)> _pushed = [];
        private readonly Queue<(Message Message, uint Written)> _used = new();
        private int _free = ring.Size;
        private byte _mark;

        public void Apply(Verb verb, int argument, RingBench bench)
        {
            switch (verb)
            {
                case Verb.Add:
                    Add(argument, bench);
                    break;
                case Verb.Publish:
                    bench.Driver.Publish();
                    _added.ForEach(_available.Enqueue);
                    _added.Clear();
                    break;
                case Verb.Pop:
                    Pop(bench);
                    break;
                case Verb.Push:
                    Push(argument, bench);
                    break;
                case Verb.PublishUsed:
                    bench.Device.Publish();
                    _pushed.ForEach(_used.Enqueue);
                    _pushed.Clear();
                    break;
                default:
                    Take(bench);
                    break;
            }
        }

        public void CheckInvariants(RingBench bench)
        {
            Assert.Equal(VirtqueueFault.None, bench.Driver.Fault);
            Assert.Equal(VirtqueueFault.None, bench.Device.Fault);
            Assert.Equal(_free, bench.Driver.FreeDescriptors);
            Assert.Equal(_added.Count + _available.Count + _held.Count + _pushed.Count + _used.Count, bench.Driver.InFlight);
            Assert.Equal(_held.Count, bench.Device.InFlight);
        }

        public void Finish(RingBench bench)
        {
            Apply(Verb.Publish, 0, bench);
            while (_available.Count > 0)
            {
                Apply(Verb.Pop, 0, bench);
            }

            while (_held.Count > 0)
            {
                Apply(Verb.Push, 0, bench);
            }

            Apply(Verb.PublishUsed, 0, bench);
            while (_used.Count > 0)
            {
                Apply(Verb.Take, 0, bench);
            }

            CheckInvariants(bench);
            Assert.Equal(ring.Size, bench.Driver.FreeDescriptors);
            Assert.Equal(0, bench.Driver.InFlight);
            Assert.Equal(0, bench.Driver.ClampedLengths);
        }

        /// <summary>Up to three readable and three writable slices, some of them empty; the payload is marked with token and number.</summary>
        private void Add(int argument, RingBench bench)
        {
            if (_tokens.Count == 0)
            {
                return;
            }

            ushort token = _tokens.Peek();
            DmaSlice[] readable = Slices(argument & 0xFFF, token, 0, bench);
            DmaSlice[] writable = Slices((argument >> 12) & 0xFFF, token, 32, bench);
            int count = readable.Concat(writable).Count(slice => slice.Length != 0);
            if (count == 0 || count > ring.Size)
            {
                Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd(readable, writable, token));
                return;
            }

            int descriptors = count > 1 && count <= Math.Min(ring.Indirect, ring.Size) ? 1 : count;
            byte mark = _mark++;
            bool fits = descriptors <= _free;
            if (fits)
            {
                bench.SlotSpan(token, 0, 32).Fill((byte)(token ^ mark));
                bench.SlotSpan(token, 32, 32).Clear();
            }

            Assert.Equal(fits, bench.Driver.TryAdd(readable, writable, token));
            if (fits)
            {
                _tokens.Dequeue();
                _free -= descriptors;
                _added.Add(new(token, (int)readable.Sum(slice => slice.Length), (int)writable.Sum(slice => slice.Length), descriptors, mark));
            }
        }

        private static DmaSlice[] Slices(int random, ushort token, int offset, RingBench bench)
        {
            var slices = new DmaSlice[random % 4];
            random /= 4;
            for (int i = 0; i < slices.Length; i++)
            {
                int length = random % 8; // 0 is to be left out
                random /= 8;
                slices[i] = bench.Slot(token, offset, length);
                offset += length;
            }

            return slices;
        }

        private void Pop(RingBench bench)
        {
            bool popped = bench.Device.TryPop(out DescriptorChain chain);
            Assert.Equal(_available.Count > 0, popped);
            if (!popped)
            {
                return;
            }

            Message message = _available.Dequeue();
            Assert.Equal(message.Readable, chain.ReadableLength);
            Assert.Equal(message.Writable, chain.WritableLength);
            var bytes = new byte[message.Readable];
            Assert.True(chain.TryCopyTo(0, bytes));
            Assert.All(bytes, value => Assert.Equal((byte)(message.Token ^ message.Mark), value));
            Assert.False(chain.TryCopyTo(1, bytes.Append((byte)0).ToArray()));
            _held.Add((message, chain.Head));
        }

        private void Push(int argument, RingBench bench)
        {
            if (_held.Count == 0)
            {
                return;
            }

            int at = argument % _held.Count;
            (Message message, ushort head) = _held[at];
            _held.RemoveAt(at);
            int written = argument / 64 % (message.Writable + 1);
            DescriptorChain chain = bench.Device.Open(head);
            Assert.True(chain.TryCopyFrom(0, Enumerable.Repeat((byte)~message.Mark, written).ToArray()));
            bench.Device.Push(head, (uint)written);
            Assert.Equal(0, chain.WritableLength); // void after the push
            _pushed.Add((message, (uint)written));
        }

        private void Take(RingBench bench)
        {
            bool taken = bench.Driver.TryTakeUsed(out ushort token, out uint written);
            Assert.Equal(_used.Count > 0, taken);
            if (!taken)
            {
                return;
            }

            (Message message, uint expected) = _used.Dequeue();
            Assert.Equal(message.Token, token);
            Assert.Equal(expected, written);
            Span<byte> answer = bench.SlotSpan(token, 32, 32);
            Assert.True(answer[..(int)written].IndexOfAnyExcept((byte)~message.Mark) < 0);
            Assert.True(answer[(int)written..].IndexOfAnyExcept((byte)0) < 0);
            _tokens.Enqueue(token);
            _free += message.Descriptors;
        }
    }
}
