import Foundation
import Testing

@testable import Decode

@Suite struct MediaLocationTests {
  @Test func knowsFilesFromURLs() {
    #expect(MediaLocation("clips/a b.mp4").filePath == "clips/a b.mp4")
    #expect(MediaLocation("C:odd:name.avi").filePath == "C:odd:name.avi")
    #expect(MediaLocation("file:///tmp/a%20b.mp4").filePath == "/tmp/a b.mp4")
    #expect(MediaLocation(file: URL(filePath: "/tmp/x.mp4")).description == "/tmp/x.mp4")
    #expect(MediaLocation("rtsp://camera/1").isNetwork)
    #expect(!MediaLocation("/data/clip.mp4").isNetwork)
  }

  @Test func keepsTheWholeURLForFFmpeg() {
    let url = "rtsp://admin:s3cret@camera/1?token=abc"
    #expect(MediaLocation(url).openable == url)
  }

  @Test(arguments: [
    ("rtsp://camera:554/stream", "rtsp://camera:554/stream"),
    ("rtsp://admin:s3cret@camera:554/stream", "rtsp://***@camera:554/stream"),
    ("rtsp://admin@camera/", "rtsp://***@camera/"),
    ("http://camera/video?user=admin&pwd=s3cret#x", "http://camera/video?user=***&pwd=***#x"),
    (
      "rtsp://camera:554/user=admin&password=s3cret&channel=1.sdp",
      "rtsp://camera:554/user=***&password=***&channel=***"
    ),
    // Malformed: unescaped @, / and ? in the password.
    ("rtsp://admin:s3@cret@camera/1", "rtsp://***@camera/1"),
    ("rtsp://admin:s3/cret?a@camera/1", "rtsp://***@camera/1"),
  ]) func redacts(_ url: String, _ expected: String) {
    let location = MediaLocation(url)
    #expect(location.description == expected)
    var dumped = ""
    dump(location, to: &dumped)
    for text in ["\(location)", String(reflecting: location), dumped, "\([location])"] {
      #expect(!text.contains("s3"))
    }
  }

  @Test func quotesOnlyWhatHasNoSecrets() {
    let location = MediaLocation("rtsp://admin:s3%63ret@camera/1?token=abc123")
    #expect(location.permitsQuoting("method DESCRIBE failed: 401 Unauthorized"))
    #expect(!location.permitsQuoting("rtsp://camera: refused"))
    #expect(!location.permitsQuoting("no access for S3%63RET"))
    #expect(!location.permitsQuoting("no access for s3cret"))
    #expect(!location.permitsQuoting("bad abc123"))
  }
}
