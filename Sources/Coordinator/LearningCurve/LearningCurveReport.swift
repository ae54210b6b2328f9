import HSDLCompute
import SeismicFormats

/// What came of a learning curve, as tables and words.
struct LearningCurveReport {
  /// The curves, by model.
  let curves: [(name: String, curve: LearningCurve)]
  /// What the samples are called: events, windows.
  let samples: String

  /// The files that are written.
  static let files = ["learning_curve.csv", "summary.csv", "conclusion.txt", "report.html"]

  /// `learning_curve.csv`: a row for each share, model and repeat.
  var points: String {
    let sink = TextSink()
    let names = (curves.first?.curve.measures ?? []).map(\.name)
    sink.append(text: "share,n,model,repeat,\(names.joined(separator: ",")),model_bytes\n")
    for (name, curve) in curves {
      for point in curve.points {
        sink.append(point.share)
        sink.append(byte: 44)
        sink.append(point.trained)
        sink.append(byte: 44)
        sink.append(csv: name)
        sink.append(byte: 44)
        sink.append(point.turn + 1)
        for value in point.scores + [point.bytes] {
          sink.append(byte: 44)
          sink.append(value)
        }
        sink.append(byte: 10)
      }
    }
    return sink.string
  }

  /// `summary.csv`: a row for each model, share and measure, with the interval of all data.
  var summary: String {
    let sink = TextSink()
    sink.append("model,share,n,model_bytes,measure,mean,least,greatest,all_data_lower,all_data_upper,is_enough\n")
    for (name, curve) in curves {
      let enough = curve.enough
      for summary in curve.summaries {
        for (place, measure) in curve.measures.enumerated() {
          sink.append(csv: name)
          for value in [summary.share, summary.trained, summary.bytes] {
            sink.append(byte: 44)
            sink.append(value)
          }
          sink.append(text: ",\(measure.name)")
          let score = summary.scores[place]
          for value in [score.mean, score.least, score.greatest] {
            sink.append(byte: 44)
            sink.append(value)
          }
          let interval = curve.intervals.indices.contains(place) ? curve.intervals[place] : nil
          for bound in [interval?.lowerBound, interval?.upperBound] {
            sink.append(byte: 44)
            if let bound { sink.append(bound) }
          }
          sink.append(text: enough.map { ",\(summary.share >= $0 ? "yes" : "no")\n" } ?? ",\n")
        }
      }
    }
    return sink.string
  }

  /// For each model, in a sentence, whether a part of the data is enough.
  var sentences: [String] {
    curves.compactMap { name, curve in
      let summaries = curve.summaries
      guard let all = summaries.last, let enough = curve.enough,
        let own = summaries.first(where: { $0.share == enough })
      else { return nil }
      let decisive = curve.measures.indices.filter {
        curve.intervals.indices.contains($0) && curve.intervals[$0] != nil
      }
      func scores(_ summary: LearningCurve.Summary, withInterval: Bool) -> String {
        decisive.map { place in
          let interval = curve.intervals[place].map {
            " (\(fixed($0.lowerBound, decimals: 4)) to \(fixed($0.upperBound, decimals: 4)))"
          }
          return
            "\(curve.measures[place].name) \(fixed(summary.scores[place].mean, decimals: 4))\(withInterval ? interval ?? "" : "")"
        }.joined(separator: ", ")
      }
      let count = "\(fixed(own.trained, decimals: 0)) \(samples)"
      if enough < all.share {
        return
          "\(name): \(percent(enough)) of the training data (\(count)) is enough: \(scores(own, withInterval: false)), within the 95 % interval of all data, \(scores(all, withInterval: true))."
      }
      return
        "\(name): no share below \(percent(enough)) (\(count)) is enough to come within the 95 % interval of all data, \(scores(all, withInterval: true)); more data may help further."
    }
  }

  private func percent(_ share: Double) -> String {
    let value = 100 * share
    return "\(fixed(value, decimals: value == value.rounded() ? 0 : 1)) %"
  }

  /// What the page says beside the figure.
  func page(inputs: [String], seed: UInt64) -> ModelReport {
    let rows = table
    return ModelReport(
      title: "Is a part of the data enough?", subtitle: "Scores against the share of the training data",
      results: [
        .list(sentences),
        .table(ReportPage.Table("Means (least to greatest)", columns: rows[0], rows: Array(rows.dropFirst()))),
      ],
      facts: [("inputs", ModelReport.list(inputs)), ("seed", "\(seed)")],
      files: Self.files.filter { $0 != "report.html" })
  }

  /// A table for the user.
  var lines: [String] { textTable(table) + sentences }

  private var table: [[String]] {
    let measures = (curves.first?.curve.measures ?? []).map(\.name)
    var rows = [["model", "share", samples] + measures + ["size"]]
    for (name, curve) in curves {
      for summary in curve.summaries {
        rows.append(
          [name, percent(summary.share), fixed(summary.trained, decimals: 0)]
            + summary.scores.map {
              "\(fixed($0.mean, decimals: 4)) (\(fixed($0.least, decimals: 4)) to \(fixed($0.greatest, decimals: 4)))"
            } + [byteText(Int(summary.bytes.isFinite ? summary.bytes : 0))])
      }
    }
    return rows
  }

  /// Writes the tables and the conclusion.
  ///
  /// - Throws: ``FormatError``.
  func write(to folder: OutputFolder) throws {
    try folder.write("learning_curve.csv", points)
    try folder.write("summary.csv", summary)
    try folder.write("conclusion.txt", sentences.map { $0 + "\n" }.joined())
  }
}
