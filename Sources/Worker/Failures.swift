public import HSDLCompute
public import MPI
public import SeismicFormats

/// The program's exit codes, in the manner of `sysexits.h`.
public enum ExitStatus: Int32, Sendable {
  /// All is done.
  case done = 0
  /// The command line is wrong.
  case usage = 64
  /// The input is not what it should be.
  case badData = 65
  /// An input is missing.
  case missingInput = 66
  /// A library or a service is missing.
  case unavailable = 69
  /// A fault of the program.
  case internalError = 70
  /// An output cannot be made.
  case cannotCreate = 73
  /// Reading or writing broke off.
  case inputOutput = 74
  /// Stopped early; the same command goes on.
  case stoppedEarly = 75
  /// The configuration is wrong.
  case configuration = 78
}

extension FormatError: ExitCoded {
  /// The exit code that goes with the kind of trouble.
  public var exitCode: Int32 {
    let status: ExitStatus =
      switch kind {
      case .missing, .unreadable: .missingInput
      case .badData, .unsupported: .badData
      case .cannotCreate: .cannotCreate
      case .inputOutput: .inputOutput
      }
    return status.rawValue
  }
}

extension ComputeError: ExitCoded {
  /// The exit code that goes with the objection.
  public var exitCode: Int32 {
    let status: ExitStatus =
      switch self {
      case .unknownFeature: .usage
      case .cannotTrain, .badModel, .badEarthModel: .badData
      case .lightGBM, .torch: .internalError
      }
    return status.rawValue
  }
}

/// Something that a job objects to and no other error says.
public struct JobError: ExitCoded, CustomStringConvertible, Equatable {
  /// The program's exit code.
  public var status: ExitStatus
  /// What, where, what to do; in one line.
  public var description: String

  /// Creates an error.
  public init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }

  public var exitCode: Int32 { status.rawValue }
}
