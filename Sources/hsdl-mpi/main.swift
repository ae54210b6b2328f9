import Coordinator
import Foundation
import HSDLCompute
import MPI
import Worker
let world = try MPIEnvironment.initialize()
let a = Array(CommandLine.arguments.dropFirst())
let D = "/work/shared/data/hsdl/"
var job = EvaluateJob(
  real: [D + (a[0] == "1" ? "all_real_picks.csv" : "output_real_picks_test_2_test_2.csv")],
  fake: [D + (a[0] == "1" ? "all_fake_picks.csv" : "output_fake_picks_test_2_test_2.csv")], output: a[1])
job.overwrites = true
if a.count > 2 { job.repeats = Int(a[2])! }
if a.count > 3 { job.kinds = a[3].split(separator: ",").map { ShallowModelKind(rawValue: String($0))! } }
if a.count > 4 { job.features = try FeatureSet(a[4]) }
if a.count > 5 { job.settings.calibrationFolds = Int(a[5])! }
do { try job.run(over: world, report: Reporter(rank: world.rank)) } catch { print(error) }
MPIEnvironment.finalize()
