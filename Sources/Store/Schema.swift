/// The tables, and the steps that lead to them from older databases.
struct Schema {
  /// Written to `PRAGMA application_id`, so that another program's database is told apart: "anlt".
  static let applicationID = 0x616E_6C74

  /// Written to `PRAGMA user_version`.
  let version: Int
  /// Creates everything in an empty database.
  let sql: String
  /// For each older version, what leads from it to the next one. Must end at exactly the tables of `sql`.
  let steps: [Int: String]

  static let current = Schema(
    version: 3, sql: currentSQL,
    steps: [
      1: "ALTER TABLE alerts ADD COLUMN \(evidenceColumn)",
      2: "ALTER TABLE store ADD COLUMN \(erasureColumn); \(peopleTables)",
    ])

  /// The first schema with people in it.
  static let firstWithPeople = 3
}

/// Of no alert of schema 1 is it known.
private let evidenceColumn = """
  evidence TEXT
      CHECK (evidence IS NULL OR (evidence IN ('appearance', 'motion') AND kind = 'irregular'))
  """

private let erasureColumn = """
  erasure_is_due INTEGER NOT NULL DEFAULT 0 CHECK (erasure_is_due IN (0, 1))
  """

/// Of databases of schema 2 nobody is known.
private let peopleTables = """
  -- People who were followed: one row per track, written when the track has ended.
  CREATE TABLE tracks (
    -- The number that the user sees. Never used twice.
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_camera_id INTEGER NOT NULL REFERENCES run_cameras ON DELETE CASCADE,
    -- Counts the tracks of one camera in one run, from 0.
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL CHECK (last_seen_ms >= first_seen_ms),
    -- In how many frames the person was found.
    frame_count INTEGER NOT NULL CHECK (frame_count > 0),
    -- How good the best crop is: 1 is best.
    quality REAL NOT NULL CHECK (quality BETWEEN 0 AND 1),
    -- The moment of crop and box.
    best_seen_at_ms INTEGER NOT NULL CHECK (best_seen_at_ms BETWEEN first_seen_ms AND last_seen_ms),
    -- Where the person was then, in fractions of the upright picture from its upper left corner.
    -- The sums may exceed 1 by what rounding does.
    box_x REAL NOT NULL CHECK (box_x BETWEEN 0 AND 1),
    box_y REAL NOT NULL CHECK (box_y BETWEEN 0 AND 1),
    box_width REAL NOT NULL CHECK (box_width >= 0 AND box_x + box_width <= 1.000001),
    box_height REAL NOT NULL CHECK (box_height >= 0 AND box_y + box_height <= 1.000001),
    -- The best crop, as a path in the media folder. The file is there before the row says so.
    crop_file TEXT UNIQUE,
    -- Where the person went, a thinned selection in the order of time. Twelve bytes a point, little-endian: milliseconds
    -- since first_seen_ms (32 bits); left edge, upper edge, width and height in 1/65535 of the picture (16 bits each).
    path BLOB NOT NULL CHECK (length(path) % 12 = 0),
    UNIQUE (run_camera_id, ordinal)
  ) STRICT;
  CREATE INDEX tracks_by_last_seen ON tracks (last_seen_ms);

  -- What the people look like: at most one vector per track. A table of its own, because a search reads all of it and
  -- nothing else.
  CREATE TABLE embeddings (
    track_id INTEGER NOT NULL PRIMARY KEY REFERENCES tracks ON DELETE CASCADE,
    -- The model that computed it. Vectors of two models cannot be compared.
    model_id INTEGER NOT NULL REFERENCES models,
    -- How many numbers it has.
    dimension INTEGER NOT NULL CHECK (dimension BETWEEN 1 AND 65536),
    -- The numbers in half precision (IEEE 754 binary16), little-endian; their squares add up to one.
    vector BLOB NOT NULL CHECK (length(vector) = 2 * dimension)
  ) STRICT;

  -- Which people stood in the box of an alert.
  CREATE TABLE alert_tracks (
    alert_id INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
    track_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
    PRIMARY KEY (alert_id, track_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alerts_of_tracks ON alert_tracks (track_id);
  """

