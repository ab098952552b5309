package remediation

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A maker knows how to read the actions of one kind.
type maker struct {
	zero Action
	read func(fields []byte) (Action, error)
}

// makers has all kinds of actions.
var makers = map[Kind]maker{}

func init() {
	register[SuspendUser]()
	register[UnsuspendUser]()
	register[DeactivateUser]()
	register[ActivateUser]()
	register[ReactivateUser]()
	register[UnlockUser]()
	register[DeleteUser]()
	register[ClearSessions]()
	register[ExpirePassword]()
	register[ExpirePasswordTemporary]()
	register[ResetPassword]()
	register[SetPassword]()
	register[ResetFactors]()
	register[RemoveFactor]()
	register[RevokeGrants]()
	register[RevokeClientGrants]()
	register[RevokeClientTokens]()
	register[SetProfileAttribute]()
	register[AddGroupMember]()
	register[RemoveGroupMember]()
	register[CreateGroup]()
	register[DeleteGroup]()
	register[AddGroupOwner]()
	register[RemoveGroupOwner]()
	register[ActivateGroupRule]()
	register[DeactivateGroupRule]()
	makers[KindFirstOf] = maker{zero: FirstOf{}, read: readFirstOf}
}

func register[A Action]() {
	var zero A
	makers[zero.Facts().Kind] = maker{zero: zero, read: func(fields []byte) (Action, error) {
		var a A
		if err := strictly(fields, &a); err != nil {
			return nil, err
		}
		return a, nil
	}}
}

// strictly decodes JSON, in which an unknown field is an error.
func strictly(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// encode writes an action's fields behind its kind and version.
func encode(a Action, fields any) ([]byte, error) {
	f := a.Facts()
	head, err := json.Marshal(struct {
		Kind    Kind `json:"kind"`
		Version int  `json:"version"`
	}{f.Kind, f.Version})
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if len(rest) == len("{}") {
		return head, nil
	}
	return append(append(head[:len(head)-1], ','), rest[1:]...), nil
}

// ParseAction reads an action from its JSON. A kind, version or field that this
// release does not know is an error: what is not understood is not done.
func ParseAction(text []byte) (Action, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, fmt.Errorf("remediation: the action is no JSON object: %w", err)
	}
	var kind Kind
	var version int
	if json.Unmarshal(members["kind"], &kind) != nil || json.Unmarshal(members["version"], &version) != nil {
		return nil, fmt.Errorf("remediation: the action has no kind and version")
	}
	m, ok := makers[kind]
	switch {
	case !ok:
		return nil, fmt.Errorf("remediation: there is no action of the kind %.60q", kind)
	case version != m.zero.Facts().Version:
		return nil, fmt.Errorf("remediation: %s has version %d, this release does version %d", kind, version, m.zero.Facts().Version)
	}
	delete(members, "kind")
	delete(members, "version")
	fields, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("remediation: %s: %w", kind, err)
	}
	a, err := m.read(fields)
	if err == nil {
		err = exactly(members, a)
	}
	if err != nil {
		return nil, fmt.Errorf("remediation: %s: %w", kind, err)
	}
	return a, nil
}

// exactly refuses names of fields that differ in case: encoding/json takes them.
func exactly(members map[string]json.RawMessage, a Action) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	for name := range members {
		if _, ok := fields[name]; !ok {
			return fmt.Errorf("unknown field %.60q", name)
		}
	}
	return nil
}

// Actions are actions that are read from JSON, too: a list in a job's arguments,
// say.
type Actions []Action

// UnmarshalJSON implements [encoding/json.Unmarshaler] by [ParseAction].
func (list *Actions) UnmarshalJSON(text []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return fmt.Errorf("remediation: the actions are no list: %w", err)
	}
	*list = make(Actions, len(raw))
	for i, one := range raw {
		a, err := ParseAction(one)
		if err != nil {
			return err
		}
		(*list)[i] = a
	}
	return nil
}
