package deliver_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestHasCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for answer, held := range map[string]bool{
			"409 E0000263": true, "409 E0000090": true, "409 E0000268": false, "400 E0000001": false, "proxy's 404": false,
		} {
			err := newWorld(t, 0, answer).make().Send(t.Context())
			if got := deliver.RoleHeld(err); got != held {
				t.Errorf("%s: %v", answer, got)
			}
			if got := deliver.HasCode(err, "E0000268", "E0000001"); got == (held || answer == "proxy's 404") {
				t.Errorf("%s: %v", answer, got)
			}
		}
	})
	if deliver.HasCode(nil, "") || deliver.HasCode(errors.New("E0000001"), "E0000001") {
		t.Error("an error that is no answer has a code")
	}
}

// What the token endpoint refuses is not an answer to the request.
func TestHasCodeOfNoToken(t *testing.T) {
	t.Parallel()
	sim := oktatest.New(t, oktatest.Config{Faults: []string{"POST /oauth2/v1/token answer=400 E0000001"}})
	creds := credentials(t, sim)
	err := oktaint.NewClient(creds, sim.Transport()).Get(t.Context(), nil, nil, "api", "v1", "users")
	if _, none := oktaint.NoToken(err); !none || deliver.HasCode(err, "E0000001") {
		t.Errorf("error %v", err)
	}
}
