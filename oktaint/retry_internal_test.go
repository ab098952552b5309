package oktaint

import (
	"errors"
	"testing"
)

// A connection of HTTP/2 that died unnoticed is pinged, given up and left.
func TestDeadHTTP2Connection(t *testing.T) {
	t.Parallel()
	base := sharedBase()
	if base.HTTP2 == nil || base.HTTP2.SendPingTimeout <= 0 || base.HTTP2.PingTimeout <= 0 {
		t.Error("the shared transport does not ping its connections")
	}
	for _, text := range []string{
		"http2: client connection lost", "http2: client conn is closed", "http2: client conn not usable",
		"http2: Transport received Server's graceful shutdown GOAWAY", "http2: server sent GOAWAY and closed the connection",
		"stream error: stream ID 3; INTERNAL_ERROR", "http: server closed idle connection",
	} {
		if !isTransient(errors.New(text)) {
			t.Errorf("%q is not taken for an error that may go away", text)
		}
	}
	if isTransient(errors.New("oktaint: something else")) {
		t.Error("any error is taken for one that may go away")
	}
}
