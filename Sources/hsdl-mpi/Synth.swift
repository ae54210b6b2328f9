import ArgumentParser
import Coordinator
import HSDLCompute
import SeismicFormats

/// Makes a synthetic network with its archive and catalogs.
struct Synth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a synthetic network's waveform archive, its earthquakes and its automatic catalog.",
    discussion: """
      Stations, a layered Earth, a sequence of earthquakes, their waves, noise, and the errors of instruments and of an \
      automatic system all come from the seed; another seed is another network in another region. Written are:

        archive/        miniSEED files in a SeisComP data structure
        stations.xml    the stations and their channels, as StationXML
        truth.xml       the earthquakes with their true arrivals, as QuakeML
        automatic.xml   what the automatic system declared, as QuakeML
        labels.csv      what each automatic event is: real, fake or duplicate, and why
        velocity.csv    the layered Earth
        synth.json      parameters and counts

      Examples:

        mpirun -n 16 hsdl-mpi synth --seed 7 --days 7 --stations 40 -o synthetic
        hsdl-mpi synth --days 0.1 --stations 8 --sampling-rate 50 -o small
      """)

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The first sample's date or time, in UTC.", valueName: "time"))
  var start = "2024-01-01"

  @Option(help: ArgumentHelp("How long the archive is, in days.", valueName: "days"))
  var days = 1.0

  @Option(help: ArgumentHelp("Stations.", valueName: "n"))
  var stations = 20

  @Option(help: ArgumentHelp("Earthquakes a day that the automatic system declares, on average.", valueName: "n"))
  var eventsPerDay = 280.0

  @Option(help: ArgumentHelp("Samples per second.", valueName: "Hz"))
  var samplingRate = 100.0

  @Option(help: ArgumentHelp("The side of the square with the stations.", valueName: "km"))
  var regionSize = 100.0

  @OptionGroup var out: OutputOptions
  @OptionGroup var running: RunOptions
  @OptionGroup var log: LogOptions

  private func settings() throws -> SyntheticSettings {
    guard let time = UTCTime(start), time.nanoseconds == 0 else {
      throw ValidationError("--start must be a date or a time in whole seconds, such as 2024-01-01")
    }
    var settings = SyntheticSettings()
    settings.seed = seed
    settings.start = time
    settings.days = days
    settings.stationCount = stations
    settings.eventsPerDay = eventsPerDay
    settings.samplingRate = samplingRate
    settings.regionSize = regionSize
    if let objection = settings.objection { throw ValidationError(objection) }
    return settings
  }

  func validate() throws { _ = try settings() }

  func run() throws {
    var job = SynthJob(output: out.output)
    job.settings = try settings()
    job.overwrites = out.overwrite
    job.limits = running.limits
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}
