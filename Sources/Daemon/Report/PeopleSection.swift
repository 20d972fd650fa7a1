import Foundation
import Store

/// The people who were found: each with the best crop, when they were there, and who looks like them.
struct PeopleSection {
  /// So many bytes of crops go into a page; people after that name their files.
  private static let pictureBytesLimit = 16 << 20

  let people: [FoundPerson]
  let startedAt: Timestamp
  /// Reads the crop of a track; nil where there is none.
  let crop: (Track) -> Data?

  var html: HTML {
    """
    <section class="panel people" aria-label="People">
    <div class="bar"><h2>People</h2><p>\(headline)</p></div>
    \(note)
    <ul>
    \(cards)
    </ul>
    </section>
    """
  }

  private var headline: String {
    people.isEmpty ? "Nobody was found." : "\(people.count) \(people.count == 1 ? "track" : "tracks")"
  }

  private var note: HTML? {
    guard !people.isEmpty else { return nil }
    return """
      <p>A track is somebody from coming to going. Below each stand those in the alert log who look most like them; 1 is \
      the very same look.</p>
      """
  }

  private var cards: [HTML] {
    var bytesLeft = Self.pictureBytesLimit
    func picture(_ track: Track, _ size: HTML) -> HTML {
      guard bytesLeft > 0, let data = crop(track), let embedded = EmbeddedPicture(data) else {
        return "<span class=\"missing crop\(size)\">no picture</span>"
      }
      bytesLeft -= data.count
      return """
        <img class="crop\(size)" src="\(HTML(markup: embedded.uri))" alt="Track \(String(track.id))" loading="lazy"/>
        """
    }
    return people.map { person in
      let neighbours: [HTML] = person.neighbours.map { match in
        """
        <figure>\(picture(match.track, " small"))<figcaption>\(String(match.track.id)) · \
        \(String(format: "%.2f", match.similarity))</figcaption></figure>
        """
      }
      return """
        <li id="track-\(String(person.track.id))">\(picture(person.track, ""))<div>
        <h3>Track \(String(person.track.id))</h3>
        <p>\(span(of: person.track))</p>
        <p class="muted">\(String(person.track.frameCount)) looks, quality \
        \(String(format: "%.2f", person.track.quality))</p>
        <div class="neighbours">\(neighbours)</div>
        </div></li>
        """
    }
  }

  private func span(of track: Track) -> String {
    let place = { (moment: Timestamp) in
      Duration.milliseconds(moment.millisecondsSince1970 - startedAt.millisecondsSince1970)
    }
    let (first, last) = (place(track.firstSeen), place(track.lastSeen))
    return "\(first.preciseClipTime) to \(last.preciseClipTime), \((last - first).length)"
  }
}
