import Coordinator
import SeismicFormats
import Testing
import Worker

@Suite("Choosing and counting papers")
struct LiteratureFilterTests {
  private func entry(
    _ tasks: [String], year: String = "2020", types: [String] = ["CNN"], model: String? = nil
  ) -> LiteratureEntry {
    var entry = LiteratureEntry()
    entry[.category] = "Inverse Problems"
    entry[.title] = "\(tasks) \(year) \(types)"
    entry[.year] = year
    entry.set(.task, ListCell(words: tasks))
    entry.set(.networkType, ListCell(words: types))
    entry.model = model
    return entry
  }

  @Test("Years are single, spans, and open at one end")
  func years() {
    #expect(LiteratureFilter.years("2018-2021,2015") == [2018...2021, 2015...2015])
    #expect(LiteratureFilter.years("2018-") == [2018...9999])
    #expect(LiteratureFilter.years("-2000") == [0...2000])
    for text in ["", "-", "2020-2018", "twenty", "2018-2019-2020", "2018,", "99999"] {
      #expect(LiteratureFilter.years(text) == nil)
    }
  }

  @Test("Words are compared without regard to case and signs; all options must fit, one word of each is enough")
  func matching() {
    var filter = LiteratureFilter()
    filter.tasks = ["phase_picking", "Event Detection"]
    filter.networks = ["cnn"]
    filter.years = [2019...2020]
    #expect(filter.matches(entry(["Phase Picking"])))
    #expect(filter.matches(entry(["Other", "Event Detection"], types: ["RNN", "CNN"])))
    #expect(!filter.matches(entry(["Other"])))
    #expect(!filter.matches(entry(["Phase Picking"], types: ["RNN"])))
    #expect(!filter.matches(entry(["Phase Picking"], year: "2021")))
    #expect(!filter.matches(entry(["Phase Picking"], year: "202")))
    // Models have no year, and stand beside the papers all the same.
    #expect(filter.matches(entry(["Phase Picking"], year: "", model: "m")))
    #expect(filter.description == "--task phase_picking,Event Detection --network cnn --year 2019-2020")
  }

  @Test("A word that no row has is answered by the one that was probably meant")
  func unknown() {
    var filter = LiteratureFilter()
    filter.tasks = ["phase pickin"]
    let error = #expect(throws: JobError.self) { try filter.check(against: [entry(["Phase Picking"])]) }
    #expect(error?.description == "--task phase pickin: no row has it; did you mean 'Phase Picking'?")
    #expect(error?.status == .usage)
  }

  @Test("A paper with several tasks is counted for each, and once above them")
  func counts() {
    let counts = LiteratureCounts([
      entry(["A", "B", "A"]), entry(["A"], types: ["CNN", "FC"]), entry([], year: "x"), entry(["A"], model: "m"),
    ])
    #expect(counts.papers == 3)
    #expect(counts.models == 1)
    #expect(counts.withoutYear == 1)
    func lines(_ words: [LiteratureCounts.Word]) -> [String] { words.map { "\($0.name) \($0.papers) \($0.models)" } }
    #expect(lines(counts.tasks) == ["A 2 1", "B 1 0"])
    #expect(lines(counts.networkTypes) == ["CNN 3 1", "FC 1 0"])
    #expect(counts.tree.map(\.papers) == [3])
    let leaves = counts.tree.first?.children.first?.children.first?.children ?? []
    #expect(leaves.map(\.name) == ["A", "", "B"])
    #expect(leaves.map(\.papers) == [2, 1, 1])
  }
}
