/// A column of the table of papers on machine learning in seismology (Mousavi and Beroza, 2022), under the name that it has there.
public enum LiteratureColumn: String, Sendable, CaseIterable {
  /// The first author's family name.
  case author
  /// The year of publication.
  case year
  /// The highest level of the order of subjects.
  case category
  /// The second level.
  case subCategory = "sub_category_I"
  /// The third level.
  case subject = "sub_category_II"
  /// What is done: a list.
  case task
  /// What in particular is done.
  case subTask = "sub_task"
  /// The title.
  case title
  /// Where it was published.
  case journal
  /// Kinds of models: a list.
  case modelType = "ml_type"
  /// Kinds of layers of networks: a list.
  case networkType = "neuralNetwork_type"
  /// Names of forms of networks: a list.
  case networkName = "neuralNetwork_name"
  /// Sizes of the hidden layers: a list.
  case hiddenLayers
  /// How it is trained: a list.
  case training = "training_process"
  /// What goes in: a list.
  case inputs
  /// What comes out: a list.
  case outputs
  /// Time, frequency …: a list.
  case domain = "data_domain"
  /// Field data, synthetic …: a list.
  case dataType = "data_type"
  /// Numbers of samples: a list.
  case dataSize = "data_size"
  /// Names of measures of quality: a list.
  case metric = "performance_metrice"
  /// Values of the measures: a list.
  case score = "performance_score"
  /// What it is compared with: a list.
  case baseline
  /// Remarks.
  case notes

  /// Whether its cells are lists.
  public var isList: Bool {
    switch self {
    case .author, .year, .category, .subCategory, .subject, .subTask, .title, .journal, .notes: false
    default: true
    }
  }

  /// Whether items of its lists are numbers.
  public var isNumeric: Bool { self == .hiddenLayers || self == .dataSize || self == .score }

  /// Whether a row says too little without it.
  var isRequired: Bool {
    switch self {
    case .author, .year, .category, .subCategory, .subject, .task, .title, .journal, .modelType: true
    default: false
    }
  }

  /// The words that are known for it; nil where any word will do.
  ///
  /// The order of subjects is that of Mousavi and Beroza (2022), Deep-learning seismology, Science 377, eabm4470.
  public var vocabulary: [String]? {
    switch self {
    case .category:
      ["Data Processing Automation", "Inverse Problems", "Forward Modeling", "Exploratory Data Analysis", "Review"]
    case .subCategory: ["Active Seismology", "Passive Seismology", "Other Applications"]
    case .subject:
      [
        "Seismic Monitoring", "Seismic Image Processing", "Subsurface Characterization", "Seismic Image Interpretation",
        "Seismic Hazard", "Earthquake Source Characterization", "Computational Seismology", "Moving Object Detection",
        "Gravitational Waves",
      ]
    case .task:
      [
        "Dataset", "Dip Estimation", "Dispersion Curve Extraction", "Earthquake Prediction", "Event Detection",
        "Event Discrimination", "Exploratory Data Analysis", "Extrapolation", "Facies Analysis", "Fault Detection",
        "First Break Picking", "Ground Motion Attribute Modeling", "Horizon Picking", "Impedance Model Building",
        "Interpolation", "Location Estimation", "Magnitude Estimation", "Multiple Correction", "Other",
        "Pattern Recognition", "Phase Association", "Phase Picking", "Polarity Determination",
        "Reservoir Characterization", "Salt Body Detection", "Seismic Deblending", "Seismic Deconvolution",
        "Seismic Denoising", "Seismic Migration", "Seismic Velocity Picking", "Seismic Wave Simulation",
        "Source Mechanism", "Velocity Model Building",
      ]
    case .networkType: ["CNN", "FC", "RNN", "SOM"]
    case .training:
      [
        "Active_Learning", "Curriculum_Learning", "Ensemble_Learning", "Federated_Learning", "Inductive_Learning",
        "Meta_Learning", "Reinforcement_Learning", "Self-Supervised_Learning", "Semi-Supervised_Learning",
        "Supervised_Learning", "Transfer_Learning", "Unsupervised_Learning",
      ]
    case .dataType: ["field", "laboratory", "semi-synthetic", "synthetic"]
    default: nil
    }
  }
}
