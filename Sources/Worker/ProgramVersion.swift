/// The version of the program, as models and catalogs record it.
public let programVersion = "0.1.0"
