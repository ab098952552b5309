package conformance

import (
	"regexp"
	"sort"
	"strings"
)

// An idMap translates what a recording names into what the org under replay
// calls the same thing.
type idMap struct {
	ids map[string]string
}

// newIDMap returns a map that knows only the org's host.
func newIDMap(host string) *idMap {
	return &idMap{ids: map[string]string{recordedHost: host}}
}

// recordedHost is the host that every recording was rewritten to.
const recordedHost = "example.okta.test"

// oktaID matches the ids Okta makes: of resources (0oa..., 00u..., oag...),
// and the base32 of a type name, which role assignments have.
var oktaID = regexp.MustCompile(`^(?:[0-9a-zA-Z]{3,4}[0-9a-zA-Z]{17}|[A-Z2-7]{12,64})$`)

// learn pairs the ids of a recorded body with those of the answer. An id that
// is already known keeps its translation.
func (m *idMap) learn(recorded, answered any) {
	switch r := recorded.(type) {
	case map[string]any:
		a, ok := answered.(map[string]any)
		if !ok {
			return
		}
		for key, value := range r {
			id, isString := value.(string)
			if other, ok := a[key].(string); ok && isString && namesID(key) {
				m.add(id, other)
				continue
			}
			m.learn(value, a[key])
		}
	case []any:
		if a, ok := answered.([]any); ok {
			m.learnList(r, a)
		}
	}
}

// learnList pairs elements whose ids are known, then the rest in order.
func (m *idMap) learnList(recorded, answered []any) {
	taken := make(map[string]bool)
	for _, id := range m.ids {
		taken[id] = true
	}
	var free []any
	for _, a := range answered {
		if !taken[elementID(a)] {
			free = append(free, a)
		}
	}
	for _, r := range recorded {
		if _, known := m.ids[elementID(r)]; known || len(free) == 0 {
			continue
		}
		m.learn(r, free[0])
		free = free[1:]
	}
}

func elementID(v any) string {
	object, _ := v.(map[string]any)
	id, _ := object["id"].(string)
	return id
}

func namesID(key string) bool {
	return key == "id" || key == "createdBy" || strings.HasSuffix(key, "Id") || strings.HasSuffix(key, "_id")
}

func (m *idMap) add(recorded, answered string) {
	if _, known := m.ids[recorded]; known || !oktaID.MatchString(recorded) {
		return
	}
	m.ids[recorded] = answered
}

// knows tells whether an id of a recording has a translation.
func (m *idMap) knows(id string) bool {
	_, ok := m.ids[id]
	return ok
}

// text translates every known name in s.
func (m *idMap) text(s string) string {
	names := make([]string, 0, len(m.ids))
	for name := range m.ids {
		if strings.Contains(s, name) {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(i, j int) bool { return len(names[i]) > len(names[j]) })
	for _, name := range names {
		s = strings.ReplaceAll(s, name, m.ids[name])
	}
	return s
}

// value translates every known name in the strings of a JSON value.
func (m *idMap) value(v any) any {
	switch v := v.(type) {
	case string:
		return m.text(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = m.value(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = m.value(value)
		}
		return out
	}
	return v
}
