/// The event discriminator as a function of tensors.
struct DiscriminatorNetwork {
  let architecture: DiscriminatorArchitecture

  static let epsilon = 1e-5

  /// What becomes of stations on their own.
  ///
  /// - Parameters:
  ///   - windows: stations × ``DiscriminatorArchitecture/inputChannels`` × samples.
  ///   - attributes: stations × ``DiscriminatorArchitecture/inputAttributes``.
  /// - Returns: stations × width.
  func stations(_ windows: Batch, _ attributes: Batch, _ pass: ForwardPass) throws -> Batch {
    var x = windows
    for (number, kernel) in architecture.kernels.enumerated() {
      x = try pass.conv1d(x, "encoder.convs.\(number)", stride: 2, left: kernel / 2, right: kernel / 2)
      x = try x.groupNorm(
        architecture.groups, pass.tensor("encoder.norms.\(number).weight"), pass.tensor("encoder.norms.\(number).bias"),
        epsilon: Self.epsilon
      ).relu()
    }
    var a = try pass.linear(attributes, "attributes.0").relu()
    a = try pass.linear(a, "attributes.1").relu()
    let pooled = try x.mean([2]).concatenated([x.max([2]), a], 1)
    return try pass.linear(pass.dropout(pooled, architecture.dropout), "station")
  }

  /// The logits of events.
  ///
  /// - Parameters:
  ///   - stations: events × stations × width.
  ///   - absent: events × stations, 1 where there is no station, else 0. What stands in the place of one that is absent has no effect, to the bit.
  ///   - unpicked: events × stations, 0 where there is a station with a pick, else 1.
  ///   - counts: events × 2, the number of stations that are there, not 0, and 1 more than of those with a pick.
  /// - Returns: events.
  func logits(
    _ stations: Batch, absent: Batch, unpicked: Batch, counts: Batch, _ pass: ForwardPass
  ) throws -> Batch {
    let (events, places, width) = (stations.shape[0], stations.shape[1], architecture.width)
    let token = try pass.tensor("event").reshape([1, 1, width]).expand([events, 1, width])
    // What is absent must be finite: 0 × ∞ would be none.
    var x = try token.concatenated([stations.masked(absent.reshape([events, places, 1]), with: 0)], 1)
    let zero = try absent.narrow(1, from: 0, count: 1).multiplied(by: 0)
    let hidden = try zero.concatenated([absent], 1).reshape([events, 1, 1, places + 1])
    for layer in 0..<architecture.layers {
      let name = "layers.\(layer)"
      let own = try pass.layerNorm(x, "\(name).norm1", epsilon: Self.epsilon)
      x = try x.adding(pass.dropout(attention(own, hidden, "\(name).attention", pass), architecture.dropout))
      var y = try pass.layerNorm(x, "\(name).norm2", epsilon: Self.epsilon)
      y = try pass.linear(y, "\(name).feedforward.0").gelu()
      y = try pass.linear(pass.dropout(y, architecture.dropout), "\(name).feedforward.1")
      x = try x.adding(pass.dropout(y, architecture.dropout))
    }
    x = try pass.layerNorm(x, "norm", epsilon: Self.epsilon)
    let event = try x.narrow(1, from: 0, count: 1).reshape([events, width])
    let others = try x.narrow(1, from: 1, count: places)
    let (all, picked) = (try counts.narrow(1, from: 0, count: 1), try counts.narrow(1, from: 1, count: 1))
    let mean = try others.masked(absent.reshape([events, places, 1]), with: 0).sum([1]).divided(by: all)
    let pickedMean = try others.masked(unpicked.reshape([events, places, 1]), with: 0).sum([1]).divided(by: picked)
    let largest = try others.masked(absent.reshape([events, places, 1]), with: -1e4).max([1])
    // Layer normalisation keeps numbers far above −9, so that this stands for no pick at all.
    let least = try others.multiplied(by: -1).masked(unpicked.reshape([events, places, 1]), with: -9).max([1])
    let pooled = try event.concatenated([mean, pickedMean, largest, least, counts.log()], 1)
    let y = try pass.dropout(pass.linear(pooled, "head.0").gelu(), architecture.dropout)
    return try pass.linear(y, "head.1").reshape([events])
  }

  /// Attention of all places to those that are not hidden.
  private func attention(_ x: Batch, _ hidden: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    let (events, places, width, heads) = (x.shape[0], x.shape[1], architecture.width, architecture.heads)
    let projected = try pass.linear(x, "\(name).input")
    func part(_ number: Int) throws -> Batch {
      try projected.narrow(2, from: number * width, count: width)
        .reshape([events, places, heads, width / heads]).permute([0, 2, 1, 3]).contiguous()
    }
    let (query, key, value) = (try part(0), try part(1), try part(2))
    let scale = 1 / Double(width / heads).squareRoot()
    let scores = try query.matmul(key.permute([0, 1, 3, 2])).multiplied(by: scale)
    // exp(−10³⁰ − largest) is zero, so the weights of what is hidden are zero exactly.
    let weights = try scores.masked(hidden, with: -1e30).softmax(3)
    let mixed = try weights.matmul(value).permute([0, 2, 1, 3]).contiguous().reshape([events, places, width])
    return try pass.linear(mixed, "\(name).output")
  }
}
