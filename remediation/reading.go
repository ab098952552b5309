package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A reader reads the org for one plan or one run. What it has read of the org besides the
// targets is read once.
type reader struct {
	c      *oktaint.Client
	guards Guards
	many   bool // users are too many to ask for the roles of each

	who    lazy[*authority]
	admins lazy[map[string]bool] // users who hold a role, where they are many
	tokens lazy[map[string]string]
	rules  lazy[[]ruleView]

	mu         sync.Mutex
	groups     map[string]*groupView // by id, as the steps before have left them
	groupRoles map[string]*lazy[[]string]
}

func newReader(c *oktaint.Client, g Guards, actions []Action) *reader {
	users := make(map[string]bool)
	for _, a := range actions {
		if t := a.Facts().Target; t.Type == TargetUser {
			users[t.ID] = true
		}
	}
	return &reader{
		c: c, guards: g, many: len(users) > fewTargets,
		groups: make(map[string]*groupView), groupRoles: make(map[string]*lazy[[]string]),
	}
}

// A lazy is a value that is read when it is first needed. An error that may pass
// is not kept.
type lazy[T any] struct {
	mu    sync.Mutex
	read  bool
	value T
	err   error
}

func (l *lazy[T]) get(read func() (T, error)) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.read {
		return l.value, l.err
	}
	v, err := read()
	if _, no := denied(err); err == nil || no {
		l.value, l.err, l.read = v, err, true
	}
	return v, err
}

func (s *reader) authority(ctx context.Context) (*authority, error) {
	return s.who.get(func() (*authority, error) { return s.readAuthority(ctx) })
}

// rolesOfUser names the admin roles of a user, their own and those of their groups.
func (s *reader) rolesOfUser(ctx context.Context, id string) ([]string, error) {
	if !s.many {
		return types(s.roles(ctx, "api", "v1", "users", id, "roles"))
	}
	admins, err := s.admins.get(func() (map[string]bool, error) {
		all := make(map[string]bool)
		type assignee struct{ ID string }
		for a, err := range oktaint.List[assignee](ctx, s.c, nil, "api", "v1", "iam", "assignees", "users") {
			if err != nil {
				return nil, fmt.Errorf("remediation: reading who holds admin roles: %w", err)
			}
			all[a.ID] = true
		}
		return all, nil
	})
	if err != nil || !admins[id] {
		return nil, err
	}
	return []string{"an admin role"}, nil
}

// rolesOfGroup names the admin roles that a group gives to its members.
func (s *reader) rolesOfGroup(ctx context.Context, id string) ([]string, error) {
	s.mu.Lock()
	l := s.groupRoles[id]
	if l == nil {
		l = new(lazy[[]string])
		s.groupRoles[id] = l
	}
	s.mu.Unlock()
	return l.get(func() ([]string, error) { return types(s.roles(ctx, "api", "v1", "groups", id, "roles")) })
}

func types(held []oktaint.HeldRole, err error) ([]string, error) { return oktaint.RoleTypes(held), err }

// tokenOwners maps the users who own API tokens to the name of one.
func (s *reader) tokenOwners(ctx context.Context) (map[string]string, error) {
	return s.tokens.get(func() (map[string]string, error) {
		type token struct{ Name, UserID string }
		owners := make(map[string]string)
		for t, err := range oktaint.List[token](ctx, s.c, nil, "api", "v1", "api-tokens") {
			if err != nil {
				return nil, fmt.Errorf("remediation: reading who owns API tokens: %w", err)
			}
			owners[t.UserID] = orElse(t.Name, "without a name")
		}
		return owners, nil
	})
}

// allRules reads the group rules.
func (s *reader) allRules(ctx context.Context) ([]ruleView, error) {
	return s.rules.get(func() ([]ruleView, error) { return readRules(ctx, s.c) })
}

func readRules(ctx context.Context, c *oktaint.Client) ([]ruleView, error) {
	type rule struct {
		ID         string
		Name       string
		Status     Status
		Conditions json.RawMessage
		Actions    json.RawMessage
	}
	var all []ruleView
	for r, err := range oktaint.List[rule](ctx, c, url.Values{"limit": {"200"}}, "api", "v1", "groups", "rules") {
		if err != nil {
			return nil, fmt.Errorf("remediation: reading the group rules: %w", err)
		}
		all = append(all, newRule(r.ID, r.Name, r.Status, r.Conditions, r.Actions))
	}
	return all, nil
}

func newRule(id, name string, status Status, conditions, actions json.RawMessage) ruleView {
	var does struct {
		Conditions struct {
			People struct {
				Users struct{ Exclude []string }
			}
		}
		Actions struct {
			AssignUserToGroups struct{ GroupIDs []string }
		}
	}
	_ = json.Unmarshal(conditions, &does.Conditions) // of another form: nobody is known to be left alone
	_ = json.Unmarshal(actions, &does.Actions)
	text := compact(json.RawMessage(`{"actions":` + orElse(string(actions), "null") + `,"conditions":` + orElse(string(conditions), "null") + `}`))
	return ruleView{
		id: id, name: name, status: status, does: text,
		groups: does.Actions.AssignUserToGroups.GroupIDs, exclude: does.Conditions.People.Users.Exclude,
	}
}

