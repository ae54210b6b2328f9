import ArgumentParser
import Worker

/// The command that holds all others.
struct HSDLMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hsdl-mpi",
    abstract: "Refines automatic earthquake catalogs: tells real events from false ones, and says why.",
    discussion: """
      Every command runs by itself, or on many ranks:

        mpirun -n 64 hsdl-mpi refine --picks picks.csv --model model --output refined

      The result is the same for any number of ranks.

      Exit codes: 0 done, 64 usage, 65 bad data, 66 missing input, 69 something is not available, 70 internal fault, \
      73 cannot create output, 74 input or output broke off, 75 stopped early and to be gone on with, 78 configuration.
      """,
    version: programVersion,
    subcommands: [
      Demo.self, Synth.self, Pick.self, Refine.self, Report.self, Features.self, Train.self, Evaluate.self,
      ImportWeights.self,
      RunNetwork.self, Convert.self, Inspect.self, Doctor.self,
    ])
}
