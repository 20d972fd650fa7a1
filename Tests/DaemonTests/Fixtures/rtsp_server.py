"""Streams numbered JPEGs of a folder over RTSP, again and again, ten a second, as a camera would.

Usage: rtsp_server.py FOLDER PORT    (port 0 takes a free one)
Prints "ready PORT" when it listens. User "viewer", password "s3cr3t", at rtsp://127.0.0.1:PORT/stream.
Ends when its standard input is closed, so that it cannot outlive the test that started it.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

folder, port = sys.argv[1], sys.argv[2]
Gst.init(None)

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)

auth = GstRtspServer.RTSPAuth()
viewer = GstRtspServer.RTSPToken()
viewer.set_string("media.factory.role", "viewer")
auth.add_basic(GstRtspServer.RTSPAuth.make_basic("viewer", "s3cr3t"), viewer)
server.set_auth(auth)

factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    f'( multifilesrc location="{folder}/%05d.jpg" loop=true caps="image/jpeg,framerate=10/1" ! jpegdec'
    " ! videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=2000 key-int-max=10"
    " ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)
permissions = GstRtspServer.RTSPPermissions()
permissions.add_permission_for_role("viewer", "media.factory.access", True)
permissions.add_permission_for_role("viewer", "media.factory.construct", True)
factory.set_permissions(permissions)
server.get_mount_points().add_factory("/stream", factory)

if server.attach(None) == 0:
    sys.exit(f"port {port} cannot be listened on")
print("ready", server.get_bound_port(), flush=True)

loop = GLib.MainLoop()


def end_with_the_test():
    sys.stdin.buffer.read()
    loop.quit()


threading.Thread(target=end_with_the_test, daemon=True).start()
loop.run()
