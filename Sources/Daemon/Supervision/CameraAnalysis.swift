import Anomaly
import Decode
import Store

/// Owns a camera's model and pipeline, on a thread of its own, where a network may compute and a database may block.
actor CameraAnalysis {
  /// How late a frame may be by the host's clock before times are corrected: well above the jitter of a network, and
  /// little to a person who reads the alert log.
  private static let largestDrift = Duration.seconds(2)

  private let executor: ThreadExecutor
  private let status: CameraStatus
  private var pipeline: CameraPipeline?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(status: CameraStatus) {
    executor = ThreadExecutor(name: "scan " + status.snapshot.camera)
    self.status = status
  }

  /// Loads the models and makes the pipeline; once, before anything else.
  ///
  /// - Returns: The size and the rate of the pictures that the model wants.
  func prepare(
    _ load: @Sendable () throws -> (CameraModel, PeopleModel?),
    register: @Sendable (ModelDescription) throws -> RunCamera,
    store: AlertStore, startedAt: Timestamp, onAlert: @escaping @Sendable (Int64, AlertObservation) -> Void,
    onRefusal: @escaping @Sendable (StoreError) -> Void
  ) throws -> (size: PictureSize, framesPerSecond: Double) {
    let (model, people) = try load()
    pipeline = try CameraPipeline(
      camera: register(model.description), store: store, model: model, people: people, startedAt: startedAt,
      onAlert: onAlert, onRefusal: onRefusal)
    let shape = model.reconstructor.cubeShape
    return (PictureSize(width: shape.width, height: shape.height), model.framesPerSecond)
  }

  /// Analyses one connection's frames until the queue is finished and empty.
  ///
  /// - Throws: What the pipeline throws; the queue is finished then, so that its reader stops.
  func analyse(_ queue: FrameQueue<LiveFrame>) throws {
    guard let pipeline else { return }
    defer { queue.finish() }
    guard let first = queue.pop() else { return }
    try pipeline.begin(at: Self.startTime(first))
    var next: LiveFrame? = first
    while let live = next {
      rebase(pipeline, by: live)
      try process(live.frame, with: pipeline)
      next = queue.pop()
    }
    try finish(pipeline)
  }

  /// Analyses a file from its start to its end, as fast as that goes; nothing is dropped.
  ///
  /// - Returns: What was lost, in words for the log; nil where nothing was.
  func analyseFile(
    _ open: @Sendable () throws -> any FrameSource, startedAt: Timestamp
  ) throws -> String? {
    guard let pipeline else { return nil }
    let source = try open()
    try pipeline.begin(at: startedAt)
    var isFirst = true
    while let frame = try source.next() {
      if isFirst { status.enter(.streaming) }
      isFirst = false
      status.update { $0.framesRead += 1 }
      try process(frame, with: pipeline)
    }
    try finish(pipeline)
    return source.lossSummary
  }

  /// Ends what a failed analysis left open, as far as that can be done now.
  func finish() throws {
    guard let pipeline else { return }
    try finish(pipeline)
  }

  private func process(_ frame: Frame, with pipeline: CameraPipeline) throws {
    try pipeline.process(frame)
    let alerts = pipeline.alertCount
    status.update {
      $0.framesAnalysed += 1
      $0.alerts = alerts
    }
  }

  private func finish(_ pipeline: CameraPipeline) throws {
    try pipeline.finish()
    let alerts = pipeline.alertCount
    status.update { $0.alerts = alerts }
  }

  /// The wall time of presentation time zero, going by one frame.
  private static func startTime(_ live: LiveFrame) -> Timestamp {
    live.arrivedAt + (.zero - live.frame.presentationTime)
  }

  /// Corrects the start time. The frame that came with the least delay tells it best, so an earlier one is believed at
  /// once; a later one only when it is too late for a delay, which means that one of the clocks has moved.
  private func rebase(_ pipeline: CameraPipeline, by live: LiveFrame) {
    let startTime = Self.startTime(live)
    let delay = startTime.millisecondsSince1970 - pipeline.startedAt.millisecondsSince1970
    if delay < 0 || Duration.milliseconds(delay) > Self.largestDrift { pipeline.rebase(to: startTime) }
  }
}
