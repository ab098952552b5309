package oktatest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	for _, cfg := range []oktatest.Config{
		{Origin: "http://acme.okta.com"}, {Origin: "https://acme.okta.com/"}, {Origin: "acme"}, {Origin: "https://"},
		{RateLimits: map[string]int{"unknown": 1}}, {RateLimits: map[string]int{"apps": -1}},
		{PrincipalShare: 1.5}, {PrincipalShare: -1}, {KeepRequests: -1}, {Latency: -1}, {TokenLifetime: time.Millisecond}, {TokenLifetime: 1500 * time.Millisecond},
	} {
		if _, err := oktatest.NewOrg(cfg); err == nil || !strings.HasPrefix(err.Error(), "oktatest: ") {
			t.Errorf("NewOrg(%+v) = %v", cfg, err)
		}
	}
}
