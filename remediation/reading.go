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
	admins lazy[*admins] // who hold a role, where users are many
	tokens lazy[map[string]string]
	rules  lazy[[]ruleView]

	mu         sync.Mutex
	groups     map[string]*groupView // by id, as the steps before have left them
	groupRoles map[string]*lazy[[]string]
	userRoles  map[string]*lazy[[]string]
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
		groups: make(map[string]*groupView), groupRoles: make(map[string]*lazy[[]string]), userRoles: make(map[string]*lazy[[]string]),
	}
}

func (s *reader) authority(ctx context.Context) (*authority, error) {
	return s.who.get(ctx, s.readAuthority)
}

// rolesOfUser names the admin roles of a user, their own and those of their groups.
func (s *reader) rolesOfUser(ctx context.Context, id string) ([]string, error) {
	if !s.many {
		return s.rolesAt(ctx, s.userRoles, id, "users")
	}
	found, err := s.admins.get(ctx, s.readAdmins)
	switch {
	case err != nil:
		return nil, err
	case found.users[id]:
		return []string{"an admin role"}, nil
	case found.flagged:
		return nil, nil
	}
	return s.rolesByGroups(ctx, id)
}

// rolesOfGroup names the admin roles that a group gives to its members.
func (s *reader) rolesOfGroup(ctx context.Context, id string) ([]string, error) {
	return s.rolesAt(ctx, s.groupRoles, id, "groups")
}

// rolesAt reads the roles of a user or a group once.
func (s *reader) rolesAt(ctx context.Context, of map[string]*lazy[[]string], id, what string) ([]string, error) {
	s.mu.Lock()
	l := of[id]
	if l == nil {
		l = new(lazy[[]string])
		of[id] = l
	}
	s.mu.Unlock()
	return l.get(ctx, func(ctx context.Context) ([]string, error) {
		return types(s.roles(ctx, "api", "v1", what, id, "roles"))
	})
}

func types(held []oktaint.HeldRole, err error) ([]string, error) { return oktaint.RoleTypes(held), err }

// tokenOwners maps the users who own API tokens to the name of one.
func (s *reader) tokenOwners(ctx context.Context) (map[string]string, error) {
	return s.tokens.get(ctx, func(ctx context.Context) (map[string]string, error) {
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
	return s.rules.get(ctx, func(ctx context.Context) ([]ruleView, error) { return readRules(ctx, s.c) })
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

// readUser reads a user with the parts that actions look at, side by side. Only the
// user themselves decide whether it is an error: a part that cannot be read fails the
// actions that look at it, and no other.
func (s *reader) readUser(ctx context.Context, id string, parts part, clients map[string]part) (*userView, error) {
	if len(s.guards.Protected) > 0 {
		parts |= partUserGroups
	}
	u := &userView{id: id, read: parts, fails: make(map[partOf]error)}
	wait := s.readParts(ctx, u, parts, clients)
	doc, header, err := getUser(ctx, s.c, id)
	wait()
	switch {
	case oktaint.IsNotFound(err):
		return &userView{id: id, missing: true}, nil
	case err != nil:
		return nil, fmt.Errorf("remediation: reading user %s: %w", id, err)
	case doc.ID != id:
		return nil, fmt.Errorf("remediation: %.60q is the name of user %s, %w: targets are named by their ids, see ResolveUser", id, doc.ID, errNoID)
	}
	u.fill(doc, header.Get("ETag"))
	if u.status == StatusDeprovisioned { // who has none, whatever the answer was
		delete(u.fails, partOf{part: partFactors})
		u.factors = nil
	}
	return u, nil
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

// readParts begins to read what else actions look at of a user. wait returns when it
// is read.
func (s *reader) readParts(ctx context.Context, u *userView, parts part, clients map[string]part) (wait func()) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	begin := func(p partOf, what string, read func(path []string) error, elem ...string) {
		wg.Go(func() {
			if err := read(append([]string{"api", "v1", "users", u.id}, elem...)); err != nil {
				mu.Lock()
				defer mu.Unlock()
				u.fails[p] = fmt.Errorf("remediation: reading the %s of user %s: %w", what, u.id, err)
			}
		})
	}
	if parts&partUserGroups != 0 {
		begin(partOf{part: partUserGroups}, "groups", func(path []string) (err error) { u.groups, err = list[membership](ctx, s.c, path); return err }, "groups")
	}
	if parts&partFactors != 0 {
		begin(partOf{part: partFactors}, "factors", func(path []string) (err error) { u.factors, err = list[factor](ctx, s.c, path); return err }, "factors")
	}
	if parts&partGrants != 0 {
		begin(partOf{part: partGrants}, "grants", func(path []string) (err error) { u.grants, err = list[consent](ctx, s.c, path); return err }, "grants")
	}
	u.clientGrants, u.clientTokens = make(map[string][]consent), make(map[string][]consent)
	u.noClient = make(map[string]bool)
	for client, parts := range clients {
		for _, p := range []struct {
			part part
			name string
			into map[string][]consent
		}{{partClientGrants, "grants", u.clientGrants}, {partClientTokens, "tokens", u.clientTokens}} {
			if parts&p.part == 0 {
				continue
			}
			begin(partOf{p.part, client}, p.name+" for app "+client, func(path []string) error {
				found, err := list[consent](ctx, s.c, path)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case oktaint.IsNotFound(err): // an app that they do not use has nothing
					u.noClient[client] = true
					return nil
				case err == nil:
					p.into[client] = found
				}
				return err
			}, "clients", client, p.name)
		}
	}
	return wg.Wait
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
