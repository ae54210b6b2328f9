/// What started this process as one of several ranks, as far as the environment tells.
///
/// A program that was linked with one MPI and started by the `mpirun` of another becomes as many programs of one rank each, all of which do
/// the whole work and write the same files. The environment gives that away.
public struct Launcher: Sendable, Equatable {
  /// What it is called in messages.
  public var name: String
  /// The number of ranks that it has started.
  public var size: Int
  /// This process's number among them; nil where the launcher does not tell.
  public var rank: Int?
  /// The variable that tells the number of ranks.
  public var variable: String

  /// Creates a description.
  public init(name: String, size: Int, rank: Int?, variable: String) {
    self.name = name
    self.size = size
    self.rank = rank
    self.variable = variable
  }

  /// The innermost launcher first: Open MPI's daemons may themselves run under `srun`, whose variables they hand on.
  private static let known: [(size: String, rank: String, name: String)] = [
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "the mpirun of Open MPI"),
    ("MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK", "the mpirun of MVAPICH"),
    ("PMI_SIZE", "PMI_RANK", "the mpirun of MPICH or one of its relatives, or srun --mpi=pmi2"),
    ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun"),
  ]

  /// Reads the environment.
  ///
  /// - Returns: nil where nothing tells of a launcher.
  public init?(environment: [String: String]) {
    for (size, rank, name) in Self.known {
      guard let count = environment[size].flatMap({ Int($0) }), count > 0 else { continue }
      self.init(name: name, size: count, rank: environment[rank].flatMap { Int($0) }, variable: size)
      return
    }
    return nil
  }

  /// What is wrong when MPI knows of fewer ranks than the launcher has started; nil where nothing is.
  ///
  /// - Parameters:
  ///   - ranks: the number of ranks that MPI knows of.
  ///   - library: what the MPI library calls itself.
  public func objection(ranks: Int, library: String) -> String? {
    guard ranks == 1, size > 1 else { return nil }
    return
      "\(size) ranks were started by \(name) (\(variable) is \(size)), but each says that it is rank 0 of 1: the program was linked with \(library), to which that launcher does not belong; start it with that MPI's own mpirun, or with the --mpi of srun that it understands; to run one rank on purpose, unset \(variable)"
  }
}