/// Times are integers: milliseconds (`_ms`) or seconds (`_s`) since 1970-01-01T00:00:00Z, UTC, leap seconds not counted.
private let currentSQL = """
  -- What this database is. Exactly one row.
  CREATE TABLE store (
    -- Always 1, so that there is no second row.
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    -- The same text as in the file `uuid` of the media folder: they belong together.
    uuid TEXT NOT NULL CHECK (length(uuid) = 36),
    -- 1 from the moment a person is forgotten until freed pages and the write-ahead log hold no bytes of them.
    \(erasureColumn)
  ) STRICT;

  -- Cameras, by the name the configuration or the command line gives them.
  CREATE TABLE cameras (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- The name, as it is shown.
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200)
  ) STRICT;

  -- Models that cameras were scored with, and that vectors were computed with.
  CREATE TABLE models (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- The digest of the file. Two models with one hash are one model.
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) > 0),
    -- The name of the network.
    name TEXT NOT NULL,
    -- Where the file lay when it was first used.
    path TEXT NOT NULL,
    -- What the file says of itself: a JSON object.
    metadata TEXT NOT NULL CHECK (json_valid(metadata))
  ) STRICT;

  -- One row per start of the daemon, and one per replayed clip, model and settings.
  CREATE TABLE runs (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- Random for a live run; for a replay derived from clip, model and settings, so that doing it again
    -- gives the same rows. Also the name of the run's folder in the media folder.
    id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 64 AND id NOT GLOB '*[^0-9A-Za-z_-]*'),
    kind TEXT NOT NULL CHECK (kind IN ('live', 'replay')),
    -- When the daemon started, or when the clip was recorded.
    started_at_ms INTEGER NOT NULL,
    -- When it ended; null while it lasts, and after a crash until the next run begins.
    ended_at_ms INTEGER CHECK (ended_at_ms >= started_at_ms),
    -- 1 where the program died, so that the end is the last moment known.
    was_interrupted INTEGER NOT NULL DEFAULT 0 CHECK (was_interrupted IN (0, 1)),
    -- The version of analytics.
    program_version TEXT NOT NULL,
    -- What it was told: a JSON object without credentials.
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    -- The digest of the replayed clip; null for a live run.
    clip_digest TEXT CHECK (kind = 'replay' OR clip_digest IS NULL)
  ) STRICT;

  -- Which cameras a run watched, each with which model.
  CREATE TABLE run_cameras (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    camera_id INTEGER NOT NULL REFERENCES cameras,
    -- Null where nothing was scored with a model.
    model_id INTEGER REFERENCES models,
    UNIQUE (run_number, camera_id)
  ) STRICT;

  -- The alert log.
  CREATE TABLE alerts (
    -- The number that the user sees. Never used twice.
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_camera_id INTEGER NOT NULL REFERENCES run_cameras ON DELETE CASCADE,
    -- Counts the alerts of one camera in one run, from 0.
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    kind TEXT NOT NULL CHECK (kind IN ('irregular', 'scene_change')),
    started_at_ms INTEGER NOT NULL,
    -- When regularity was lowest: the moment of snapshot, heat map and box.
    peaked_at_ms INTEGER NOT NULL CHECK (peaked_at_ms >= started_at_ms),
    -- Null while it lasts.
    ended_at_ms INTEGER CHECK (ended_at_ms >= peaked_at_ms),
    -- 1 where the program died during the alert, so that the end is the last moment known of it.
    is_end_estimated INTEGER NOT NULL DEFAULT 0
      CHECK (is_end_estimated IN (0, 1) AND (is_end_estimated = 0 OR ended_at_ms IS NOT NULL)),
    -- Regularity at the peak: 1 is normal.
    regularity REAL NOT NULL CHECK (regularity BETWEEN 0 AND 1),
    -- The regularity below which an alert was raised.
    threshold REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    -- The region that stands out at the peak, in fractions of the upright picture from its upper left corner.
    -- The sums may exceed 1 by what rounding does.
    box_x REAL NOT NULL CHECK (box_x BETWEEN 0 AND 1),
    box_y REAL NOT NULL CHECK (box_y BETWEEN 0 AND 1),
    box_width REAL NOT NULL CHECK (box_width >= 0 AND box_x + box_width <= 1.000001),
    box_height REAL NOT NULL CHECK (box_height >= 0 AND box_y + box_height <= 1.000001),
    -- The picture at the peak, as a path in the media folder. The file is there before the row says so.
    snapshot_file TEXT UNIQUE,
    -- The heat map at the peak, likewise.
    heat_map_file TEXT UNIQUE,
    -- 1 where a person said that it is a true alert, 0 where a false one, null where nobody did.
    marked INTEGER CHECK (marked IN (0, 1)),
    -- When the person said so.
    marked_at_ms INTEGER CHECK ((marked IS NULL) = (marked_at_ms IS NULL)),
    -- What stands out at the peak: how it looks, or how it moves. Null for a scene change and where nobody noted it.
    \(evidenceColumn),
    UNIQUE (run_camera_id, ordinal)
  ) STRICT;
  CREATE INDEX alerts_by_start ON alerts (started_at_ms);
  CREATE INDEX open_alerts ON alerts (run_camera_id) WHERE ended_at_ms IS NULL;

  -- The order in which alerts were last opened, ended or marked. Cursors are places in it. A table of its own,
  -- because the row of a replayed alert must not depend on how often it was replayed.
  CREATE TABLE alert_log (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    alert_id INTEGER NOT NULL UNIQUE REFERENCES alerts ON DELETE CASCADE
  ) STRICT;

  -- The regularity curve: one row per camera and second that had frames.
  CREATE TABLE regularity (
    run_camera_id INTEGER NOT NULL REFERENCES run_cameras ON DELETE CASCADE,
    -- The second, since 1970-01-01T00:00:00Z.
    second_s INTEGER NOT NULL,
    -- The lowest regularity of a frame in that second.
    minimum REAL NOT NULL CHECK (minimum BETWEEN 0 AND 1),
    -- The mean over its frames. May fall below the minimum by what rounding does.
    mean REAL NOT NULL CHECK (mean BETWEEN minimum - 0.000001 AND 1.000001),
    -- How many frames were scored.
    frame_count INTEGER NOT NULL CHECK (frame_count > 0),
    PRIMARY KEY (run_camera_id, second_s)
  ) STRICT, WITHOUT ROWID;

  -- Files in the media folder that are to be deleted. A file about to be written stands here too until its row
  -- is stored, so that a crash in between leaves nothing behind.
  CREATE TABLE garbage (
    -- A path in the media folder.
    file TEXT NOT NULL PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  \(peopleTables)
  """
