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
    ("user:secret@host:554/1: no such file", "***@host:554/1: no such file"),
    ("c.yaml:6: url: /srv/user:p@ss/w@host is no file", "c.yaml:6: url: /srv/***@host is no file"),
    ("c.yaml:6: somebody@example.org", "c.yaml:6: somebody@example.org"),
    ("RTSP://user:secret@[2001:db8::1]:554/", "RTSP://***@[2001:db8::1]:554/"),
  ])
  func credentialsAreHidden(text: String, expected: String) {
    #expect(Redaction.redact(text) == expected)
  }
}
