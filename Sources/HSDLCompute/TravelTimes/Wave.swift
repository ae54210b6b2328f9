/// A kind of body wave.
public enum Wave: Hashable, Sendable, CaseIterable {
  /// Compressional.
  case p
  /// Shear.
  case s
}

/// The shape that the Earth's layers have.
public enum EarthShape: Hashable, Sendable {
  /// Shells around the centre, 6371 km deep: for every use but tests.
  case spherical
  /// Plane layers.
  case flat

  /// The radius of the sphere, in km.
  public static let radius = 6371.0
}
