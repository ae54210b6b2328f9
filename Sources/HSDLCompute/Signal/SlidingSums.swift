/// Sums over a window that slides along some elements, sample by sample.
///
/// Every sum is that of the end of one block and of the beginning of the next (the way of van Herk, 1992): linear
/// time, and nothing is ever subtracted, so a large sample leaves no rounding error behind when it leaves the window.
///
/// - Parameters:
///   - count: the number of elements.
///   - window: the window's length; at least 1.
///   - scratch: room for `window` sums.
///   - element: the element at an index.
///   - body: takes the index of a window's last element, and its sum.
@inline(__always)
func slidingSums<Sum: SIMD>(
  count: Int, window: Int, scratch: UnsafeMutablePointer<Sum>, element: (Int) -> Sum, body: (Int, Sum) -> Void
) where Sum.Scalar: FloatingPoint {
  guard window > 0, count >= window else { return }
  var start = 0
  while start < count {
    let end = min(start + window, count)
    var sum = Sum()
    for index in start..<end {
      sum = sum + element(index)
      let place = index - start
      if place == window - 1 {
        body(index, sum)
      } else if start > 0 {
        // The tail of the block before, from the window's first element on.
        body(index, sum + scratch[place + 1])
      }
    }
    guard end < count else { return }
    var tail = Sum()
    for place in stride(from: window - 1, through: 0, by: -1) {
      tail = tail + element(start + place)
      scratch[place] = tail
    }
    start = end
  }
}
