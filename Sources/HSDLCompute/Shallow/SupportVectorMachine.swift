import CSVM
import SeismicFormats

/// A support vector machine with a Gaussian kernel (Cortes and Vapnik, 1995) on standardised features, trained by libsvm.
///
/// The kernel's width is 1 / number of features, the spread of standardised data. Training needs the rows in one place, so
/// it uses a sample where there are many, and one rank does it.
public struct SupportVectorMachine: ShallowModel {
  public static var kind: ShallowModelKind { .svm }

  private let features: FeatureSet
  private let standardisation: Standardisation
  private let gamma: Double
  private let rho: Double
  /// One for each support vector.
  private let coefficients: [Double]
  /// Support vectors, one after the other.
  private let vectors: [Double]
  /// The kernel's factor for each number of the vectors, where the row has the mean, zero.
  private let meanKernels: [Double]
  /// How many of them are real events and fake ones.
  private let counts: (real: Int, fake: Int)

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    _ = try rows.requireBothClasses(over: collectives)
    let standardisation = try Standardisation(rows, over: collectives)
    let sample = try rows.sample(limit: settings.svmRowLimit, seed: settings.seed ^ 3, over: collectives)
    var text = ""
    if collectives.rank == 0 {
      let x = standardisation.apply(sample.values)
      text =
        (try? Self.train(x, sample.labels, width: rows.width, cost: settings.svmCost)) ?? ""
    }
    // One rank trains; all take its text. An empty one says that it failed.
    text = String(decoding: try collectives.allgather(Array(text.utf8))[0], as: UTF8.self)
    guard !text.isEmpty else { throw ComputeError.cannotTrain(reason: "libsvm refused the data") }
    try self.init(
      files: ["model.txt": text, "standardisation.json": encodeModel(standardisation)], features: rows.features)
  }

  /// Trains on standardised rows and returns the model in libsvm's text format.
  private static func train(_ x: [Double], _ labels: [UInt8], width: Int, cost: Double) throws -> String {
    svm_set_print_string_function { _ in }
    let count = labels.count
    guard Set(labels).count == 2 else {
      throw ComputeError.cannotTrain(reason: "the sample holds events of one kind only")
    }
    let nodes = UnsafeMutablePointer<svm_node>.allocate(capacity: count * (width + 1))
    let starts = UnsafeMutablePointer<UnsafeMutablePointer<svm_node>?>.allocate(capacity: count)
    let targets = UnsafeMutablePointer<Double>.allocate(capacity: count)
    defer {
      nodes.deallocate()
      starts.deallocate()
      targets.deallocate()
    }
    for row in 0..<count {
      let start = nodes + row * (width + 1)
      for column in 0..<width { start[column] = svm_node(index: Int32(column + 1), value: x[row * width + column]) }
      start[width] = svm_node(index: -1, value: 0)
      starts[row] = start
      targets[row] = Double(labels[row])
    }
    var problem = svm_problem(l: Int32(count), y: targets, x: starts)
    var parameters = svm_parameter()
    parameters.svm_type = Int32(C_SVC)
    parameters.kernel_type = Int32(RBF)
    parameters.gamma = 1 / Double(width)
    parameters.C = cost
    parameters.cache_size = 200
    parameters.eps = 1e-4
    parameters.shrinking = 1
    if let objection = svm_check_parameter(&problem, &parameters) {
      throw ComputeError.cannotTrain(reason: "libsvm: \(String(cString: objection))")
    }
    guard let model = svm_train(&problem, &parameters) else {
      throw ComputeError.cannotTrain(reason: "libsvm gave no model")
    }
    defer {
      var freed: UnsafeMutablePointer<svm_model>? = model
      svm_free_and_destroy_model(&freed)
    }
    guard let labelOrder = model.pointee.label, let supportCounts = model.pointee.nSV,
      let supports = model.pointee.SV, let weights = model.pointee.sv_coef?[0], let rho = model.pointee.rho
    else { throw ComputeError.cannotTrain(reason: "libsvm gave no model") }
    let supportCount = Int(model.pointee.l)
    var lines = [
      "svm_type c_svc", "kernel_type rbf", "gamma \(parameters.gamma)", "nr_class 2", "total_sv \(supportCount)",
      "rho \(rho[0])", "label \(labelOrder[0]) \(labelOrder[1])",
      "nr_sv \(supportCounts[0]) \(supportCounts[1])", "SV",
    ]
    for index in 0..<supportCount {
      var line = "\(weights[index])"
      guard var node = supports[index] else { continue }
      while node.pointee.index != -1 {
        line += " \(node.pointee.index):\(node.pointee.value)"
        node += 1
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  public init(files: [String: String], features: FeatureSet) throws {
    func bad(_ what: String) -> ComputeError { .badModel(reason: "model.txt: \(what)") }
    self.features = features
    standardisation = try decodeModel(Standardisation.self, "standardisation.json", files)
    guard standardisation.fits(features.count) else {
      throw ComputeError.badModel(reason: "its features are not those of the card, in their order")
    }
    let lines = try requireFile("model.txt", files).split(separator: "\n")
    var header: [String: [Substring]] = [:]
    var index = 0
    while index < lines.count, lines[index] != "SV" {
      let words = lines[index].split(separator: " ")
      if let first = words.first { header[String(first)] = Array(words.dropFirst()) }
      index += 1
    }
    guard index < lines.count, header["svm_type"] == ["c_svc"], header["kernel_type"] == ["rbf"],
      let gamma = header["gamma"]?.first.flatMap({ Double($0) }), gamma.isFinite,
      var rho = header["rho"]?.first.flatMap({ Double($0) }), rho.isFinite,
      let total = header["total_sv"]?.first.flatMap({ Int($0) }), total == lines.count - index - 1
    else { throw bad("it is not a two-class machine with a Gaussian kernel") }
    let labels = header["label"] ?? []
    guard labels == ["1", "0"] || labels == ["0", "1"] else { throw bad("its labels are not 1 and 0") }
    let supportCounts = (header["nr_sv"] ?? []).compactMap { Int($0) }
    guard supportCounts.count == 2 else { throw bad("nr_sv does not hold two counts") }
    // libsvm's decision is positive for its first label; here it is positive for 1.
    let sign: Double = labels == ["1", "0"] ? 1 : -1
    counts = sign > 0 ? (supportCounts[0], supportCounts[1]) : (supportCounts[1], supportCounts[0])
    rho *= sign
    var coefficients: [Double] = []
    var vectors = [Double](repeating: 0, count: total * features.count)
    for (row, line) in lines[(index + 1)...].enumerated() {
      let words = line.split(separator: " ")
      guard let first = words.first, let coefficient = Double(first), coefficient.isFinite else {
        throw bad("support vector \(row + 1) has no coefficient")
      }
      coefficients.append(sign * coefficient)
      for word in words.dropFirst() {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let column = Int(parts[0]), column >= 1, column <= features.count,
          let value = Double(parts[1]), value.isFinite
        else { throw bad("support vector \(row + 1) is not readable") }
        vectors[row * features.count + column - 1] = value
      }
    }
    self.gamma = gamma
    self.rho = rho
    // In the order in which they are written, so that sums come out the same after reading.
    let order =
      coefficients.indices.filter { coefficients[$0] > 0 } + coefficients.indices.filter { coefficients[$0] <= 0 }
    self.coefficients = order.map { coefficients[$0] }
    let ordered = order.flatMap { vectors[$0 * features.count..<($0 + 1) * features.count] }
    self.vectors = ordered
    meanKernels = ordered.map { exponentialFunction(-gamma * $0 * $0) }
  }

  public var files: [String: String] {
    let width = features.count
    var lines = [
      "svm_type c_svc", "kernel_type rbf", "gamma \(gamma)", "nr_class 2", "total_sv \(coefficients.count)",
      "rho \(rho)", "label 1 0", "nr_sv \(counts.real) \(counts.fake)", "SV",
    ]
    // libsvm wants the first label's vectors first; their coefficients are positive.
    for index in coefficients.indices {
      let values = (0..<width).map { "\($0 + 1):\(vectors[index * width + $0])" }
      lines.append("\(coefficients[index]) \(values.joined(separator: " "))")
    }
    return [
      "model.txt": lines.joined(separator: "\n") + "\n", "standardisation.json": encodeModel(standardisation),
    ]
  }

  /// The signed distance from the boundary, in units of the margin.
  public func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let x = standardisation.apply(rows)
    return x.withUnsafeBufferPointer { x in
      vectors.withUnsafeBufferPointer { vectors in
        stride(from: 0, to: x.count, by: width).map { start in
          var sum = -rho
          for (index, coefficient) in coefficients.enumerated() {
            var distance = 0.0
            for column in 0..<width {
              let difference = x[start + column] - vectors[index * width + column]
              distance += difference * difference
            }
            sum += coefficient * exponentialFunction(-gamma * distance)
          }
          return sum
        }
      }
    }
  }

  /// How the score moves when the features, one after the other, go from the means of the training data to their values,
  /// in their order and in the opposite one: Shapley values by one antithetic pair (Castro et al., 2009).
  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let x = standardisation.apply(rows)
    var result: [Double] = []
    result.reserveCapacity(x.count / width * (width + 1))
    // The score with the first, and with the last, so many features at their values.
    var first = [Double](repeating: 0, count: width + 1)
    var last = first
    var atRow = [Double](repeating: 0, count: width)
    var restAtRow = first
    var restAtMean = first
    for start in stride(from: 0, to: x.count, by: width) {
      for place in 0...width {
        first[place] = -rho
        last[place] = -rho
      }
      for (index, coefficient) in coefficients.enumerated() {
        let vector = index * width
        // The kernel is a product over the features: those up to a column at the row's values and the rest at the
        // means; and the other way round.
        for column in 0..<width {
          let difference = x[start + column] - vectors[vector + column]
          atRow[column] = exponentialFunction(-gamma * difference * difference)
        }
        restAtMean[width] = 1
        restAtRow[width] = 1
        for column in stride(from: width - 1, through: 0, by: -1) {
          restAtMean[column] = restAtMean[column + 1] * meanKernels[vector + column]
          restAtRow[column] = restAtRow[column + 1] * atRow[column]
        }
        var (before, beforeAtMean) = (coefficient, coefficient)
        for count in 0...width {
          first[count] += before * restAtMean[count]
          last[width - count] += beforeAtMean * restAtRow[count]
          guard count < width else { break }
          before *= atRow[count]
          beforeAtMean *= meanKernels[vector + count]
        }
      }
      for column in 0..<width {
        let forward = first[column + 1] - first[column]
        let backward = last[width - column] - last[width - column - 1]
        result.append((forward + backward) / 2)
      }
      result.append(first[0])
    }
    return result
  }

  public var importances: [Double] { [Double](repeating: .nan, count: features.count) }

  public var remarks: [String: String] { ["support_vectors": "\(coefficients.count)"] }
}
