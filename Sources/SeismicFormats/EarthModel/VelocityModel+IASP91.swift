extension VelocityModel {
  /// The global model IASP91 (Kennett and Engdahl, 1991) down to 1750 km.
  ///
  /// A crust of two layers, 20 and 15 km thick, over a mantle whose velocities rise linearly between discontinuities at
  /// 35, 210, 410 and 660 km.
  public static let iasp91 = VelocityModel(
    name: "iasp91",
    nodes: [
      (0, 5.8, 3.36), (20, 5.8, 3.36), (20, 6.5, 3.75), (35, 6.5, 3.75), (35, 8.04, 4.47), (77.5, 8.045, 4.485),
      (120, 8.05, 4.5), (165, 8.175, 4.509), (210, 8.3, 4.518), (210, 8.3, 4.522), (410, 9.03, 4.87),
      (410, 9.36, 5.07), (660, 10.2, 5.6), (660, 10.79, 5.95), (760, 11.0558, 6.2095), (859, 11.23, 6.2841),
      (958, 11.396, 6.3546), (1057, 11.5543, 6.4211), (1156, 11.7056, 6.4841), (1255, 11.8504, 6.5438),
      (1354, 11.9893, 6.6006), (1453, 12.1231, 6.6547), (1552, 12.2521, 6.7066), (1651, 12.3772, 6.7564),
      (1750, 12.4987, 6.8046),
    ].map { Node(depth: $0.0, p: $0.1, s: $0.2) },
    interpolation: .linear)
}
