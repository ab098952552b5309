package oktaint

import (
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A token expires by the wall clock. The monotonic clock stands still while a machine
// sleeps, so by that an expired token would seem good.
func TestExpiryByTheWallClock(t *testing.T) {
	t.Parallel()
	g := newGrant(nil, scopes.Set{}, time.Now(), time.Hour)
	for name, at := range map[string]time.Time{"expiry": g.expiry, "refreshAt": g.refreshAt} {
		if at != at.Round(0) {
			t.Errorf("%s has a reading of the monotonic clock: %v", name, at)
		}
	}
}
