#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How windows become numbers that the network takes.
///
/// Samples are compressed, `sign(x) log(1 + 16 |x|) / 3` of standard deviations, so that the noise before a strong onset can be seen beside it. Two more channels are
/// clocks that go from −1 to 1 as the predicted P and S pass by: convolutions alone cannot know where in the window they are.
enum DiscriminatorInput {
  /// Numbers of a station's window.
  static let size = DiscriminatorArchitecture.inputChannels * EventWindows.length

  /// The compressed value of each sample.
  private static let compressed: [Float] = (0..<65536).map { place in
    let value = Double(Int16(truncatingIfNeeded: place)) / Double(EventWindows.scale)
    let size = log1p(16 * abs(value)) / 3
    return Float(value < 0 ? -size : size)
  }

  /// Writes a station's window.
  ///
  /// - Parameters:
  ///   - samples: of three components.
  ///   - travelTimeDifference: the predicted time from P to S, in s.
  ///   - output: room for ``size`` numbers.
  static func write(
    _ samples: UnsafeBufferPointer<Int16>, travelTimeDifference: Float, into output: UnsafeMutablePointer<Float>
  ) {
    let length = EventWindows.length
    compressed.withUnsafeBufferPointer { compressed in
      for index in 0..<EventWindows.windowSize {
        output[index] = compressed[Int(UInt16(bitPattern: samples[index]))]
      }
    }
    let p = Float(EventWindows.predictedP)
    let rate = Float(EventWindows.samplingRate)
    for (channel, arrival) in [p, p + travelTimeDifference * rate].enumerated() {
      let clock = output + (EventWindows.componentCount + channel) * length
      for index in 0..<length {
        // x / (1 + |x|) of seconds: exact on every machine, as tanh is not.
        let time = (Float(index) - arrival) / rate
        clock[index] = time / (1 + abs(time))
      }
    }
  }

  /// A picker's probabilities, by their logarithm: noise has some hundredths, a weak onset some tenths.
  static func stretched(_ probability: Float) -> Float {
    1 + Float(logarithmToBase10(Double(min(max(probability, 1e-3), 1)))) / 3
  }

  /// Writes a station's attributes, and which components it has.
  static func write(
    attributes: UnsafeBufferPointer<Float>, components: UInt8, into output: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<StationAttribute.count { output[index] = attributes[index] }
    for attribute in StationAttribute.ofPicker {
      output[attribute.rawValue] = stretched(attributes[attribute.rawValue])
    }
    for component in 0..<EventWindows.componentCount {
      output[StationAttribute.count + component] = components & 1 << UInt8(component) != 0 ? 1 : 0
    }
    var place = StationAttribute.count + EventWindows.componentCount
    for (attribute, edges) in PiecewiseCode.attributes {
      edges.write(output[attribute.rawValue], into: output + place)
      place += edges.width
    }
  }

  /// Writes a station of an event.
  static func write(
    _ windows: EventWindows, station: Int, window: UnsafeMutablePointer<Float>, attributes: UnsafeMutablePointer<Float>
  ) {
    windows.samples.withUnsafeBufferPointer {
      write(
        UnsafeBufferPointer(rebasing: $0[station * EventWindows.windowSize..<(station + 1) * EventWindows.windowSize]),
        travelTimeDifference: 10 * windows[.travelTimeDifference, station], into: window)
    }
    windows.attributes.withUnsafeBufferPointer {
      let width = StationAttribute.count
      write(
        attributes: UnsafeBufferPointer(rebasing: $0[station * width..<(station + 1) * width]),
        components: windows.components[station], into: attributes)
    }
  }
}
