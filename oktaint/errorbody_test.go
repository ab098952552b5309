package oktaint_test

import (
	"net/http"
	"strings"
	"testing"
)

// The text of an error's body is told, whatever form the body has.
func TestErrorBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"errorCode":"E0000001","errorSummary":"Api validation failed: login","errorCauses":[{"errorSummary":"login: taken"}]}`: "E0000001 Api validation failed: login; login: taken",
		`{"errorCode":"E0000001","errorSummary":"s","errorCauses":"none"}`:                                                       "E0000001 s",
		`{"errorCode":"E0000001","errorSummary":["a","b"]}`:                                                                      "E0000001 a; b",
		`{"errorCode":7,"errorSummary":"s"}`:                                                                                     " s",
		`{"error":"invalid_request","error_description":"what it was"}`:                                                          "invalid_request what it was",
		`{"error":{"code":"quota","message":"what it was"}}`:                                                                     "what it was",
		`{"error":{"errors":["x"],"status":5,"reason":"what it was"}}`:                                                           "what it was",
		`{"message":"what it was"}`:                                                                                              "what it was",
		`{"status":502,"message":"what it was"}`:                                                                                 "what it was",
		`{"title":"Bad Gateway","detail":"what it was"}`:                                                                         "what it was",
		`{"title":"what it was"}`:                                                                                                "what it was",
		`{"errors":["what it was","and more"]}`:                                                                                  "what it was",
		`{"errors":[{"message":"what it was"}]}`:                                                                                 "what it was",
		`{"fault":{"faultstring":"what it was"}}`:                                                                                `{"fault":{"faultstring":"what it was"}}`,
		`["what it was"]`: `["what it was"]`,
		`"what it was"`:   "what it was",
		"what it was":     "what it was",
		"{what it was":    "{what it was",
		"<html><head><title>\n 502 what it\nwas</title></head>": "502 what it was",
		"<html><body><h1 class=x>what it was &amp; more</h1>":   "what it was & more",
	} {
		for _, code := range []int{400, 403, 409, 502} {
			err := getError(t, status(code, body))
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%d %s: %v, want %q", code, body, err, want)
			}
		}
	}
	for _, body := range []string{"", "{}", "null", "<html></html>"} {
		if err := getError(t, status(http.StatusConflict, body)); !strings.Contains(err.Error(), "409") {
			t.Errorf("%q: %v", body, err)
		}
	}
}
