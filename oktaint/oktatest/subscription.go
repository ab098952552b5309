package oktatest

import (
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/scopes"
)

// notifications are what administrators can be told by e-mail, in the order that was
// recorded, with what a new org tells them.
var notifications = []struct {
	name string
	on   bool
}{
	{"IWA_AGENT", true}, {"RATELIMIT_NOTIFICATION", true}, {"AD_AGENT", true}, {"CONNECTOR_AGENT", true}, {"LDAP_AGENT", true},
	{"OKTA_UPDATE", false}, {"APP_IMPORT", false}, {"USER_LOCKED_OUT", false}, {"USER_DEPROVISION", false},
	{"REPORT_SUSPICIOUS_ACTIVITY", true}, {"OKTA_ANNOUNCEMENT", true},
}

// subscriber is a user or a role to whom notifications are sent: the path of the
// subscriptions.
func (c *call) subscriber() (string, error) {
	if c.param("role") == "" {
		u, err := c.userByID()
		if err != nil {
			return "", err
		}
		if c.actor.user == nil || c.actor.user.id != u.id { // Okta shows them to the user alone
			return "", errForbidden
		}
		return "api/v1/users/" + u.id, nil
	}
	role := c.param("role")
	if _, custom := c.org.customRoles.get(role); !custom && roleLabels[role] == "" {
		return "", notFound(role, "Role")
	}
	return "api/v1/roles/" + role, nil
}

// changedFrom is the key of a notification that is not as a new org has it.
func changedFrom(subscriber, name string) string { return subscriber + " " + name }

// changedSubscriptions lists, sorted, the notifications that are not as in a new org.
func (o *Org) changedSubscriptions() []string {
	names := []string{}
	for name, changed := range o.subscriptions {
		if changed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (o *Org) viewSubscription(subscriber string, number int) object {
	n := notifications[number]
	self := o.href(subscriber, "subscriptions", n.name)
	status, change := "unsubscribed", "subscribe"
	if n.on != o.subscriptions[changedFrom(subscriber, n.name)] {
		status, change = "subscribed", "unsubscribe"
	}
	return object{
		"notificationType": n.name, "channels": []string{"email"}, "status": status,
		"_links": object{
			"self": object{"href": self},
			change: object{"href": self + "/" + change, "hints": allow("POST")},
		},
	}
}

func (c *call) listSubscriptions() (reply, error) {
	who, err := c.subscriber()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for i := range notifications {
		views = append(views, c.org.viewSubscription(who, i))
	}
	return ok(views)
}

// subscription returns the subscriber and the number of the notification of the path.
func (c *call) subscription() (string, int, error) {
	who, err := c.subscriber()
	if err != nil {
		return "", 0, err
	}
	for i, n := range notifications {
		if n.name == c.param("notification") {
			return who, i, nil
		}
	}
	return "", 0, notFound(c.param("notification"), "NotificationType")
}

func (c *call) getSubscription() (reply, error) {
	who, number, err := c.subscription()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewSubscription(who, number))
}

// subscribe returns the handler that turns a notification on or off. It answers 200
// without a body, as recorded.
func subscribe(on bool) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		who, number, err := c.subscription()
		if err != nil {
			return reply{}, err
		}
		n := notifications[number]
		c.org.subscriptions[changedFrom(who, n.name)] = n.on != on
		if c.param("role") != "" {
			c.recordAbout("iam.role.subscriptions.update", "Change of the subscriptions of a role", party{c.param("role"), "ROLE", "unknown", c.param("role")})
		}
		return reply{status: http.StatusOK}, nil
	}
}

// subscriptionRoutes are those of users and of roles.
var subscriptionRoutes = slices.Concat(
	subscriptionsAt(pathUser+"/subscriptions", "okta.users.read", "okta.users.manage", anyone, anyone),
	subscriptionsAt("/api/v1/roles/{role}/subscriptions", "okta.roles.read", "okta.roles.manage", readRoles, superAdmin),
)

func subscriptionsAt(path string, read, manage scopes.Scope, mayRead, mayManage permission) []route {
	one := path + "/{notification}"
	return []route{
		{method: get, pattern: path, scope: read, need: mayRead, handler: (*call).listSubscriptions},
		{method: get, pattern: one, scope: read, need: mayRead, handler: (*call).getSubscription},
		{method: post, pattern: one + "/subscribe", scope: manage, need: mayManage, handler: subscribe(true)},
		{method: post, pattern: one + "/unsubscribe", scope: manage, need: mayManage, handler: subscribe(false)},
	}
}
