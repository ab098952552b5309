package oktaint

import "net/http"

// SharedBase returns a copy of the transport that is under every Transport and
// Source without another, for tests that dial in its place.
func SharedBase() *http.Transport { return sharedBase().(*http.Transport).Clone() }
