import Foundation

/// Whether the ranks of each node have what they need: processors, threads, memory, files.
package enum NodeFindings {
  /// What is to be said of the ranks' reports.
  package static func findings(_ reports: [RankReport]) -> [Finding] {
    let nodes = Dictionary(grouping: reports, by: \.host)
    let hosts = nodes.keys.sorted()
    var all: [Finding] = []
    for topic in [processors, threads, sharedMemory, openFiles] {
      // Nodes that are alike are told of once.
      var told: [(finding: Finding, hosts: [String])] = []
      for host in hosts {
        guard let finding = topic(nodes[host] ?? []) else { continue }
        if let place = told.firstIndex(where: { $0.finding == finding }) {
          told[place].hosts.append(host)
        } else {
          told.append((finding, [host]))
        }
      }
      for (finding, places) in told {
        var finding = finding
        finding.topic += hosts.count == 1 ? "" : places.count == hosts.count ? " of each node" : " of \(names(places))"
        all.append(finding)
      }
    }
    if let finding = memory(nodes, hosts) { all.append(finding) }
    return all
  }

  /// A few names, and how many more there are.
  static func names(_ hosts: [String]) -> String {
    hosts.prefix(4).joined(separator: ", ") + (hosts.count > 4 ? " and \(hosts.count - 4) more" : "")
  }

  private static func processors(_ node: [RankReport]) -> Finding? {
    let all = Set(node.flatMap(\.processors))
    guard !all.isEmpty else { return nil }
    let found = "\(counted(node.count, "ranks")), \(counted(all.count, "processors")) that they may use"
    if node.count > all.count {
      let isBound = node.count > 1 && node.allSatisfy { $0.processors == node[0].processors } && all.count == 1
      return Finding(
        "processors", .wrong, found + (isBound ? ": all ranks are bound to the same one" : ""),
        remedy: isBound
          ? "let the launcher bind each rank to its own (mpirun -bind-to core, srun --cpu-bind=cores), or not at all"
          : "start no more ranks than processors, or ask for more (--cpus-per-task, ncpus)")
    }
    return Finding("processors", .fine, found)
  }

  private static func threads(_ node: [RankReport]) -> Finding? {
    let processors = Set(node.flatMap(\.processors)).count
    guard processors > 0, let first = node.first else { return nil }
    var wanted = 1
    var told: [String] = []
    for name in RankReport.threadVariables {
      guard let text = first.threads[name] else { continue }
      told.append("\(name)=\(text)")
      wanted = max(wanted, text.split(separator: ",").first.flatMap { Int($0) } ?? 1)
    }
    guard first.threads[RankReport.threadVariables[0]] != nil else {
      return Finding(
        "threads", node.count > 1 ? .notice : .fine, "OMP_NUM_THREADS is not set",
        remedy: node.count > 1 ? "export OMP_NUM_THREADS=1: libraries then start no threads of their own" : nil)
    }
    let asked = node.count.multipliedReportingOverflow(by: wanted)
    if asked.overflow || asked.partialValue > processors {
      return Finding(
        "threads", .wrong,
        "\(told.joined(separator: ", ")) with \(counted(node.count, "ranks")) is more than \(counted(processors, "processors"))",
        remedy: "export OMP_NUM_THREADS=1; ranks, not threads, share out the work")
    }
    return Finding("threads", .fine, told.joined(separator: ", "))
  }

  /// The memory that is free for a rank, where it is least.
  private static func memory(_ nodes: [String: [RankReport]], _ hosts: [String]) -> Finding? {
    var least: (host: String, each: Int, report: RankReport)?
    for host in hosts {
      guard let node = nodes[host], let first = node.first, first.memory > 0 else { continue }
      // Whether a limit is one for each rank or for all of a node together cannot be told: the smaller share counts.
      let each = min(first.freeMemory, first.memoryLimit ?? .max) / node.count
      if each < least?.each ?? .max { least = (host, each, first) }
    }
    guard let least else { return nil }
    let limit = least.report.memoryLimit.map { ", limit \(byteText($0))" } ?? ""
    let found =
      "\(byteText(least.each)) a rank\(hosts.count > 1 ? " at least, on \(least.host)" : "") (\(byteText(least.report.freeMemory)) of \(byteText(least.report.memory)) free\(limit))"
    guard least.each < 256 << 20 else { return Finding("memory", .fine, found) }
    return Finding(
      "memory", .wrong, found, remedy: "a rank needs 256 MB and more: start fewer ranks, or ask for more (--mem)")
  }

  private static func sharedMemory(_ node: [RankReport]) -> Finding? {
    guard node.count > 1 else { return nil }
    guard let size = node.first?.sharedMemory else {
      return Finding(
        "/dev/shm", .wrong, "it is not there; ranks of a node exchange messages through it",
        remedy: "in a container, mount it (--shm-size, --ipc=host, or bind /dev/shm)")
    }
    // MPICH takes some megabytes for each rank of a node.
    let needed = (16 << 20) * node.count
    if size < needed {
      return Finding(
        "/dev/shm", .wrong, "\(byteText(size)) for \(counted(node.count, "ranks"))",
        remedy: "\(byteText(needed)) are wanted: enlarge it (--shm-size=1g in Docker, --ipc=host)")
    }
    return Finding("/dev/shm", .fine, byteText(size))
  }

  private static func openFiles(_ node: [RankReport]) -> Finding? {
    guard let least = node.map(\.openFiles).min(), least > 0 else { return nil }
    if least < 512 {
      return Finding(
        "open files", .wrong, "a rank may open \(least)",
        remedy: "ulimit -n 1024 or more: archives keep up to 224 files open")
    }
    return Finding("open files", .fine, "a rank may open \(least)")
  }
}
