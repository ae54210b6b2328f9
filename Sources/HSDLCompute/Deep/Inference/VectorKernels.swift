internal import CKernels

/// The inner loops for the processor that the program runs on.
struct VectorKernels {
  /// Numbers in a vector: 16 with AVX-512, 8 with AVX2, otherwise 4.
  let lanes: Int
  let table: UnsafePointer<kernels>

  /// The loops of some width, or of the widest that this processor has.
  ///
  /// Widths differ in the last bits: without fused multiplication and addition for 4 lanes on x86, and where lanes are summed.
  init(lanes: Int? = nil) throws {
    for width in lanes.map({ [$0] }) ?? [16, 8, 4] {
      guard let table = kernels_with_lanes(Int32(clamping: width)) else { continue }
      self.lanes = width
      self.table = table
      return
    }
    throw ComputeError.badModel(reason: "this processor has no vectors of \(lanes ?? 0) numbers")
  }
}

/// A ``RowMatrix`` as the inner loops take it.
final class PackedProduct {
  /// What becomes of two neighbouring sums.
  enum Pooling { case none, rows, halves }
  /// What becomes of every sum.
  enum Activation { case linear, relu, sigmoid }

  private let kernel: @convention(c) (UnsafePointer<kernels_product>?) -> Void
  private let weights: AlignedFloats
  private let bias: AlignedFloats
  private let outputs: Int
  private let stride: Int
  private let depth: Int
  private let secondDepth: Int

  /// Packs a matrix.
  ///
  /// - Parameters:
  ///   - stride: numbers from a row's stretch to the next row's.
  ///   - split: where the stretch is taken from two inputs, how many numbers come from the first.
  init(_ matrix: RowMatrix, stride: Int, split: Int? = nil, kernels: VectorKernels) throws {
    guard let kernel = kernels.table.pointee.product, matrix.outputs % kernels.lanes == 0,
      [3, 6, 8, 16, 32, 64, 128, 256].contains(stride)
    else {
      throw ComputeError.badModel(reason: "rows of \(matrix.outputs) sums at stride \(stride) are not provided for")
    }
    self.kernel = kernel
    self.stride = stride
    outputs = matrix.outputs
    depth = split ?? matrix.depth
    secondDepth = matrix.depth - depth
    weights = AlignedFloats(matrix.outputs * matrix.depth)
    bias = AlignedFloats(matrix.bias)
    var place = 0
    var first = 0
    while first < outputs {
      let width = outputs - first >= 2 * kernels.lanes ? 2 * kernels.lanes : kernels.lanes
      for term in 0..<matrix.depth {
        for output in first..<first + width {
          weights.base[place] = Float(matrix.weights[output * matrix.depth + term])
          place += 1
        }
      }
      first += width
    }
  }

  /// Computes rows.
  ///
  /// - Parameters:
  ///   - second: the second input of a split stretch.
  ///   - outputStride: numbers from a row of outputs to the next; without it they lie side by side.
  ///   - residual: added to the sums; it lies as the output, elsewhere.
  func run(
    _ input: UnsafePointer<Float>, second: UnsafePointer<Float>? = nil, rows: Int,
    into output: UnsafeMutablePointer<Float>,
    outputStride: Int? = nil, pooling: Pooling = .none, activation: Activation = .linear,
    residual: UnsafePointer<Float>? = nil
  ) {
    guard rows > 0 else { return }
    var work = kernels_product()
    work.input = input
    work.input2 = second
    work.stride = stride
    work.depth = depth
    work.depth2 = secondDepth
    work.weights = UnsafePointer(weights.base)
    work.bias = UnsafePointer(bias.base)
    work.rows = rows
    work.outputs = outputs
    work.output = output
    work.output_stride = outputStride ?? outputs
    work.residual = residual
    switch pooling {
    case .none: work.pool = Int32(KERNELS_POOL_NONE)
    case .rows: work.pool = Int32(KERNELS_POOL_ROWS)
    case .halves: work.pool = Int32(KERNELS_POOL_HALVES)
    }
    switch activation {
    case .linear: work.activation = Int32(KERNELS_LINEAR)
    case .relu: work.activation = Int32(KERNELS_RELU)
    case .sigmoid: work.activation = Int32(KERNELS_SIGMOID)
    }
    kernel(&work)
  }
}
