import Decode

/// A track while it is followed.
struct FollowedPerson: Sendable {
  let ordinal: Int
  let firstSeen: Duration
  private(set) var state: TrackState = .tentative
  private(set) var lastSeen: Duration
  private(set) var lastBox: Box
  private var motion: PersonMotion
  private var predicted: Duration
  private var detections = 1

  init(ordinal: Int, box: Box, time: Duration, picture: PictureSize, noise: MotionNoise) {
    self.ordinal = ordinal
    firstSeen = time
    lastSeen = time
    predicted = time
    lastBox = box
    motion = PersonMotion(box: box, picture: picture, noise: noise)
  }

  /// Where they should be, cut to the picture; nil where that is outside.
  var box: Box? { motion.box.insidePicture }

  /// Whether the middle of where they should be is outside the picture.
  var hasLeft: Bool {
    let box = motion.box
    let (x, y) = (box.x + box.width / 2, box.y + box.height / 2)
    return x < 0 || x > 1 || y < 0 || y > 1
  }

  /// How they are shown to others.
  var track: Track {
    Track(ordinal: ordinal, state: state, box: box ?? lastBox, firstSeen: firstSeen, lastSeen: lastSeen)
  }

  /// Moves on to a time; a time that does not lie ahead changes nothing.
  mutating func predict(to time: Duration, picture: PictureSize) {
    guard time > predicted else { return }
    motion.predict(
      seconds: (time - predicted).inSeconds, picture: picture, isSeen: lastSeen == predicted)
    predicted = time
  }

  /// Takes the box of a detection; `confirming` detections make a person of it.
  mutating func see(_ box: Box, at time: Duration, picture: PictureSize, confirming: Int) {
    motion.correct(box, picture: picture)
    note(box, at: time)
    if state == .lost || detections >= confirming { state = .confirmed }
  }

  /// Returns after an absence, from which nothing follows for where they are now.
  mutating func reenter(_ box: Box, at time: Duration, picture: PictureSize, noise: MotionNoise) {
    motion = PersonMotion(box: box, picture: picture, noise: noise)
    note(box, at: time)
    state = .confirmed
  }

  /// Each goes on where the other was taken to be; both were seen in the same frame.
  mutating func changePlaces(with other: inout FollowedPerson) {
    swap(&motion, &other.motion)
    swap(&lastBox, &other.lastBox)
  }

  /// Goes out of sight.
  mutating func lose() { state = .lost }

  private mutating func note(_ box: Box, at time: Duration) {
    lastSeen = time
    predicted = time
    lastBox = box
    detections += 1
  }
}
