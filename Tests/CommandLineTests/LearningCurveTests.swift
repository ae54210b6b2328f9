import TestSupport
import Testing

@Suite("learning-curve")
struct LearningCurveTests {
  @Test("shares, repeats and models, the same bytes on any number of ranks")
  func shallow() throws {
    let place = try Workplace()
    for ranks in [1, 3] {
      let outcome = try place.succeed(
        "learning-curve --real \(Demonstration.real) --fake \(Demonstration.fake) --models logistic,threshold --shares 20,100 --repeats 2 --folds 3 --quiet -o c\(ranks)",
        ranks: ranks)
      #expect(outcome.output.contains("of the training data") || outcome.output.contains("no share below"))
    }
    let rows = try place.folder.text("c1/learning_curve.csv").split(separator: "\n")
    #expect(rows[0] == "share,n,model,repeat,roc_auc,average_precision,brier,accuracy,model_bytes")
    #expect(rows.count == 1 + 2 * 2 * 2)
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("0.2,") || $0.hasPrefix("1,") })
    let names = place.names("c1").filter { $0 != "run.json" }
    #expect(names.sorted() == ["conclusion.txt", "learning_curve.csv", "report.html", "summary.csv"])
    for name in names { #expect(try place.folder.bytes("c1/\(name)") == place.folder.bytes("c3/\(name)"), "\(name)") }
  }

  @Test("what makes no sense is refused")
  func refused() throws {
    let place = try Workplace()
    let events = "--real \(Demonstration.real) --fake \(Demonstration.fake) -o c"
    for words in ["--shares 100", "--shares 0,100", "--shares 10,10", "--repeats 0", "--folds 1", "--data npz:x"] {
      let outcome = try place.run("learning-curve \(events) \(words)")
      #expect(outcome.exitCode == 64, "\(words)")
    }
    #expect(try place.run("learning-curve -o c").exitCode == 64)
    #expect(place.names("c") == [])
  }
}

@Suite("Figures of commands")
struct FigureCommandTests {
  @Test("without GMT one line says what is missing, and the results are the same")
  func without() throws {
    let place = try Workplace()
    let events = "--real \(Demonstration.real) --fake \(Demonstration.fake) --quiet"
    try place.succeed("features \(events) --no-figures -o plain")
    let outcome = try Program.run(
      "hsdl-mpi", "features \(events) -o drawn".split(separator: " ").map(String.init), directory: place.folder.url,
      environment: ["HSDL_MPI_FIGURES": "", "HSDL_MPI_GMT": "/nowhere/gmt"])
    #expect(outcome.exitCode == 0)
    #expect(
      outcome.errorOutput
        == "hsdl-mpi: warning: GMT is not installed: figures are missing (apt install gmt gmt-gshhg-low ghostscript)\n")
    #expect(
      place.names("drawn/figures").sorted() == ["correlation.csv", "feature_histograms.csv", "pca.csv"])
    for name in place.names("plain") where name != "run.json" {
      #expect(try place.folder.bytes("plain/\(name)") == place.folder.bytes("drawn/\(name)"), "\(name)")
    }
    #expect(!place.names("plain").contains("figures"))
  }
}
