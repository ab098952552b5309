package remediation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// KindSetProfileAttribute is the kind of [SetProfileAttribute].
const KindSetProfileAttribute Kind = "set_profile_attribute"

// SetProfileAttribute changes one attribute of a user's profile and leaves the
// others alone: POST /api/v1/users/{id}. [Responder.Run] sends the ETag that it
// has read as If-Match, so that a change made meanwhile is not overwritten.
type SetProfileAttribute struct {
	UserID string `json:"user_id"`
	Name   string `json:"name"`

	// Value is the attribute's value as JSON; null unsets it.
	Value json.RawMessage `json:"value,omitempty"`

	ifMatch string // ETag; empty: none is sent
}

// IfMatch returns the action with an ETag of the user, which its request carries.
// Run does that by itself.
func (a SetProfileAttribute) IfMatch(etag string) SetProfileAttribute {
	a.ifMatch = etag
	return a
}

// Facts implements [Action].
func (a SetProfileAttribute) Facts() Facts {
	return userFacts(KindSetProfileAttribute, a.UserID, Facts{
		Permissions: []string{"okta.users.userprofile.manage"},
		From:        []Status{StatusStaged, StatusProvisioned, StatusActive, StatusRecovery, StatusPasswordExpired, StatusLockedOut, StatusSuspended},
		Repeatable:  true, Undo: []Kind{KindSetProfileAttribute},
	})
}

// Request implements [Action].
func (a SetProfileAttribute) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	switch {
	case a.Name == "":
		return nil, errors.New("remediation: set_profile_attribute: the attribute's name is missing")
	case !json.Valid(a.Value):
		return nil, errors.New("remediation: set_profile_attribute: the value is not JSON: write a text as \"text\", with the quotes, and null to unset it")
	}
	req, err := org.NewRequest(ctx, http.MethodPost, nil, struct {
		Profile map[string]json.RawMessage `json:"profile"`
	}{map[string]json.RawMessage{a.Name: a.Value}}, "api", "v1", "users", a.UserID)
	if err == nil && a.ifMatch != "" {
		req.Header.Set("If-Match", a.ifMatch)
	}
	return req, err
}

func (a SetProfileAttribute) reads() part { return partUser }
func (a SetProfileAttribute) see(v *view) State {
	s := v.user.mastered()
	if s.Missing {
		return s
	}
	if s.Status != StatusDeprovisioned {
		s.Status = "" // of no interest, and free to change
	}
	s.Value = json.RawMessage("null")
	if value, ok := v.user.profile[a.Name]; ok {
		s.Value = value
	}
	return s
}
func (a SetProfileAttribute) do(v *view) { v.user.profile[a.Name] = compact(a.Value) }
func (a SetProfileAttribute) judge(s State) judgement {
	switch {
	case s.Missing:
		return unknownTarget(a.Facts())
	case bytes.Equal(s.Value, compact(a.Value)):
		return already("%s has this value", a.Name)
	case s.Status == StatusDeprovisioned:
		return impossible("the profile of a deactivated user cannot be changed")
	case isDirectory(s.Provider):
		return elsewhere(a.Facts(), s)
	}
	return willRun
}

// compact writes JSON in one form, so that values compare.
func compact(value json.RawMessage) json.RawMessage {
	var v any
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return value
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // people read it
	if err := enc.Encode(v); err != nil {
		return value
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
