import CLightGBM

/// Calls into LightGBM's C library.
enum LightGBM {
  /// Throws what LightGBM says when a call has failed.
  static func check(_ code: Int32, _ call: String) throws {
    guard code == 0 else {
      let text = LGBM_GetLastError().map { String(cString: $0) } ?? "no reason given"
      throw ComputeError.lightGBM(call: call, text: text.split(separator: "\n").joined(separator: " "))
    }
  }

  /// Makes LightGBM keep quiet on this thread; what goes wrong is thrown.
  static func prepare() { LGBM_RegisterLogCallback { _ in } }
}

/// Training data inside LightGBM: this rank's rows, in bins that are the same on all ranks.
final class LightGBMDataset {
  let handle: DatasetHandle
  let rowCount: Int

  /// Creates a dataset.
  ///
  /// - Parameters:
  ///   - rows: this rank's rows, row by row.
  ///   - width: features a row.
  ///   - sample: rows from which the bins are made; the same on all ranks.
  ///   - totalRowCount: the rows of all ranks.
  ///   - parameters: LightGBM's, as `name=value` separated by blanks.
  init(rows: [Double], width: Int, sample: [Double], totalRowCount: Int, parameters: String) throws {
    LightGBM.prepare()
    rowCount = rows.count / width
    let sampleCount = sample.count / width
    // LightGBM takes the values that are not zero, with the numbers of their rows.
    var values: [[Double]] = []
    var places: [[Int32]] = []
    for feature in 0..<width {
      var column: [Double] = []
      var columnPlaces: [Int32] = []
      for row in 0..<sampleCount {
        let value = sample[row * width + feature]
        if value.isNaN || abs(value) > 1e-35 {
          column.append(value)
          columnPlaces.append(Int32(row))
        }
      }
      values.append(column)
      places.append(columnPlaces)
    }
    var created: DatasetHandle?
    let valueColumns = values.map { column in
      let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(column.count, 1))
      memory.update(from: column, count: column.count)
      return Optional(memory)
    }
    let placeColumns = places.map { column in
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: max(column.count, 1))
      memory.update(from: column, count: column.count)
      return Optional(memory)
    }
    defer {
      valueColumns.forEach { $0?.deallocate() }
      placeColumns.forEach { $0?.deallocate() }
    }
    var valuePointers = valueColumns
    var placePointers = placeColumns
    try LightGBM.check(
      LGBM_DatasetCreateFromSampledColumn(
        &valuePointers, &placePointers, Int32(width), values.map { Int32($0.count) }, Int32(sampleCount),
        Int32(rowCount), Int64(totalRowCount), parameters, &created),
      "LGBM_DatasetCreateFromSampledColumn")
    guard let created else { throw ComputeError.lightGBM(call: "LGBM_DatasetCreate", text: "no dataset came") }
    handle = created
    try LightGBM.check(
      LGBM_DatasetPushRows(handle, rows, Int32(CLGBM_FLOAT64), Int32(rowCount), Int32(width), 0),
      "LGBM_DatasetPushRows")
    let labels = [Float](repeating: 0, count: rowCount)
    try LightGBM.check(
      LGBM_DatasetSetField(handle, "label", labels, Int32(rowCount), Int32(CLGBM_FLOAT32)),
      "LGBM_DatasetSetField")
  }

  deinit { LGBM_DatasetFree(handle) }
}

/// A model inside LightGBM.
final class LightGBMBooster {
  private let handle: BoosterHandle
  private let dataset: LightGBMDataset?

  /// Prepares training.
  init(training dataset: LightGBMDataset, parameters: String) throws {
    var created: BoosterHandle?
    try LightGBM.check(LGBM_BoosterCreate(dataset.handle, parameters, &created), "LGBM_BoosterCreate")
    guard let created else { throw ComputeError.lightGBM(call: "LGBM_BoosterCreate", text: "no booster came") }
    handle = created
    self.dataset = dataset
  }

  /// Takes a model from its text.
  init(text: String) throws {
    LightGBM.prepare()
    var created: BoosterHandle?
    var iterations: Int32 = 0
    try LightGBM.check(
      LGBM_BoosterLoadModelFromString(text, &iterations, &created), "LGBM_BoosterLoadModelFromString")
    guard let created else { throw ComputeError.lightGBM(call: "LGBM_BoosterLoadModel", text: "no model came") }
    handle = created
    dataset = nil
  }

  deinit { LGBM_BoosterFree(handle) }

  /// Grows one more tree on gradients and Hessians, one of each for every row of this rank.
  ///
  /// - Returns: whether no tree could be grown.
  func grow(gradients: [Float], hessians: [Float]) throws -> Bool {
    var isFinished: Int32 = 0
    try LightGBM.check(
      LGBM_BoosterUpdateOneIterCustom(handle, gradients, hessians, &isFinished), "LGBM_BoosterUpdateOneIterCustom")
    return isFinished != 0
  }

  /// The raw outputs of the present trees for this rank's training rows.
  func trainingOutputs() throws -> [Double] {
    var length: Int64 = 0
    var result = [Double](repeating: 0, count: dataset?.rowCount ?? 0)
    guard !result.isEmpty else { return [] }
    try LightGBM.check(LGBM_BoosterGetPredict(handle, 0, &length, &result), "LGBM_BoosterGetPredict")
    return result
  }

  /// The model's text.
  func text() throws -> String {
    var length: Int64 = 0
    try LightGBM.check(
      LGBM_BoosterSaveModelToString(handle, 0, -1, 1, 0, &length, nil), "LGBM_BoosterSaveModelToString")
    var bytes = [CChar](repeating: 0, count: Int(length))
    try LightGBM.check(
      LGBM_BoosterSaveModelToString(handle, 0, -1, 1, length, &length, &bytes),
      "LGBM_BoosterSaveModelToString")
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The raw outputs, or the contributions of the features to them and, last, the base value.
  func predict(_ rows: UnsafeBufferPointer<Double>, width: Int, contributions: Bool) throws -> [Double] {
    let count = rows.count / max(width, 1)
    let outputs = contributions ? width + 1 : 1
    var result = [Double](repeating: 0, count: count * outputs)
    guard count > 0 else { return result }
    var length: Int64 = 0
    try LightGBM.check(
      LGBM_BoosterPredictForMat(
        handle, rows.baseAddress, Int32(CLGBM_FLOAT64), Int32(count), Int32(width), 1,
        Int32(contributions ? CLGBM_PREDICT_CONTRIB : CLGBM_PREDICT_RAW_SCORE), 0, -1,
        "num_threads=1 predict_disable_shape_check=true verbosity=-1", &length, &result),
      "LGBM_BoosterPredictForMat")
    return result
  }
}
