import Daemon
import Testing

@Suite struct RedactionTests {
  @Test(arguments: [
    ("no URL here", "no URL here"),
    ("rtsp://host:554/stream", "rtsp://host:554/stream"),
    ("rtsp://user:secret@host/1", "rtsp://***@host/1"),
    (
      "opening 'rtsp://u:p@a/1' and \"http://b/?token=x&y=z\".",
      "opening 'rtsp://***@a/1' and \"http://b/?***\"."
    ),
    ("rtsp://user:p@ss/w?rd@host/1?x=secret", "rtsp://***@host/1?***"),
    ("rtsp://h:554/user=a&password=b&channel=1.sdp", "rtsp://h:554/user=a&password=***&channel=1.sdp"),
    ("rtsp://user@host", "rtsp://***@host"),
    ("RTSP://user:secret@[2001:db8::1]:554/", "RTSP://***@[2001:db8::1]:554/"),
  ])
  func credentialsAreHidden(text: String, expected: String) {
    #expect(Redaction.redact(text) == expected)
  }
}
