package inventory

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// KeyOf returns what tells an object from the others of its parent: the values of the
// key's members, joined by blanks. It is empty for a single object. For an object that has
// none of these members it is made of all of the object, so that two are never taken for
// one.
func (r *Resource) KeyOf(object json.RawMessage) string {
	key := r.keyOf(object)
	if len(r.Key) > 0 && strings.TrimSpace(key) == "" {
		sum := sha256.Sum256(object)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return key
}

// keyOf is KeyOf, but for an object that has none of the members.
func (r *Resource) keyOf(object json.RawMessage) string {
	if len(r.Key) == 0 {
		return ""
	}
	if len(r.Key) == 1 && r.Key[0] == "id" {
		var o struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(object, &o) != nil {
			return ""
		}
		return text(o.ID)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return ""
	}
	values := make([]string, len(r.Key))
	for i, name := range r.Key {
		values[i] = text(members[name])
	}
	return strings.Join(values, " ")
}

// text returns the value of a string, and the JSON of anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(bytes.TrimSpace(raw))
}

// paramOf returns what stands for the object in the paths of its children. It is
// empty if the object does not say.
func (r *Resource) paramOf(object json.RawMessage, child *Resource) string {
	if child.marks.param == "" {
		key, _, _ := strings.Cut(r.keyOf(object), " ")
		return key
	}
	raw := object
	for _, name := range strings.Split(child.marks.param, ".") {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return ""
		}
		raw = members[name]
	}
	link := text(raw)
	return link[strings.LastIndexByte(link, '/')+1:]
}

// keep returns what is handed on of an object.
func (r *Resource) keep(object json.RawMessage, full bool) json.RawMessage {
	switch {
	case r.marks.noSecrets:
		return withoutSecrets(object)
	case r.marks.ids && !full:
		id, err := json.Marshal(map[string]string{"id": r.KeyOf(object)})
		if err == nil {
			return id
		}
	}
	return object
}

// withoutSecrets drops the value of a client secret. Its id, status, dates and hash
// stay.
func withoutSecrets(object json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return json.RawMessage("{}") // what is not understood is not handed on
	}
	kept := make(map[string]json.RawMessage)
	for _, name := range []string{"id", "status", "created", "lastUpdated", "secret_hash"} {
		if value, ok := members[name]; ok {
			kept[name] = value
		}
	}
	out, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("{}")
	}
	return out
}
