package remediation_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// TestIDsStayInTheirPlace gives every id of every action what would name another
// endpoint.
func TestIDsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	org, fields := acme(t), 0
	for name, a := range goldens() {
		for _, field := range idFields(a) {
			fields++
			for _, id := range []string{"", ".", "..", "/", "a/b", "../users", userID + "/lifecycle", "//acme.okta.com"} {
				req, err := with(a, field, id).Request(t.Context(), org)
				if err == nil {
					t.Errorf("%s with %s %q builds a request to %v", name, field, id, req.URL)
					continue
				}
				wantRefusal(t, err, fmt.Sprintf("%q", id))
				if req != nil {
					t.Errorf("%s with %s %q: a refusal comes with a request to %v", name, field, id, req.URL)
				}
			}
		}
	}
	if fields < 50 {
		t.Errorf("%d ids: some were missed", fields)
	}
}

// TestTargetsAreIDs gives every action a target by another name than its id,
// which a plan refuses before anything is read.
func TestTargetsAreIDs(t *testing.T) {
	t.Parallel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	for name, a := range goldens() {
		field := targetField(a)
		if field == "" {
			continue // a group that is to be made has no id
		}
		for _, id := range []string{
			"", ".", "..", "a/b", "me", "mallory@example.com", "two words", userID + "\n", "\x00" + userID, `x"y`, "a?b", "a#b", "a%2fb", "a;b", "日本語",
			strings.Repeat("a", 101),
		} {
			plan, err := r.BuildPlan(t.Context(), remediation.ClearSessions{UserID: userID}, with(a, field, id))
			if err == nil || plan != nil {
				t.Errorf("%s of %q: %v, plan\n%s", name, id, err, plan)
				continue
			}
			wantRefusal(t, err, string(a.Facts().Kind))
		}
	}
}

// TestRefused lists actions for which there is no request.
func TestRefused(t *testing.T) {
	t.Parallel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	given := oktaint.NewSecret(password)
	for _, test := range []struct {
		name   string
		action remediation.Action
		want   string
	}{
		{"owner without a type", remediation.AddGroupOwner{GroupID: groupID, OwnerID: userID}, "type is USER or GROUP"},
		{"owner of the type user", remediation.AddGroupOwner{GroupID: groupID, OwnerID: userID, OwnerType: "user"}, "type is USER or GROUP"},
		{"owner of the type APP", remediation.AddGroupOwner{GroupID: groupID, OwnerID: userID, OwnerType: "APP"}, "type is USER or GROUP"},
		{"removed owner without a type", remediation.RemoveGroupOwner{GroupID: groupID, OwnerID: userID}, "type is USER or GROUP"},
		{"removed owner of the type GROUPS", remediation.RemoveGroupOwner{GroupID: groupID, OwnerID: userID, OwnerType: "GROUPS"}, "type is USER or GROUP"},
		{"owner by login", remediation.AddGroupOwner{GroupID: groupID, OwnerID: "mallory@example.com", OwnerType: "USER"}, `"mallory@example.com" is no id`},
		{"no password", remediation.SetPassword{UserID: userID}, "there is no password"},
		{"two passwords", remediation.SetPassword{UserID: userID, Random: true, Password: given}, "choose between a password and a random one"},
		{"attribute without a name", attribute("", `"Sales"`), "name is missing"},
		{"attribute without a value", attribute("department", ""), "is not JSON"},
		{"attribute of a bare word", attribute("department", "Sales"), "is not JSON"},
		{"attribute of a cut object", attribute("department", `{"a":`), "is not JSON"},
		{"attribute of two values", attribute("department", `"a" "b"`), "is not JSON"},
		{"attribute that breaks out", attribute("department", `"a","status":"ACTIVE"`), "is not JSON"},
		{"attribute in single quotes", attribute("department", `'Sales'`), "is not JSON"},
		{"attribute that is no number", attribute("badgeNumber", "NaN"), "is not JSON"},
		{"group without a name", remediation.CreateGroup{Description: "Users under investigation"}, "name is missing"},
		{"first of nothing", remediation.FirstOf{}, "first_of"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req, err := test.action.Request(t.Context(), acme(t))
			wantRefusal(t, err, test.want)
			if req != nil {
				t.Errorf("a refusal comes with a request to %v", req.URL)
			}
			plan, err := r.BuildPlan(t.Context(), test.action)
			wantRefusal(t, err, test.want)
			if plan != nil {
				t.Errorf("a refusal comes with a plan: %s", plan)
			}
		})
	}
}

