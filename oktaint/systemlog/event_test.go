package systemlog_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

const logEvent = `{"uuid":"u1","published":"2026-11-27T09:00:00.123Z","eventType":"user.session.start","severity":"INFO","new":{},
"actor":{"id":"00u1","type":"User","alternateId":"a@example.com","displayName":"A","detailEntry":null},
"client":{"ipAddress":"203.0.113.7","userAgent":{"rawUserAgent":"curl"}},"outcome":{"result":"FAILURE","reason":"LOCKED"},
"target":[{"id":"0oa1","type":"AppInstance"},{"id":"00g1","type":"UserGroup"}],
"transaction":{"id":"Y1"},"authenticationContext":{"rootSessionId":"102"}}`

func TestParseEvent(t *testing.T) {
	t.Parallel()
	want := systemlog.Event{
		UUID: "u1", Type: "user.session.start", Published: time.Date(2026, 11, 27, 9, 0, 0, 123e6, time.UTC), Severity: "INFO",
		Actor:  systemlog.Party{ID: "00u1", Type: "User", AlternateID: "a@example.com", Name: "A"},
		Client: systemlog.Client{IP: "203.0.113.7", UserAgent: "curl"}, Outcome: systemlog.Outcome{Result: "FAILURE", Reason: "LOCKED"},
		Targets:       []systemlog.Party{{ID: "0oa1", Type: "AppInstance"}, {ID: "00g1", Type: "UserGroup"}},
		TransactionID: "Y1", RootSession: "102", Raw: json.RawMessage(logEvent),
	}
	got, err := systemlog.ParseEvent(json.RawMessage(logEvent))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if g, ok := got.Target("UserGroup"); !ok || g.ID != "00g1" {
		t.Errorf("target %v, %t", g, ok)
	}
	if _, ok := got.Target("User"); ok {
		t.Error("there is no user among the targets")
	}
}

// An event is not lost because a member of it has a form that is not known.
func TestParseEventOtherForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		raw  string
		uuid string // empty: no event
	}{
		{`{"uuid":"u1","eventType":"x"}`, "u1"},
		{`{"uuid":"u1","eventType":"x","target":null,"actor":null,"outcome":null,"client":null}`, "u1"},
		{`{"actor":"somebody","target":{"id":1},"severity":7,"uuid":"u1","eventType":"x"}`, "u1"},
		{`{"published":"yesterday","uuid":"u1","eventType":"x"}`, "u1"},
		{`{"published":17,"uuid":"u1","eventType":"x"}`, "u1"},
		{`{"eventType":"x"}`, ""},
		{`{"uuid":7}`, ""},
		{`[]`, ""},
		{`null`, ""},
		{`{`, ""},
	} {
		e, err := systemlog.ParseEvent(json.RawMessage(tt.raw))
		if e.UUID != tt.uuid || (err == nil) != (tt.uuid != "") || tt.uuid != "" && e.Type != "x" {
			t.Errorf("%s: %+v, %v", tt.raw, e, err)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(logEvent))
	f.Add([]byte(`{"uuid":"u1","published":"x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := systemlog.ParseEvent(raw)
		if err == nil && e.UUID == "" {
			t.Errorf("%q: an event without a uuid", raw)
		}
	})
}
