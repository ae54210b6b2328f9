import CBuild

/// The commit that the program was built from; `unknown` where the build was not told, as in one from an archive of the sources.
var buildCommit: String { String(cString: cbuild_commit()) }
