package systemlog

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

func events(from, n int, at time.Time) []Event {
	var list []Event
	for i := range n {
		list = append(list, Event{UUID: fmt.Sprintf("u%d", from+i), Published: at.Add(time.Duration(i) * time.Second)})
	}
	return list
}

// A Position that was stored is the same one again, and small.
func TestPositionJSON(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC()
	_, after := position{}.take(events(0, 3000, at), "/api/v1/logs?after=1")
	b, err := json.Marshal(Position{after})
	if err != nil || len(b) > 30_000 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	var again Position
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(again.p.Seen) != fmt.Sprint(after.Seen) || again.p.Cursor != after.Cursor || !again.Last().Equal(at.Add(2999*time.Second)) {
		t.Errorf("%+v", again)
	}
	for _, text := range []string{`{}`, `{"version":2}`, `[]`, `"x"`, `{"version":1,"seen":"x"}`} {
		if err := json.Unmarshal([]byte(text), new(Position)); err == nil {
			t.Errorf("%s is a position", text)
		}
	}
	if b, err := json.Marshal(Position{}); err != nil || string(b) != `{"version":1}` {
		t.Errorf("the zero Position: %s, %v", b, err)
	}
}

// What was seen lately is left out: in one page, and from page to page.
func TestPositionTake(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC()
	first := events(0, 5, at)
	fresh, after := position{}.take(append(first, first[2]), "c1")
	if len(fresh) != 5 {
		t.Errorf("%d of a page with one twice", len(fresh))
	}
	late := Event{UUID: "late", Published: at.Add(-time.Hour)}
	fresh, after = after.take(append(first, late), "c2")
	if len(fresh) != 1 || fresh[0].UUID != "late" {
		t.Errorf("%+v of those that were seen and a late one", fresh)
	}
	if !after.Last.Equal(at.Add(4 * time.Second)) {
		t.Errorf("last %v: a late event sets it back", after.Last)
	}
	if back := after.back(); back.Cursor != "" || !back.Since.Equal(at.Add(4*time.Second-overlap)) || len(back.Seen) != 6 {
		t.Errorf("back: %+v", back)
	}
	if p := Since(at).p.back(); !p.Since.Equal(at) {
		t.Errorf("back of one that has seen nothing: %v", p.Since)
	}
}
