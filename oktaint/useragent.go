package oktaint

import (
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/rezonate-io/okta-integration"

// userAgent names this module, with the version that was built in.
var userAgent = sync.OnceValue(func() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == modulePath && m.Version != "" {
				version = strings.Trim(m.Version, "()")
			}
		}
	}
	return "okta-integration-go/" + version
})