// TestChoicesRefused lists choices that are none.
func TestChoicesRefused(t *testing.T) {
	t.Parallel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	suspend, deactivate := remediation.SuspendUser{UserID: userID}, remediation.DeactivateUser{UserID: userID}
	for _, test := range []struct {
		name   string
		action remediation.Action
		want   string
	}{
		{"of nothing", remediation.FirstOf{}, "nothing to choose from"},
		{"of two users", remediation.FirstOf{suspend, remediation.DeactivateUser{UserID: ownerID}}, "one and the same target"},
		{"of a user and a group", remediation.FirstOf{suspend, remediation.DeleteGroup{GroupID: userID}}, "one and the same target"},
		{"of a choice", remediation.FirstOf{suspend, remediation.FirstOf{deactivate}}, "one and the same target"},
		{"of something and nothing", remediation.FirstOf{suspend, nil}, "one and the same target"},
		{"of something malformed", remediation.FirstOf{suspend, remediation.SetPassword{UserID: userID}}, "there is no password"},
		{"of no id", remediation.FirstOf{remediation.SuspendUser{UserID: "me"}, remediation.DeactivateUser{UserID: "me"}}, `"me" is no id`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plan, err := r.BuildPlan(t.Context(), test.action)
			wantRefusal(t, err, test.want)
			if plan != nil {
				t.Errorf("a refusal comes with a plan: %s", plan)
			}
		})
	}
	_, err := remediation.FirstOf{suspend, deactivate}.Request(t.Context(), acme(t))
	wantRefusal(t, err, "first_of has no request of its own")
}

// TestNilAction checks that what is no action of this package is refused.
func TestNilAction(t *testing.T) {
	t.Parallel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	suspend := remediation.SuspendUser{UserID: userID}
	for name, list := range map[string][]remediation.Action{
		"nil": {nil}, "nil behind": {suspend, nil}, "first of nil": {remediation.FirstOf{nil}}, "nil first": {remediation.FirstOf{nil, suspend}},
		"nil pointer": {(*remediation.SuspendUser)(nil)}, "pointer": {&suspend}, "first of a pointer": {remediation.FirstOf{suspend, &suspend}},
		"pointer to a choice": {&remediation.FirstOf{suspend}},
	} {
		plan, err := r.BuildPlan(t.Context(), list...)
		wantRefusal(t, err, "")
		if plan != nil {
			t.Errorf("%s: a refusal comes with a plan: %s", name, plan)
		}
	}
}

// TestZeroOrg checks that no request can be built for no org, and that nothing
// panics on an action with nothing in it.
func TestZeroOrg(t *testing.T) {
	t.Parallel()
	for name, a := range goldens() {
		if req, err := a.Request(t.Context(), oktaint.Org{}); err == nil {
			t.Errorf("%s builds a request to %v", name, req.URL)
		}
	}
	for _, kind := range append(remediation.Kinds(), remediation.KindFirstOf) {
		a := remediation.Sample(kind)
		if f := a.Facts(); f.Kind != kind || f.Target.ID != "" {
			t.Errorf("%s: the sample's facts are %+v", kind, f)
		}
		req, err := a.Request(t.Context(), acme(t))
		wantRefusal(t, err, "")
		if req != nil {
			t.Errorf("%s with nothing in it builds a request to %v", kind, req.URL)
		}
	}
	if a := remediation.Sample("suspend_users"); a != nil {
		t.Errorf("a sample of an unknown kind: %#v", a)
	}
}

// idFields returns the names of an action's fields that hold ids.
func idFields(a remediation.Action) []string {
	var names []string
	for field := range reflect.TypeOf(a).Fields() {
		if strings.HasSuffix(field.Name, "ID") {
			names = append(names, field.Name)
		}
	}
	return names
}

// targetField returns the name of the field with the id of an action's target.
func targetField(a remediation.Action) string {
	for _, field := range idFields(a) {
		if reflect.ValueOf(a).FieldByName(field).String() == a.Facts().Target.ID {
			return field
		}
	}
	return ""
}

// with returns a copy of an action with another value in a field.
func with(a remediation.Action, field, value string) remediation.Action {
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	v.FieldByName(field).SetString(value)
	return v.Interface().(remediation.Action)
}

// wantRefusal checks that there is an error with a text, which begins with the
// name of a package and holds no password.
func wantRefusal(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, want one with %q", want)
	case !strings.Contains(err.Error(), want):
		t.Errorf("error %q, want one with %q", err, want)
	case !strings.HasPrefix(err.Error(), "remediation: ") && !strings.HasPrefix(err.Error(), "oktaint: "):
		t.Errorf("error %q does not begin with the name of a package", err)
	case strings.Contains(err.Error(), password):
		t.Errorf("error %q holds the password", err)
	}
}

// unreachable is a network that must not be used.
type unreachable struct{ t *testing.T }

func (u unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	u.t.Errorf("%s %s was sent", r.Method, r.URL.Path)
	return nil, errors.New("unreachable")
}

// TestCancelled checks that a context that has ended ends a plan before it reads.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	_, err := r.BuildPlan(ctx, remediation.SuspendUser{UserID: userID})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}
