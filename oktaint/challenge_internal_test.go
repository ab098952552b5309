package oktaint

import (
	"net/http"
	"testing"
)

func TestParseChallenge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  challenge
	}{
		{nil, challenge{}},
		{[]string{"SSWS"}, challenge{}},
		{[]string{`Bearer error=invalid_token`}, challenge{"Bearer", "invalid_token", "", ""}},
		{[]string{`DPoP algs="RS256 ES256", realm="http://o", scope="okta.groups.read", error="invalid_dpop_proof", error_description="'htu' claim, in the \"DPoP\" proof JWT is invalid.", resource="/api/v1/groups"`},
			challenge{"DPoP", "invalid_dpop_proof", `'htu' claim, in the "DPoP" proof JWT is invalid.`, "okta.groups.read"}},
		{[]string{"SSWS", `Bearer error="insufficient_scope",scope="a b"`}, challenge{"Bearer", "insufficient_scope", "", "a b"}},
		{[]string{`Bearer error="unterminated`}, challenge{"Bearer", "unterminated", "", ""}},
		{[]string{`Bearer not_error="x"`}, challenge{}},
	} {
		if got := parseChallenge(http.Header{"Www-Authenticate": tt.lines}); got != tt.want {
			t.Errorf("parseChallenge(%q) = %+v, want %+v", tt.lines, got, tt.want)
		}
	}
}
