import ArgumentParser
import Coordinator
import Worker

/// Reads, checks and counts the table of papers on machine learning in seismology.
struct LiteratureInventory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inventory",
    abstract:
      "Check and count a table of papers on machine learning in seismology, with models of your own beside them.",
    discussion: """
      Takes tables in the columns of Mousavi and Beroza (2022, Deep-learning seismology). Each row is checked; what is missing, doubled, \
      malformed or unknown is in problems.csv with its line and column, and the row still counts. With --models, the cards of trained models \
      stand in the same columns. Writes inventory.html (figures to click through, and a table to sort and search), inventory.csv (the chosen \
      rows, cleaned), counts.csv and problems.csv.

      Options that choose rows take words separated by commas, in any case; a row must fit all options that are given.

      Examples:

        hsdl-mpi inventory paper_inventory_deep.csv -o inventory
        hsdl-mpi inventory paper_inventory_deep.csv --models models \\
          --task 'phase picking' --year 2018-2021 -o picking
        hsdl-mpi inventory paper_inventory_deep.csv --network CNN,RNN --json \\
          -o networks
      """)

  @Argument(help: ArgumentHelp("Tables of papers.", valueName: "table.csv"), completion: .file())
  var tables: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Model folders, or folders that hold some, to stand in the same table.", valueName: "folder"),
    completion: .directory)
  var models: [String] = []

  @Option(help: ArgumentHelp("Rows with one of these tasks, such as 'phase picking'.", valueName: "words"))
  var task: WordList = WordList()

  @Option(
    help: ArgumentHelp("Rows with one of these kinds or forms of networks, such as CNN,U-Net.", valueName: "words"))
  var network: WordList = WordList()

  @Option(help: ArgumentHelp("Rows with one of these categories or sub-categories.", valueName: "words"))
  var category: WordList = WordList()

  @Option(help: ArgumentHelp("Rows with one of these ways of training, such as transfer_learning.", valueName: "words"))
  var training: WordList = WordList()

  @Option(help: ArgumentHelp("Papers of these years: 2018-2021,2015, 2018- or -2000.", valueName: "years"))
  var year: YearList = YearList()

  @Option(help: ArgumentHelp("Papers of these journals.", valueName: "words"))
  var journal: WordList = WordList()

  @Option(help: ArgumentHelp("Papers of these first authors.", valueName: "words"))
  var author: WordList = WordList()

  @Option(help: ArgumentHelp("Rows in which each of these words stands somewhere.", valueName: "words"))
  var text = ""

  @Flag(help: "Of rows with the same title count the first alone.")
  var once = false

  @Flag(help: "End with code 65 at the first thing that is not as it should be.")
  var strict = false

  @Flag(help: "Print the counts as JSON.")
  var json = false

  @OptionGroup var out: OutputOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard !tables.isEmpty || !models.isEmpty else { throw ValidationError("give a table of papers, or --models") }
  }

  func run() throws {
    var job = LiteratureJob(tables: tables, output: out.output)
    job.models = models
    job.filter.tasks = task.words
    job.filter.networks = network.words
    job.filter.categories = category.words
    job.filter.trainings = training.words
    job.filter.journals = journal.words
    job.filter.authors = author.words
    job.filter.years = year.years
    job.filter.text = text
    job.takesTitlesOnce = once
    job.isStrict = strict
    job.overwrites = out.overwrite
    try Program.onAllRanks(log) { communicator, report in
      let outcome = try job.run(over: communicator, report: report)
      guard communicator.isRoot else { return }
      if json {
        writeLine(1, String(outcome.json.text.dropLast()))
      } else {
        for line in LiteratureJob.lines(outcome, output: out.output) { report.say(line) }
      }
    }
  }
}

/// Words, separated by commas.
struct WordList: ExpressibleByArgument {
  var words: [String] = []

  init() {}

  init?(argument: String) {
    words = argument.split(separator: ",").map { word in
      String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
    if words.isEmpty { return nil }
  }

  var defaultValueDescription: String { "" }
}

/// Stretches of years, separated by commas.
struct YearList: ExpressibleByArgument {
  var years: [ClosedRange<Int>] = []

  init() {}

  init?(argument: String) {
    guard let years = LiteratureFilter.years(argument) else { return nil }
    self.years = years
  }

  var defaultValueDescription: String { "" }
}