// userDocument is what is read of a user.
type userDocument struct {
	ID                    string                     `json:"id"`
	Status                Status                     `json:"status"`
	TransitioningToStatus Status                     `json:"transitioningToStatus"`
	StatusChanged         *time.Time                 `json:"statusChanged"`
	PasswordChanged       *time.Time                 `json:"passwordChanged"`
	Profile               map[string]json.RawMessage `json:"profile"`
	Credentials           struct {
		Password json.RawMessage `json:"password"`
		Provider struct {
			Type string `json:"type"`
		} `json:"provider"`
	} `json:"credentials"`
}

var errNoID = errors.New("not an id")

// readUser reads a user with the parts that actions look at.
func (s *reader) readUser(ctx context.Context, id string, parts part) (*userView, error) {
	u := &userView{id: id}
	doc, header, err := getUser(ctx, s.c, id)
	switch {
	case oktaint.IsNotFound(err):
		u.missing = true
		return u, nil
	case err != nil:
		return nil, fmt.Errorf("remediation: reading user %s: %w", id, err)
	case doc.ID != id:
		return nil, fmt.Errorf("remediation: %.60q is the name of user %s, %w: targets are named by their ids, see ResolveUser", id, doc.ID, errNoID)
	}
	u.fill(doc, header.Get("ETag"))
	if len(s.guards.Protected) > 0 {
		parts |= partUserGroups
	}
	u.read = parts
	return u, s.readParts(ctx, u, parts)
}

// getUser reads the user of an id or a login. An answer that names no user is an
// error.
func getUser(ctx context.Context, c *oktaint.Client, idOrLogin string) (doc userDocument, header http.Header, err error) {
	req, err := c.Org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "users", idOrLogin)
	if err != nil {
		return doc, nil, err
	}
	header, err = c.DoHeader(req, oktaint.Checked(&doc, func() bool { return doc.ID != "" }))
	return doc, header, err
}

func (u *userView) fill(doc userDocument, etag string) {
	u.status, u.towards, u.etag, u.profile = doc.Status, doc.TransitioningToStatus, etag, doc.Profile
	if u.profile == nil {
		u.profile = make(map[string]json.RawMessage)
	}
	for name, value := range u.profile {
		u.profile[name] = compact(value)
	}
	_ = json.Unmarshal(doc.Profile["login"], &u.login) // no login, no name
	if p := doc.Credentials.Provider.Type; p != "OKTA" {
		u.provider = p
	}
	u.password = len(doc.Credentials.Password) > 0 && string(doc.Credentials.Password) != "null"
	if doc.StatusChanged != nil {
		u.statusChanged = *doc.StatusChanged
	}
	if doc.PasswordChanged != nil {
		u.passwordChanged = *doc.PasswordChanged
	}
}

// readParts reads what else actions look at of a user.
func (s *reader) readParts(ctx context.Context, u *userView, parts part) (err error) {
	path := func(elem ...string) []string { return append([]string{"api", "v1", "users", u.id}, elem...) }
	if parts&partUserGroups != 0 {
		if u.groups, err = list[membership](ctx, s.c, path("groups")); err != nil {
			return fmt.Errorf("remediation: reading the groups of user %s: %w", u.id, err)
		}
	}
	if parts&partFactors != 0 && u.status != StatusDeprovisioned {
		if u.factors, err = list[factor](ctx, s.c, path("factors")); err != nil {
			return fmt.Errorf("remediation: reading the factors of user %s: %w", u.id, err)
		}
	}
	if parts&partGrants != 0 {
		if u.grants, err = list[consent](ctx, s.c, path("grants")); err != nil {
			return fmt.Errorf("remediation: reading the grants of user %s: %w", u.id, err)
		}
	}
	return nil
}

// readClient reads what an app holds of a user. An app that they do not use has
// nothing.
func (s *reader) readClient(ctx context.Context, u *userView, client string, parts part) (err error) {
	for _, p := range []struct {
		part part
		name string
		into *map[string][]consent
	}{{partClientGrants, "grants", &u.clientGrants}, {partClientTokens, "tokens", &u.clientTokens}} {
		if parts&p.part == 0 {
			continue
		}
		found, err := list[consent](ctx, s.c, []string{"api", "v1", "users", u.id, "clients", client, p.name})
		if oktaint.IsNotFound(err) {
			if u.noClient == nil {
				u.noClient = make(map[string]bool)
			}
			u.noClient[client] = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("remediation: reading the %s of app %s for user %s: %w", p.name, client, u.id, err)
		}
		if *p.into == nil {
			*p.into = make(map[string][]consent)
		}
		(*p.into)[client] = found
	}
	return nil
}

func list[T any](ctx context.Context, c *oktaint.Client, path []string) ([]T, error) {
	var all []T
	for item, err := range oktaint.List[T](ctx, c, nil, path...) {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

func ids(ctx context.Context, c *oktaint.Client, path []string) ([]string, error) {
	type thing struct{ ID string }
	things, err := list[thing](ctx, c, path)
	var all []string
	for _, t := range things {
		all = append(all, t.ID)
	}
	return all, err
}
