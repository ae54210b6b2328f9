import CTorch

/// An array of numbers of any number of dimensions, in the hands of libtorch, which can take gradients through what is done with it.
///
/// What can be done with it stands in ``TensorOperations``. A tensor belongs to one thread.
public final class Tensor {
  let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { ctorch_release(handle) }

  /// A result of libtorch, or its words as an error.
  static func made(_ call: String, _ handle: OpaquePointer?) throws -> Tensor {
    guard let handle else { throw failure(call) }
    return Tensor(handle)
  }

  static func failure(_ call: String) -> ComputeError {
    .torch(call: call, text: String(cString: ctorch_error()))
  }

  private static func check(_ count: Int, _ shape: [Int]) throws {
    var product = 1
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw ComputeError.torch(call: "tensor", text: "\(shape) is no shape")
      }
      product = next
    }
    guard product == count else {
      throw ComputeError.torch(call: "tensor", text: "\(count) numbers do not fill the shape \(shape)")
    }
  }

  /// Makes a tensor of numbers, slowest dimension first.
  ///
  /// - Throws: ``ComputeError`` when the shape does not fit.
  public convenience init(_ values: [Float], _ shape: [Int]) throws {
    try Self.check(values.count, shape)
    let made = values.withUnsafeBytes {
      ctorch_from_memory($0.baseAddress, 0, 1, shape.map(Int64.init), Int32(clamping: shape.count))
    }
    guard let made else { throw Self.failure("tensor") }
    self.init(made)
  }

  /// Makes a tensor of double precision, for checks of gradients.
  ///
  /// - Throws: ``ComputeError`` when the shape does not fit.
  public convenience init(doubles values: [Double], _ shape: [Int]) throws {
    try Self.check(values.count, shape)
    let made = values.withUnsafeBytes {
      ctorch_from_memory($0.baseAddress, 1, 1, shape.map(Int64.init), Int32(clamping: shape.count))
    }
    guard let made else { throw Self.failure("tensor") }
    self.init(made)
  }

  /// Makes a tensor that looks into memory, which must stay where it is as long as the tensor and what is made from it live.
  ///
  /// - Throws: ``ComputeError`` when the shape does not fit.
  public convenience init(viewing memory: UnsafeBufferPointer<Float>, _ shape: [Int]) throws {
    try Self.check(memory.count, shape)
    guard let base = memory.baseAddress else {
      try self.init([], shape)
      return
    }
    guard let made = ctorch_from_memory(base, 0, 0, shape.map(Int64.init), Int32(clamping: shape.count)) else {
      throw Self.failure("tensor")
    }
    self.init(made)
  }

  /// Its extents, slowest first; empty for a single number.
  public var shape: [Int] { (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) } }

  /// How many numbers it has.
  public var count: Int { Int(ctorch_count(handle)) }

  /// Whether it is of double precision.
  public var isDouble: Bool { ctorch_is_double(handle) != 0 }

  /// Its numbers, slowest dimension first.
  ///
  /// - Throws: ``ComputeError``.
  public func values() throws -> [Float] {
    var values = [Float](repeating: 0, count: count)
    try values.withUnsafeMutableBufferPointer { try copy(into: $0) }
    return values
  }

  /// Its numbers in double precision.
  ///
  /// - Throws: ``ComputeError``.
  public func doubles() throws -> [Double] {
    var values = [Double](repeating: 0, count: count)
    guard ctorch_copy_double(handle, &values, Int64(count)) == 0 else { throw Self.failure("values") }
    return values
  }

  /// Writes its numbers into memory that has room for exactly these.
  ///
  /// - Throws: ``ComputeError``.
  public func copy(into memory: UnsafeMutableBufferPointer<Float>) throws {
    guard let base = memory.baseAddress else {
      guard count == 0 else { throw ComputeError.torch(call: "copy", text: "there is no room for \(count) numbers") }
      return
    }
    guard ctorch_copy_float(handle, base, Int64(memory.count)) == 0 else { throw Self.failure("copy") }
  }

  /// A tensor that is filled with one number, of the same precision as this one.
  ///
  /// - Throws: ``ComputeError``.
  public func full(_ shape: [Int], _ value: Double) throws -> Tensor {
    try Self.made("full", ctorch_full_like(handle, shape.map(Int64.init), Int32(clamping: shape.count), value))
  }

  /// The same numbers in double precision.
  public func inDoublePrecision() throws -> Tensor { try Self.made("double", ctorch_to_double(handle)) }

  // MARK: Gradients

  /// Makes it a tensor whose gradient is wanted.
  ///
  /// - Throws: ``ComputeError``.
  public func requireGradient() throws {
    guard ctorch_require_gradient(handle) == 0 else { throw Self.failure("requireGradient") }
  }

  /// Computes the gradient of this single number with respect to everything that it was made from.
  ///
  /// - Throws: ``ComputeError``.
  public func backward() throws {
    guard ctorch_backward(handle) == 0 else { throw Self.failure("backward") }
  }

  /// The gradient that ``backward()`` has left at a tensor that asked for it.
  ///
  /// - Throws: ``ComputeError``.
  public func gradient() throws -> Tensor { try Self.made("gradient", ctorch_gradient(handle)) }

  /// Runs a body whose operations are not recorded for gradients.
  public static func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ctorch_set_recording(0)
    defer { _ = ctorch_set_recording(before) }
    return try body()
  }

  /// Runs a body whose operations are recorded for gradients.
  public static func recording<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ctorch_set_recording(1)
    defer { _ = ctorch_set_recording(before) }
    return try body()
  }

  /// Keeps libtorch's own loops on the calling thread, so that sums are made in one order, and the memory of its tensors with the process.
  static func useOneThread() throws {
    ctorch_keep_memory()
    guard ctorch_set_threads(1) == 0 else { throw failure("threads") }
  }
}

/// Tensors of several micro-batches, on which the same is done.
///
/// The arithmetic of each micro-batch stays within it, except in batch normalisation (``ForwardPass/batchNorm(_:_:epsilon:momentum:)``).
public struct Batch {
  /// The tensors, one for each micro-batch.
  public let tensors: [Tensor]

  /// Puts tensors of micro-batches together.
  public init(_ tensors: [Tensor]) { self.tensors = tensors }
}

extension Tensor: TensorOperations {
  public func each(_ others: [Tensor?], _ body: (Tensor, [Tensor?]) throws -> Tensor) throws -> Tensor {
    try body(self, others)
  }
}

extension Batch: TensorOperations {
  /// A batch of one tensor goes with every micro-batch of another.
  public func each(_ others: [Batch?], _ body: (Tensor, [Tensor?]) throws -> Tensor) throws -> Batch {
    let count = others.reduce(tensors.count) { Swift.max($0, $1?.tensors.count ?? 0) }
    func part(_ batch: Batch, _ index: Int) throws -> Tensor {
      if batch.tensors.count == 1 { return batch.tensors[0] }
      guard batch.tensors.count == count else {
        throw ComputeError.torch(
          call: "batch", text: "\(batch.tensors.count) micro-batches do not go with \(count)")
      }
      return batch.tensors[index]
    }
    return try Batch(
      (0..<count).map { index in try body(part(self, index), others.map { try $0.map { try part($0, index) } }) })
  }

  /// Does something with the tensor of each micro-batch.
  public func map(_ body: (Tensor) throws -> Tensor) rethrows -> Batch { Batch(try tensors.map(body)) }

  /// The extents of the first micro-batch's tensor.
  public var shape: [Int] { tensors.first?.shape ?? [] }
}
