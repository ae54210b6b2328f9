extension WaveformFeatures {
  /// What is measured at one station, in the order of its values.
  ///
  /// P and S stand for the pick, or for the predicted arrival where there is none. Unless said otherwise: the band is
  /// 2–20 Hz (causal Butterworth of order 4 that begins at rest with the first sample taken off; the upper corner is
  /// at most 0.9 of the Nyquist frequency, and a band of less than a factor 1.2 is none); "vertical" is the vertical
  /// component, "horizontals" are one or both of the others, and a feature is NaN where its components are not there.
  /// Missing samples are straight lines before a filter and zero after it, and do not count in means. A window of
  /// which more than half is missing or outside the record makes a feature NaN, and so does division by zero.
  public static let stationDefinitions: [FeatureDefinition] = [
    FeatureDefinition(
      "snr_p", unit: "dB",
      "P signal-to-noise ratio: 20 log10 of the root mean square of the vertical in the 2 s after P (up to S where "
        + "that is earlier, but 0.5 s at least) over that in the 5 s before P; 2-20 Hz",
      phrase: "P signal-to-noise ratio % dB", decimals: 1),
    FeatureDefinition(
      "snr_s", unit: "dB",
      "S signal-to-noise ratio: 20 log10 of the root mean square of the horizontals in the 2 s after S over that in "
        + "the 5 s before S; 2-20 Hz", phrase: "S signal-to-noise ratio % dB", decimals: 1),
    FeatureDefinition(
      "snr_low", unit: "dB", "As snr_p in 1-4 Hz", phrase: "P signal-to-noise ratio in 1-4 Hz % dB", decimals: 1),
    FeatureDefinition(
      "snr_mid", unit: "dB", "As snr_p in 4-12 Hz", phrase: "P signal-to-noise ratio in 4-12 Hz % dB", decimals: 1),
    FeatureDefinition(
      "snr_high", unit: "dB", "As snr_p in 12-24 Hz", phrase: "P signal-to-noise ratio in 12-24 Hz % dB", decimals: 1),
    FeatureDefinition(
      "sta_lta_max",
      "Largest recursive STA/LTA (0.5 s over 10 s; Withers et al., 1998) of the vertical within 3 s of P; 2-20 Hz; the "
        + "recursion begins 30 s before P, or with the record, and its first 10 s do not count",
      phrase: "STA/LTA peak %", decimals: 1),
    FeatureDefinition(
      "kurtosis_max",
      "Largest kurtosis (fourth central moment over squared variance; 3 for normal noise) of the vertical in a "
        + "window of 2 s that ends within 3 s of P; 2-20 Hz", phrase: "kurtosis peak %", decimals: 1),
    FeatureDefinition(
      "centroid_frequency", unit: "Hz",
      "Mean frequency of the vertical's power spectrum in the 4 s after P: Welch's means of segments of 2 s with "
        + "Hann windows that overlap by half, less the same of the 5 s before P and nowhere below zero, 1-45 Hz, "
        + "unfiltered",
      phrase: "mean frequency % Hz", decimals: 1),
    FeatureDefinition(
      "bandwidth", unit: "Hz", "Standard deviation of frequency of the spectrum of centroid_frequency",
      phrase: "bandwidth % Hz", decimals: 1),
    FeatureDefinition(
      "dominant_frequency", unit: "Hz", "Frequency of the largest value of the spectrum of centroid_frequency",
      phrase: "dominant frequency % Hz", decimals: 1),
    FeatureDefinition(
      "spectral_flatness",
      "Geometric over arithmetic mean of the spectrum of centroid_frequency, no value counting less than 0.0001 of the "
        + "largest", phrase: "spectral flatness %"),
    FeatureDefinition(
      "spectral_slope",
      "Slope of log amplitude against log frequency, by least squares, of the spectrum of centroid_frequency from "
        + "the dominant frequency up, where the signal has at least twice the noise's power and 1e-12 of the "
        + "largest; needs four frequencies",
      phrase: "slope of the spectrum %", decimals: 1),
    FeatureDefinition(
      "corner_frequency", unit: "Hz",
      "Corner frequency of Brune's (1970) source spectrum with attenuation t* (Anderson and Hough, 1984), both free, "
        + "fitted to the S displacement spectrum of the horizontals from 0.5 s before to 4.5 s after S (cosine taper "
        + "of a tenth, means of log power in 16 bands a decade, 0.5-45 Hz, the longest run of bands with 9 times the "
        + "power of the 5 s before P); NaN with fewer than 8 bands, or where the best corner is at the edge of them",
      phrase: "corner frequency % Hz", decimals: 1),
    FeatureDefinition(
      "sp_amplitude_log10",
      "log10 of the largest horizontal amplitude in the 4 s after S over the largest vertical one in the 4 s after P "
        + "(up to S where that is earlier, but 0.5 s at least); 2-20 Hz", phrase: "log ratio of S to P amplitude %"),
    FeatureDefinition(
      "rectilinearity_p",
      "1 less the root of the second over the first eigenvalue of the covariance of the three components in the 0.5 "
        + "s after P (Montalbetti and Kanasewich, 1970); 2-20 Hz", phrase: "rectilinearity of P %"),
    FeatureDefinition(
      "planarity_s",
      "1 less twice the third over the sum of the other eigenvalues of the covariance of the three components in the "
        + "1 s after S (Jurkevics, 1988); 2-20 Hz", phrase: "planarity of S %"),
    FeatureDefinition(
      "incidence_p", unit: "degree",
      "Angle from the vertical of the first eigenvector of rectilinearity_p (Flinn, 1965)",
      phrase: "P incidence % degrees", decimals: 0),
    FeatureDefinition(
      "backazimuth_error", unit: "degree",
      "Azimuth of the first eigenvector of rectilinearity_p minus the direction to the epicentre, folded to 0-90 "
        + "degrees; NaN where it is not known how the components stand",
      phrase: "P direction % degrees off the epicentre",
      decimals: 0),
    FeatureDefinition(
      "rise_time", unit: "s",
      "From P to the largest envelope between P and 10 s after S. The envelope is the root of twice the mean square "
        + "of the components' sum of squares in 0.5 s, 20 values a second; 2-20 Hz", phrase: "rise time % s",
      decimals: 1),
    FeatureDefinition(
      "duration", unit: "s",
      "How long the envelope of rise_time is above twice its median between 20 s and 0.5 s before P, from P to 60 s "
        + "after P",
      phrase: "duration % s", decimals: 1),
    FeatureDefinition(
      "coda_slope", unit: "1/s",
      "Slope of the natural logarithm of the envelope of rise_time against time, by least squares, from its largest "
        + "value in the 5 s after S until 30 s later or until it falls to twice the noise of duration; needs 2 s",
      phrase: "coda decay % per s"),
    FeatureDefinition(
      "zero_crossing_rate", unit: "1/s", "Changes of sign of the vertical per second in the 4 s after P; 2-20 Hz",
      phrase: "% zero crossings per s", decimals: 1),
    FeatureDefinition(
      "spikiness", "Largest amplitude over root mean square of the vertical in the 4 s after P; 2-20 Hz",
      phrase: "peak sample % times the root mean square", decimals: 1),
    FeatureDefinition(
      "clipped",
      "Share of the samples of all components from 5 s before P to 30 s after S that are at the digitizer's rail",
      phrase: "share of clipped samples %", decimals: 3),
    FeatureDefinition(
      "gap_fraction",
      "Share of the samples of all components from 5 s before P to 30 s after S that are missing; what lies outside "
        + "the record is missing", phrase: "share of missing samples %", decimals: 3),
  ]

  /// What is measured of an event, in the order in which ``finish(modelSlowness:into:)`` writes it.
  ///
  /// For each feature of a station the median, the largest value and the median absolute deviation over the stations
  /// at which it is not NaN; then features across stations.
  public static let definitions: [FeatureDefinition] =
    stationDefinitions.flatMap { feature in
      [
        FeatureDefinition(
          "\(feature.name)_median", unit: feature.unit, "Median over stations. \(feature.meaning)",
          phrase: "median \(feature.phrase)", decimals: feature.decimals),
        FeatureDefinition(
          "\(feature.name)_max", unit: feature.unit, "Largest over stations. \(feature.meaning)",
          phrase: "largest \(feature.phrase)", decimals: feature.decimals),
        FeatureDefinition(
          "\(feature.name)_mad", unit: feature.unit, "Median absolute deviation over stations. \(feature.meaning)",
          phrase: "scatter of \(feature.phrase)", decimals: feature.decimals),
      ]
    } + [
      FeatureDefinition(
        "waveform_stations_n", "Number of stations with samples of the event", imputation: .zero,
        phrase: "% stations with waveforms", decimals: 0),
      FeatureDefinition(
        "envelope_coherence",
        "Mean correlation of the envelopes of all pairs of stations from 5 s before to 15 s after the predicted P",
        phrase: "coherence of envelopes %"),
      FeatureDefinition(
        "semblance",
        "Semblance of the envelopes from 1 s before to 3 s after the predicted P: each less its own median over the "
          + "record and scaled to the same energy; from 1 over the number of stations, or less, to 1",
        phrase: "semblance of envelopes %"),
      FeatureDefinition(
        "semblance_contrast",
        "Semblance over its mean at 20 random origin times between 5 and 60 s before or after; needs 5 of them",
        phrase: "semblance % times that at random times"),
      FeatureDefinition(
        "moveout_slowness_error", unit: "s/km",
        "Median over pairs of stations with a P pick, 2 km of epicentral distance or more apart, of the difference "
          + "of P times over that of distances less the model's slowness, the mean of those at the two distances; "
          + "needs three stations",
        phrase: "apparent slowness % s/km off", decimals: 3),
      FeatureDefinition(
        "attenuation_slope",
        "Slope of log10 amplitude against log10 hypocentral distance, by least squares, over stations with a P or S "
          + "pick; the amplitude is the largest in the 4 s after S, 2-20 Hz, of the horizontals, or of the vertical "
          + "where there are none. Only stations of the most common kind count (in m/s or counts, horizontals or "
          + "vertical). Needs three stations", phrase: "amplitude falls with distance to the power %"),
      FeatureDefinition(
        "attenuation_rms", "Root mean square distance of log10 amplitudes from the line of attenuation_slope",
        phrase: "scatter of log amplitude against distance %"),
      FeatureDefinition(
        "station_agreement",
        "Share of the stations of the line's kind, picked or not, whose signal-to-noise ratio is within a factor 4 "
          + "of the line's: amplitude over the largest one in the 5 s before P against the root sum of squares of "
          + "the line's amplitude and the noise's", phrase: "% of stations agree on the amplitude"),
    ]

  /// How many values an event has.
  public static let count = definitions.count
}
