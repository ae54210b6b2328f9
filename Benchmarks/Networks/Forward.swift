import HSDLCompute
import SeismicFormats

/// Forward passes of all windows; prints windows a second and writes the curves.
func forward(_ picker: any PickerNetwork, _ windows: [Float], curves path: String) throws {
  let length = picker.description.windowLength
  let count = windows.count / (3 * length)
  let outputs = picker.description.outputs.count
  var curves = [Float](repeating: 0, count: count * outputs * length)
  let seconds = try windows.withUnsafeBufferPointer { windows in
    try curves.withUnsafeMutableBufferPointer { curves in
      try leastSeconds(runs: 4) { try picker.probabilities(windows, count: count, into: curves) }
    }
  }
  try NumPyFile.write(NumericArray(shape: [count, outputs, length], values: curves), to: path)
  print("forward \(Double(count) / seconds) windows/s")
}
