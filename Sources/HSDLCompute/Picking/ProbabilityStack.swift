/// Puts the curves of overlapping windows together, sample by sample, while the windows come in the order of time.
///
/// The blind ends of a window count only where no other window covers a sample with its middle. What comes out for a sample depends
/// on the windows that hold it alone. Memory is bounded by what is not taken out yet.
public struct ProbabilityStack {
  /// How many curves there are.
  public let curveCount: Int
  /// Samples of a window.
  public let windowLength: Int
  /// The sample that the memory begins with.
  public private(set) var start: Int
  private let blind: Int
  private let rule: PickSettings.Stack
  /// Curves one after another, each of ``capacity`` numbers, of the middles and of the blind ends.
  private var middle: [Float]
  private var ends: [Float]
  private var middleCounts: [Int32]
  private var endCounts: [Int32]
  private var capacity: Int
  /// Up to where there is something in the memory, from ``start``.
  private var filled = 0

  /// Creates an empty stack.
  ///
  /// - Parameters:
  ///   - curveCount: curves of a window.
  ///   - windowLength: samples of a window.
  ///   - blind: samples at either end of a window that count only where nothing else does.
  ///   - start: the first sample that is wanted.
  public init(curveCount: Int, windowLength: Int, blind: Int, rule: PickSettings.Stack, start: Int) {
    self.curveCount = max(curveCount, 0)
    self.windowLength = max(windowLength, 1)
    self.blind = min(max(blind, 0), self.windowLength / 2)
    self.rule = rule
    self.start = start
    capacity = 4 * self.windowLength
    middle = [Float](repeating: 0, count: capacity * self.curveCount)
    ends = middle
    middleCounts = [Int32](repeating: 0, count: capacity)
    endCounts = middleCounts
  }

  /// Adds the curves of a window.
  ///
  /// - Parameters:
  ///   - first: the window's first sample; not before that of the window before.
  ///   - curves: the curves one after another, ``windowLength`` numbers each.
  public mutating func add(first: Int, _ curves: UnsafeBufferPointer<Float>) {
    guard curves.count >= curveCount * windowLength else { return }
    let offset = first - start
    let from = max(0, -offset)
    guard from < windowLength else { return }
    reserve(offset + windowLength)
    filled = max(filled, offset + windowLength)
    let whole = from..<windowLength
    let place = Place(offset: offset, capacity: capacity, length: windowLength, isMean: rule == .mean)
    Self.add((0..<blind).clamped(to: whole), place, curves, curveCount, &ends, &endCounts)
    Self.add((blind..<windowLength - blind).clamped(to: whole), place, curves, curveCount, &middle, &middleCounts)
    Self.add((windowLength - blind..<windowLength).clamped(to: whole), place, curves, curveCount, &ends, &endCounts)
  }

  /// Where a window goes in the memory.
  private struct Place {
    var offset: Int
    var capacity: Int
    var length: Int
    var isMean: Bool
  }

  private static func add(
    _ range: Range<Int>, _ place: Place, _ curves: UnsafeBufferPointer<Float>, _ curveCount: Int, _ sums: inout [Float],
    _ counts: inout [Int32]
  ) {
    guard !range.isEmpty else { return }
    sums.withUnsafeMutableBufferPointer { sums in
      for curve in 0..<curveCount {
        let source = UnsafeBufferPointer(rebasing: curves[curve * place.length..<(curve + 1) * place.length])
        let from = curve * place.capacity + place.offset
        if place.isMean {
          for index in range { sums[from + index] += source[index] }
        } else {
          for index in range { sums[from + index] = max(sums[from + index], source[index]) }
        }
      }
    }
    counts.withUnsafeMutableBufferPointer { counts in
      for index in range { counts[place.offset + index] += 1 }
    }
  }

  private mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    let larger = max(count, 2 * capacity)
    func grown(_ old: [Float]) -> [Float] {
      var new = [Float](repeating: 0, count: larger * curveCount)
      for curve in 0..<curveCount {
        for index in 0..<filled { new[curve * larger + index] = old[curve * capacity + index] }
      }
      return new
    }
    middle = grown(middle)
    ends = grown(ends)
    middleCounts += [Int32](repeating: 0, count: larger - capacity)
    endCounts += [Int32](repeating: 0, count: larger - capacity)
    capacity = larger
  }

  /// Takes out what lies before a sample: no window that is added later may hold any of it.
  ///
  /// - Parameters:
  ///   - end: the first sample that stays.
  ///   - body: takes the number of a curve and its values from ``start`` on; 0 where no window was. Called once for each curve.
  public mutating func take(upTo end: Int, _ body: (_ curve: Int, _ values: UnsafeBufferPointer<Float>) -> Void) {
    let count = end - start
    guard count > 0 else { return }
    reserve(count)
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { values.deallocate() }
    let isMean = rule == .mean
    for curve in 0..<curveCount {
      let base = curve * capacity
      middle.withUnsafeBufferPointer { middle in
        ends.withUnsafeBufferPointer { ends in
          middleCounts.withUnsafeBufferPointer { middleCounts in
            endCounts.withUnsafeBufferPointer { endCounts in
              for index in 0..<count {
                var value: Float = 0
                if middleCounts[index] > 0 {
                  value = isMean ? middle[base + index] / Float(middleCounts[index]) : middle[base + index]
                } else if endCounts[index] > 0 {
                  value = isMean ? ends[base + index] / Float(endCounts[index]) : ends[base + index]
                }
                values.initializeElement(at: index, to: value)
              }
            }
          }
        }
      }
      body(curve, UnsafeBufferPointer(values))
    }
    drop(count)
    start = end
  }

  private mutating func drop(_ count: Int) {
    let rest = max(filled - count, 0)
    let old = max(filled, count)
    func shift<T: AdditiveArithmetic>(_ numbers: inout [T], _ base: Int) {
      numbers.withUnsafeMutableBufferPointer { numbers in
        for index in 0..<rest { numbers[base + index] = numbers[base + index + count] }
        for index in rest..<min(old, capacity) { numbers[base + index] = .zero }
      }
    }
    for curve in 0..<curveCount {
      shift(&middle, curve * capacity)
      shift(&ends, curve * capacity)
    }
    shift(&middleCounts, 0)
    shift(&endCounts, 0)
    filled = rest
  }
}
