#!/usr/bin/python3
"""An encoder that is not a browser: GStreamer's webrtcbin publishes a green
picture and a tone of 880 Hz into a room by WHIP (RFC 9725).

    whip_encoder.py URL     URL is https://HOST/whip/ROOM

Candidates are trickled by PATCH. It says "connected" and the connection's
state on its output, and deletes its resource when its input ends.
"""
import ssl
import sys
import threading
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=peer bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball background-color=0xff00ff00 ! video/x-raw,width=640,height=360,framerate=30/1
  ! videoconvert ! vp8enc deadline=1 cpu-used=8 target-bitrate=800000 keyframe-max-dist=300 error-resilient=default
  ! rtpvp8pay picture-id-mode=15-bit ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer.
audiotestsrc is-live=true freq=880 volume=0.5 ! audioconvert ! audioresample ! audio/x-raw,rate=48000
  ! opusenc ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer.
"""


class Encoder:
    def __init__(self, url):
        self.url = url
        self.resource = self.etag = None
        self.loop = GLib.MainLoop()
        self.waiting = []  # candidates that came before the answer
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.peer = self.pipeline.get_by_name("peer")
        for i in range(2):
            self.peer.emit("get-transceiver", i).set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.peer.connect("on-negotiation-needed", self.offer)
        self.peer.connect("on-ice-candidate", lambda _, line, candidate: GLib.idle_add(self.candidate, line, candidate))
        self.peer.connect("notify::connection-state", self.state)

    def request(self, method, url, body="", kind=None, etag=None):
        headers = {"Content-Type": kind} if kind else {}
        if etag:
            headers["If-Match"] = etag
        request = urllib.request.Request(url, body.encode() if body else None, headers, method=method)
        trusting = ssl._create_unverified_context()
        return urllib.request.urlopen(request, timeout=10, context=trusting)

    def offer(self, peer):
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        reply = promise.get_reply()  # keeps the offer alive
        offer = reply.get_value("offer")
        self.text = offer.sdp.as_text()
        self.peer.emit("set-local-description", offer, Gst.Promise.new())
        GLib.idle_add(self.publish)

    def publish(self):
        answer = self.request("POST", self.url, self.text, "application/sdp")
        self.resource = urllib.parse.urljoin(self.url, answer.headers["Location"])
        self.etag = answer.headers["ETag"]
        print("created", answer.status, flush=True)
        _, sdp = GstSdp.SDPMessage.new_from_text(answer.read().decode())
        described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.peer.emit("set-remote-description", described, Gst.Promise.new())
        for line, candidate in self.waiting:
            self.candidate(line, candidate)

    def candidate(self, line, candidate):
        if not self.resource:
            self.waiting.append((line, candidate))
            return
        find = lambda key: next(l for l in self.text.splitlines() if l.startswith("a=" + key))
        media = next(l for l in self.text.splitlines() if l.startswith("m="))
        fragment = "\r\n".join([find("ice-ufrag"), find("ice-pwd"), media, find("mid"), "a=" + candidate]) + "\r\n"
        answer = self.request("PATCH", self.resource, fragment, "application/trickle-ice-sdpfrag", self.etag)
        print("trickled", answer.status, flush=True)

    def state(self, peer, _):
        print(peer.get_property("connection-state").value_nick, flush=True)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=lambda: (sys.stdin.read(), GLib.idle_add(self.loop.quit)), daemon=True).start()
        self.loop.run()
        if self.resource:
            print("deleted", self.request("DELETE", self.resource).status, flush=True)
        self.pipeline.set_state(Gst.State.NULL)


Gst.init(None)
Encoder(sys.argv[1]).run()
