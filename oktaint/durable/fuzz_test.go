package durable

import (
	"encoding/json"
	"testing"
)

func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"version":"ABC","state":{"version":1}}`))
	f.Add([]byte(`{"version":"","state":{}}`))
	f.Add([]byte(`{"version":"A","state":null}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parse(text)
		if err != nil {
			if c.Version != "" || c.State != nil {
				t.Errorf("%q: %+v as well as the error", text, c)
			}
			return
		}
		if c.Version == "" || !json.Valid(c.State) {
			t.Errorf("%q was accepted as %+v", text, c)
		}
	})
}
