# Debian 12 or newer, Swift 6.2 or newer.
SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# What the program is built from and runs with.
PACKAGES := pkg-config libdnnl-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libsqlite3-dev
# What only tests, the demo and benchmarks use: the ffmpeg command, and an RTSP server.
TEST_PACKAGES := ffmpeg python3 python3-venv python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base \
	gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav

BINARY := .build/release/analytics
VTEST := demo/vtest.avi
# The same coded as cameras code: H.264, no B-frames, one reference. vtest.avi itself has no vectors that are exported.
VTEST_AS_CAMERA := demo/vtest-h264.mp4
# Where other engines are installed, from PyPI; tests find them there.
PEERS := .build/peers

.PHONY: deps build install uninstall demo demo-live test test-onednn-3 lint format bench peers clean

deps:
	$(SUDO) apt-get update -qq
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  $(PACKAGES) $(TEST_PACKAGES)

build:
	$(SWIFT) build -c release --product analytics --static-swift-stdlib

# As root, after `make build` as yourself. DESTDIR is for packages.
install:
	install -D -s -m 755 $(BINARY) $(DESTDIR)/usr/bin/analytics
	install -D -m 644 -t $(DESTDIR)/usr/share/analytics/models Models/*.safetensors
	install -D -m 644 systemd/analytics.service $(DESTDIR)/usr/lib/systemd/system/analytics.service
	install -D -m 644 systemd/analytics.sysusers.conf $(DESTDIR)/usr/lib/sysusers.d/analytics.conf
	install -D -m 644 systemd/analytics.tmpfiles.conf $(DESTDIR)/usr/lib/tmpfiles.d/analytics.conf
	install -D -m 644 -t $(DESTDIR)/usr/share/doc/analytics config/analytics.yaml LICENSE Models/README.md

# What `install` put there. What the cameras showed stays in /var/lib/analytics, their configuration in /etc/analytics.
uninstall:
	rm -f $(DESTDIR)/usr/bin/analytics $(DESTDIR)/usr/lib/systemd/system/analytics.service \
	  $(DESTDIR)/usr/lib/sysusers.d/analytics.conf $(DESTDIR)/usr/lib/tmpfiles.d/analytics.conf
	rm -f $(patsubst Models/%,$(DESTDIR)/usr/share/analytics/models/%,$(wildcard Models/*.safetensors)) \
	  $(addprefix $(DESTDIR)/usr/share/doc/analytics/,analytics.yaml LICENSE README.md)
	-rmdir $(DESTDIR)/usr/share/analytics/models $(DESTDIR)/usr/share/analytics $(DESTDIR)/usr/share/doc/analytics

demo: deps build
	scripts/demo

# The demo's footage as a live camera; `make demo` first.
demo-live:
	scripts/demo-live

# The tests of everything that has kernels run once for each kind of processor that those are written for. (What the compiler
# multiplies by itself, transforms and such, takes the machine's best each time: design/engine.md.)
KERNEL_TESTS := NetworkTests|DecodeTests.*Motion
test:
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	ANALYTICS_INSTRUCTION_SET=avx2 $(SWIFT) test --skip-build --filter '$(KERNEL_TESTS)'
	ANALYTICS_INSTRUCTION_SET=baseline $(SWIFT) test --skip-build --filter '$(KERNEL_TESTS)'
	ANALYTICS_INSTRUCTION_SET=avx512 $(SWIFT) test --skip-build --filter ByteConvolutionTests
	ANALYTICS_INSTRUCTION_SET=avxvnni $(SWIFT) test --skip-build --filter ByteConvolutionTests

# The same engine against oneDNN 3, from PyPI.
test-onednn-3:
	scripts/test-onednn-3

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

bench: build
	scripts/fetch-vtest $(VTEST)
	$(BINARY) bench gemm --threads 1
	$(BINARY) bench stae --threads 1
	$(BINARY) bench stae --threads 2
	$(BINARY) bench stae --precision int8
	$(BINARY) bench stae --sliding
	$(BINARY) bench stae --sliding --precision int8
	$(BINARY) bench train --threads 2
	$(BINARY) bench cameras
	$(BINARY) bench detector --threads 1
	$(BINARY) bench embedder --threads 2
	$(BINARY) bench embedder --threads 2 --precision int8
	$(BINARY) bench search --threads 2
	$(BINARY) bench decode $(VTEST) --motion estimated
	ffmpeg -v error -y -i $(VTEST) -c:v libx264 -bf 0 -refs 1 -pix_fmt yuv420p $(VTEST_AS_CAMERA)
	$(BINARY) bench decode $(VTEST_AS_CAMERA) --motion codec
	/usr/bin/env python3 scripts/peak-memory $(BINARY) replay $(VTEST) --database demo/bench.db

# Other engines on the same network, interleaved with ours; PEERS_OPTIONS="--json" and others as in peers.py --help.
peers: build $(PEERS)/installed
	scripts/fetch-vtest $(VTEST)
	$(PEERS)/bin/python3 Benchmarks/peers/peers.py $(PEERS_OPTIONS)

$(PEERS)/installed: Benchmarks/peers/requirements.txt
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --requirement $<
	touch $@

clean:
	rm -rf .build demo
