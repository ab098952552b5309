package oktatest

import (
	"fmt"
	"sort"

	"github.com/rezonate-io/okta-integration/scopes"
)

// store is all that an org holds. Org.mu guards it.
type store struct {
	apps         table[*app]
	services     table[*service]
	catalogue    map[string]scopes.Set // of store integrations, by type
	grants       table[*grant]
	users        table[*user]
	userNames    userIndex
	userClients  map[string]bool // ids of clients that only users know
	attributes   map[string]bool // custom attributes of users
	groups       table[*group]
	everyone     *group
	rules        table[*rule]
	tokens       table[*apiToken]
	tokenValues  map[string]*apiToken
	clients      map[string]*client // by client_id, of apps and services
	roles        []*assignment
	customRoles  table[*customRole]
	resourceSets table[*resourceSet]
	accessTokens map[string]*accessToken
	usedJTIs     usedOnce // client_id and jti of client assertions
	usedProofs   usedOnce // thumbprint and jti of DPoP proofs
	nonces       nonces
	events       []*event
	logCursors   logCursors
	appChanges   *[]appChange // of the request under way
	assets       assets

	subscriptions map[string]bool // see changedFrom: what is not as in a new org

	privileges bool        // the setting "Public client app admins"
	lateAdmins []lateAdmin // in order of time
	counter    map[string]int
}

// client is what holds roles and gets access tokens: an app's OAuth client or
// an API service integration; one of the two is set.
type client struct {
	id      string
	app     *app
	service *service
	admin   bool // the privileges setting has done its work
}

// isService reports whether the client acts for itself.
func (cl *client) isService() bool {
	return cl.service != nil || cl.app.settings().ApplicationType == typeService
}

// isActive reports whether the client may get tokens.
func (cl *client) isActive() bool { return cl.service != nil || cl.app.status == statusActive }

// newID returns the next id of a kind: its prefix of three letters and a
// counter, 20 characters in all, which sort in order of creation.
func (o *Org) newID(prefix string) string {
	if o.counter == nil {
		o.counter = map[string]int{}
	}
	o.counter[prefix]++
	return fmt.Sprintf("%s%0*d5d7", prefix, 17-len(prefix), o.counter[prefix])
}

func (o *Org) newErrorID() string   { return fmt.Sprintf("oae%022d", o.errorIDs.Add(1)) }
func (o *Org) newRequestID() string { return fmt.Sprintf("%032x", o.requestIDs.Add(1)) }

// client returns the client that the path names.
func (c *call) client() (*client, error) {
	id := c.param("client")
	if found := c.org.clients[id]; found != nil {
		return found, nil
	}
	return nil, notFound(id, "PublicClientApp")
}

// table keeps rows in order of their ids.
type table[T any] struct {
	ids  []string
	rows map[string]T
}

// put adds a row or replaces it.
func (t *table[T]) put(id string, row T) {
	if t.rows == nil {
		t.rows = map[string]T{}
	}
	if _, ok := t.rows[id]; !ok {
		at := t.after(id)
		t.ids = append(t.ids, "")
		copy(t.ids[at+1:], t.ids[at:])
		t.ids[at] = id
	}
	t.rows[id] = row
}

func (t *table[T]) get(id string) (T, bool) {
	row, ok := t.rows[id]
	return row, ok
}

func (t *table[T]) remove(id string) {
	if _, ok := t.rows[id]; !ok {
		return
	}
	delete(t.rows, id)
	at := sort.SearchStrings(t.ids, id)
	t.ids = append(t.ids[:at], t.ids[at+1:]...)
}

// after returns the position of the first row whose id is greater.
func (t *table[T]) after(id string) int {
	return sort.Search(len(t.ids), func(i int) bool { return t.ids[i] > id })
}

// from returns the rows from a position on.
func (t *table[T]) from(at int) []T {
	rows := make([]T, 0, len(t.ids)-at)
	for _, id := range t.ids[at:] {
		rows = append(rows, t.rows[id])
	}
	return rows
}

// all returns all rows.
func (t *table[T]) all() []T { return t.from(0) }
