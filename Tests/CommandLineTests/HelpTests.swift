import TestSupport
import Testing

@Suite("Help and version")
struct HelpTests {
  static let options = ["--log-format", "--quiet", "--config"]
  static let events = [
    "--picks", "--catalog", "--archive", "--stations", "--velocity-model", "--max-distance", "--max-stations",
    "--keep-duplicates", "--archive-index", "--station-features", "sds:", "files:", "stead:", "seisbench:",
  ]
  static let models = ["--features", "--seed", "--calibration-folds", "--trees", "--rounds", "--models"]

  @Test(
    "Every command tells of its options and files",
    arguments: [
      ("demo", options + ["--output", "--seed", "--stations", "--hours"]),
      (
        "synth",
        options + ["--output", "--seed", "--start", "--days", "--stations", "--events-per-day", "--sampling-rate"]
          + ["--region-size", "--overwrite", "archive/", "stations.xml", "truth.xml", "automatic.xml", "labels.csv"]
      ),
      (
        "refine",
        options + events + ["--model", "--network", "--decisions", "--strict", "--dry-run", "--output", "--overwrite"]
          + ["refined.xml", "rejected.xml", "events.csv", "features.csv", "review.csv", "problems.csv", "run.json"]
      ),
      (
        "features",
        options + events + ["--real", "--fake", "--features", "--components", "--strict", "--output", "--overwrite"]
          + ["features.csv", "features.json", "problems.csv", "t_test.csv", "correlation.csv", "pca.csv"]
      ),
      (
        "train shallow",
        options + models
          + [
            "--real", "--fake", "--feature-table", "--labels", "--decisions", "--cost-lost", "--cost-kept",
            "--cost-review", "--output", "--overwrite", "card.json", "--dry-run",
          ]
      ),
      (
        "train hybrid",
        options
          + [
            "--feature-table", "--labels", "--discriminator", "--event-windows", "--features", "--models", "--trees",
            "--rounds", "--epochs", "--batch-size", "--max-stations", "--seed", "--blocks", "--cost-lost",
            "--cost-kept", "--cost-review", "--output", "--overwrite", "card.json",
          ]
      ),
      (
        "train picker",
        options
          + [
            "--data", "--network", "--catalog", "--archive", "--architecture", "--from", "--split", "--epochs",
            "--batch-size", "--micro-batch-size", "--learning-rate", "--warm-up", "--clip", "--patience", "history.csv",
          ]
      ),
      (
        "train discriminator",
        options + ["--dry-run", "--event-windows", "--decisions", "--max-stations", "--epochs", "history.csv"]
      ),
      (
        "pick",
        options + [
          "--dry-run", "--archive", "--model", "--p-threshold", "--s-threshold", "--overlap", "--stack", "picks.csv",
        ]
      ),
      ("import-weights", options + ["--band", "--blind", "--name", "model.safetensors"]),
      ("run-network", options + ["--architecture", "--weights", "--input", "--output-file", "--batch-statistics"]),
      (
        "evaluate",
        options + models + ["--events", "--cost-lost", "--cost-kept", "--cost-review"]
          + ["--real", "--fake", "--test-real", "--test-fake", "--feature-table", "--labels"]
          + ["--test-feature-table", "--test-labels", "--keep-overlap", "--folds", "--repeats", "--output"]
          + ["--overwrite", "metrics.json", "predictions.csv"]
      ),
      ("convert", options + ["<input>", "<output>", "--to", "--network", "--overwrite", "QuakeML", "FDSN"]),
      ("inspect", options + ["<file>", "--json"]),
      ("report", options + ["<folder>", "report.html"]),
      ("doctor", options + ["--output", "--json"]),
    ] as [(String, [String])])
  func command(name: String, words: [String]) throws {
    let place = try Workplace()
    let help = try place.succeed("\(name) --help")
    #expect(help.errorOutput == "")
    // Long names are broken over lines.
    let text = help.output.split { $0.isWhitespace }.joined(separator: " ")
    #expect(text.contains("USAGE: hsdl-mpi \(name) "))
    for word in words { #expect(text.contains(word)) }
    #expect(help.output.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("USAGE") } == [])
    #expect(try place.succeed("help \(name)").output == help.output)
  }

  @Test("The program lists its commands and exit codes")
  func program() throws {
    let place = try Workplace()
    let help = try place.succeed("--help").output
    for name in ["demo", "synth", "refine", "features", "train", "evaluate", "convert", "inspect", "doctor"] {
      #expect(help.contains("\n  \(name) "))
    }
    for code in ["0 done", "64 usage", "65 bad data", "66 missing input", "70 internal", "78 configuration"] {
      #expect(help.contains(code))
    }
    #expect(try place.succeed("").output == help)
    #expect(try place.succeed("train --help").output.contains("\n  shallow "))
  }

  @Test("Help and version come once from several ranks")
  func ranks() throws {
    let place = try Workplace()
    let version = try place.succeed("--version")
    #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    #expect(version.errorOutput == "")
    #expect(try place.succeed("--version", ranks: 3).output == version.output)
    #expect(try place.succeed("refine --help", ranks: 3).output == place.succeed("refine --help").output)
  }
}
