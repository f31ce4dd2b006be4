namespace Pcm.Virtio;

/// <summary>
/// A PCM stream: what the driver sees of it (virtio 5.14.6.6.2), and the substream that is its audio side.
/// Lifetime: the device opens the substream at the first SET_PARAMS after a reset and closes it at the next reset; nobody else uses it meanwhile.
/// </summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record VirtioSoundStreamOptions
{
    /// <summary>The features a stream of this device can offer.</summary>
    public const VirtioSoundPcmFeatures PossibleFeatures = VirtioSoundPcmFeatures.MessagePolling | VirtioSoundPcmFeatures.XRunEvents;

    /// <summary>The audio side, of any backend. Its direction is the stream's: playback is what the driver sends.</summary>
    public required PcmSubstream Substream { get; init; }

    /// <summary>The sample formats to offer: of those that virtio has, less IMA_ADPCM, whose frames are no whole bytes.</summary>
    public required PcmFormats Formats { get; init; }

    /// <summary>The frame rates to offer, hertz, of those that virtio has.</summary>
    public required IReadOnlyList<int> Rates { get; init; }

    /// <summary>Fewest channels, 1 to 255.</summary>
    public int ChannelsMin { get; init; } = 1;

    /// <summary>Most channels, 1 to 255.</summary>
    public int ChannelsMax { get; init; } = 2;

    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; init; }

    /// <summary>
    /// What to offer of <see cref="PossibleFeatures"/>. <see cref="VirtioSoundPcmFeatures.MessagePolling"/> makes the device look for messages once in a
    /// period; Linux selects it whenever it is offered.
    /// </summary>
    public VirtioSoundPcmFeatures Features { get; init; } = VirtioSoundPcmFeatures.XRunEvents;

    /// <summary>The formats a driver may ask for, one bit for each virtio index.</summary>
    internal ulong FormatBits
    {
        get
        {
            ulong bits = 0;
            foreach (PcmFormat format in Formats)
            {
                bits |= VirtioPcmFormats.TryToVirtio(format, out byte index) ? 1UL << index : 0;
            }

            return bits;
        }
    }

    /// <summary>The rates a driver may ask for, one bit for each virtio index.</summary>
    internal ulong RateBits
    {
        get
        {
            ulong bits = 0;
            foreach (int rateHz in Rates)
            {
                bits |= VirtioPcmRates.TryToVirtio(rateHz, out byte index) ? 1UL << index : 0;
            }

            return bits;
        }
    }

    /// <summary>
    /// Describes a substream by what its backend accepts: formats, rates and channels that are possible, and that virtio can carry. Opens the
    /// substream for that, and closes it again.
    /// </summary>
    /// <param name="substream">A closed substream.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PcmException">It cannot be opened, or nothing that virtio can carry is possible (<see cref="PcmError.NotSupported"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<VirtioSoundStreamOptions> DescribeAsync(PcmSubstream substream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(substream);
        PcmError error = await substream.OpenAsync(PcmOpenMode.NonBlocking, cancellationToken);
        error.ThrowIfError("open");
        VirtioSoundStreamOptions options;
        try
        {
            options = Describe(substream);
        }
        finally
        {
            await substream.CloseAsync();
        }

        if (options.FindProblem() is { } problem)
        {
            throw new PcmException(PcmError.NotSupported, $"{substream}: {problem}.");
        }

        return options;
    }

    internal string? FindProblem()
    {
        if (Formats.Contains(PcmFormat.ImaAdpcm))
        {
            return "IMA_ADPCM is not possible: its frames are no whole bytes";
        }

        foreach (PcmFormat format in Formats)
        {
            if (!VirtioPcmFormats.TryToVirtio(format, out _))
            {
                return $"virtio has no format {format.AlsaName()}";
            }
        }

        foreach (int rateHz in Rates)
        {
            if (!VirtioPcmRates.TryToVirtio(rateHz, out _))
            {
                return $"virtio has no rate of {rateHz} Hz";
            }
        }

        return Formats.IsEmpty ? "it has no format"
            : Rates.Count == 0 ? "it has no rate"
            : ChannelsMin < 1 || ChannelsMax > byte.MaxValue || ChannelsMin > ChannelsMax ? $"{ChannelsMin} to {ChannelsMax} channels; 1 to 255 are possible"
            : (Features & ~PossibleFeatures) != 0 ? $"the features {Features & ~PossibleFeatures} are not possible"
            : null;
    }

    private static VirtioSoundStreamOptions Describe(PcmSubstream substream)
    {
        var space = new PcmHwParams { Accesses = PcmAccesses.ReadWriteInterleaved };
        substream.HwRefine(space).ThrowIfError("refine");
        PcmFormats formats = PcmFormats.None;
        foreach (PcmFormat format in space.Formats)
        {
            formats |= format != PcmFormat.ImaAdpcm && VirtioPcmFormats.TryToVirtio(format, out _) ? [format] : PcmFormats.None;
        }

        var rates = new List<int>();
        for (byte index = 0; VirtioPcmRates.TryFromVirtio(index, out int rateHz); index++)
        {
            PcmHwParams trial = space.Clone();
            trial.Rate = rateHz;
            if (substream.HwRefine(trial) == PcmError.None)
            {
                rates.Add(rateHz);
            }
        }

        PcmInterval channels = space.GetInterval(PcmHwParameter.Channels);
        return new VirtioSoundStreamOptions
        {
            Substream = substream,
            Formats = formats,
            Rates = rates,
            ChannelsMin = (int)Math.Min(channels.Min, byte.MaxValue + 1),
            ChannelsMax = (int)Math.Min(channels.Max, byte.MaxValue),
        };
    }
}
