/// Memory for samples that is used again and again; its place in memory is one that wide registers and FFTW like.
struct SampleMemory<Element: BitwiseCopyable>: ~Copyable {
  /// The first element.
  private(set) var base: UnsafeMutablePointer<Element>
  private var capacity: Int

  init() {
    capacity = 64
    base = Self.allocate(capacity)
  }

  deinit { base.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
      .bindMemory(to: Element.self, capacity: capacity)
  }

  /// Makes room for a number of elements, whatever they are, and says where.
  @discardableResult
  mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      base.deallocate()
      capacity = max(count, capacity + capacity / 2)
      base = Self.allocate(capacity)
    }
    return base
  }

  /// Makes room for a number of elements of which the first stay as they are.
  mutating func reserve(_ count: Int, keeping kept: Int) {
    guard count > capacity else { return }
    let old = base
    let wider = max(count, 2 * capacity)
    base = Self.allocate(wider)
    base.update(from: old, count: min(kept, capacity))
    capacity = wider
    old.deallocate()
  }
}
