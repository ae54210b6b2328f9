import Foundation

/// A model's numbers as JSON, with sorted keys, so that equal models have equal text.
func encodeModel(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
  // The numbers of a model are finite: whoever makes one sees to that.
  guard let data = try? encoder.encode(value) else { return "" }
  return String(decoding: data, as: UTF8.self) + "\n"
}

/// A model's numbers from JSON.
func decodeModel<Value: Decodable>(_ type: Value.Type, _ name: String, _ files: [String: String]) throws -> Value {
  do {
    return try JSONDecoder().decode(type, from: Data(try requireFile(name, files).utf8))
  } catch let error as ComputeError {
    throw error
  } catch {
    throw ComputeError.badModel(reason: "\(name) is not what it should be (\(error.localizedDescription))")
  }
}
