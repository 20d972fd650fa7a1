import Anomaly
import ArgumentParser
import Daemon
import Decode
import Network
import ReID
import Store

/// The exit codes of every command, as in sysexits.h.
extension ExitCode {
  /// `replay --fail-on-alert` raised an alert.
  static let alertRaised = ExitCode(3)
  /// The command line is wrong.
  static let usage = ExitCode(64)
  /// A clip or a model is wrong.
  static let badData = ExitCode(65)
  /// A file or a database cannot be read or written.
  static let inputOutput = ExitCode(74)
  /// Something is busy and will be free: try again.
  static let tryAgain = ExitCode(75)
  /// The configuration is wrong.
  static let badConfiguration = ExitCode(78)
  /// Ended by Ctrl-C, as shells count it.
  static let interrupted = ExitCode(130)

  /// The code for an error of one of our modules, nil for others.
  init?(for error: any Error) {
    switch error {
    case let error as StoreError: self.init(for: error)
    case let error as DecodeError: self.init(for: error)
    case let error as NetworkError: self.init(for: error)
    case let error as AnomalyError: self.init(for: error)
    case let error as ReplayError: self.init(for: error)
    case let error as EvaluationError: self.init(for: error)
    case let error as ReIDError: self.init(for: error)
    case is TrainingJobError, is ModelFolderError: self = .inputOutput
    case is CameraModelError: self = .badData
    case is ConfigurationError, is SupervisorError: self = .badConfiguration
    case let error as PeopleSearchError: self.init(for: error)
    case is OutputError, is ReportError: self = .inputOutput
    default: return nil
    }
  }

  private init(for error: StoreError) {
    switch error {
    case .locked, .runInUse, .notErased: self = .tryAgain
    case .badCursor: self = .usage
    case .noSuchAlert, .noPicture, .noSuchTrack, .noCrop, .invalidValue: self = .failure
    case .missing, .isDirectory, .notADatabase, .notReadable, .readOnly, .newerSchema, .olderSchema, .damaged,
      .folderNotWritable, .diskFull, .mediaMismatch, .inputOutput:
      self = .inputOutput
    }
  }

  private init(for error: PeopleSearchError) {
    switch error {
    case .noVector: self = .failure
    case .damagedVector: self = .inputOutput
    case .nobody, .imageTooSmall: self = .badData
    }
  }

  private init(for error: DecodeError) {
    switch error.kind {
    case .cancelled: self = .interrupted
    case .notFound, .accessDenied, .inputOutput: self = .inputOutput
    case .timedOut, .interrupted: self = .tryAgain
    case .unreadable, .noVideo, .unsupported: self = .badData
    }
  }

  private init(for error: NetworkError) {
    switch error {
    case .shapeMismatch, .invalidWeights: self = .badData
    case .fileFailed: self = .inputOutput
    case .outOfMemory, .kernelFailed: self = .failure
    }
  }

  private init(for error: AnomalyError) {
    switch error {
    case .interrupted: self = .interrupted
    case .pictureSize, .grid, .calibration, .clipsTooShort, .tooLittleFootage, .noMotion, .labels:
      self = .badData
    case .unreadableLabels: self = .inputOutput
    case .diverged: self = .failure
    }
  }

  private init(for error: ReIDError) {
    switch error {
    case .interrupted: self = .interrupted
    case .unreadableLabels: self = .inputOutput
    case .labels, .tooFewLabels, .otherModel, .embedding, .embeddingCount: self = .badData
    case .region: self = .badConfiguration
    case .diverged: self = .failure
    }
  }

  private init(for error: ReplayError) {
    switch error {
    case .clipEndsWhileLearning, .learnsTooLittle: self = .badData
    case .interrupted: self = .interrupted
    }
  }

  private init(for error: EvaluationError) {
    switch error {
    case .unreadable: self = .inputOutput
    case .nothingLearned, .hop: self = .usage
    case .noClips, .noLabelledClip, .sameName, .trainsOnTest, .frameCount, .masks: self = .badData
    }
  }
}
